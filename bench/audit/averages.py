"""Averages over both classes of one confusion matrix.

Reports print precision, recall and F1 of the positive class, or an average over both classes:
``macro`` counts each class once, ``weighted`` by its cases, ``micro`` counts cases, which for two
classes makes all of them the accuracy.  Averages are no ratios of two sums over the counts, so
what they allow is searched by dividing the space of base rate, recall and specificity; see
``boxes.py``.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

import numpy as np

from .boxes import Ends, search, span
from .claims import TITLES, Claim
from .read_as import Reading, kept_figures
from .verdict import listed

_AVERAGED = ("precision", "recall", "specificity", "f1")


def contradiction_of_averages(claim: Claim, reading: Reading) -> str:
    """Say which figures cannot be true together as averages of one matrix; empty if all can."""
    figures = kept_figures(claim, reading)
    left = {name: (float(figure.low), float(figure.high)) for name, figure in figures.items()}
    rates = left.get("base_rate", (0.0, 1.0))
    if claim.positives is not None:
        rates = (claim.positives / claim.n,) * 2
    ends = partial(ends_of, reading)
    if search(ends, left, rates, claim.n):
        return ""
    for name in ("base_rate", "specificity", "accuracy", "recall", "precision", "f1"):
        fewer = {other: claimed for other, claimed in left.items() if other != name}
        if name in left and not search(ends, fewer, rates, claim.n):
            left = fewer
    could = []
    for name, claimed in left.items():
        others = {other: of_other for other, of_other in left.items() if other != name}
        allowed = span(ends, name, others, rates, claim.n)
        if allowed and (allowed[1] < claimed[0] or claimed[1] < allowed[0]):
            low, high = map(Fraction, allowed)
            could.append(f"{TITLES[name]} is {figures[name].between(low, high)}")
    given = "" if claim.positives is None else f" with {claim.positives} positives"
    given += f" of {claim.n} cases" if claim.n is not None else ""
    said = f"{listed([figures[name].said for name in left])} cannot be true"
    said += f"{' together' if len(left) > 1 else ''} as {reading.title}{given}"
    if not could:
        return said
    return f"{said}: if the other{' is' if len(left) == 2 else 's are'} true, {'; '.join(could)}"


def ends_of(reading: Reading, low: np.ndarray, high: np.ndarray) -> Mapping[str, Ends]:
    """Give the ends of each figure over boxes.

    All figures of either class rise with recall and with specificity; those of the positive class
    rise with the base rate and those of the negative class fall, so that ends lie at corners.
    A share of no cases may be printed as 0 or as 1, and counts as all between.

    Parameters
    ----------
    reading : Reading
    low, high : ndarray of shape (3, n_boxes)
        Base rate, recall and specificity of opposite corners.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        By figure, its least and greatest value in each box, shape (n_boxes,).
    """
    positive = [_of_class(*low, empty=0.0), _of_class(*high, empty=1.0)]
    negative = [
        _of_class(1 - high[0], low[2], low[1], empty=0.0),
        _of_class(1 - low[0], high[2], high[1], empty=1.0),
    ]
    rates = low[0], high[0]
    accuracy = _mixed(rates, (low[1], high[1]), (low[2], high[2]))
    figures = {"base_rate": rates, "accuracy": accuracy}
    for name in _AVERAGED:
        own = positive[0][name], positive[1][name]
        other = negative[0][name], negative[1][name]
        figures[name] = {
            "binary": lambda own, _: own,
            "macro": lambda own, other: tuple(
                (one + two) / 2 for one, two in zip(own, other, strict=True)
            ),
            "weighted": lambda own, other: _mixed(rates, own, other),
            "micro": lambda *_: accuracy,
        }[reading.average](own, other)
    # Specificity is of one class by its name, and is printed so beside averages, too.
    plain, averaged = (low[2], high[2]), figures["specificity"]
    figures["specificity"] = np.minimum(plain[0], averaged[0]), np.maximum(plain[1], averaged[1])
    if reading.f1_of_averages:
        precision, recall = figures["precision"], figures["recall"]
        figures["f1"] = tuple(
            harmonic_mean(one, two) for one, two in zip(precision, recall, strict=True)
        )
    return figures


def harmonic_mean(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Give the harmonic mean of two arrays of shares, 0 where either is 0."""
    both = one + two
    return np.divide(2 * one * two, both, out=np.zeros_like(both), where=both > 0)


def _of_class(
    rate: np.ndarray, recall: np.ndarray, specificity: np.ndarray, *, empty: float
) -> Mapping[str, np.ndarray]:
    """Give the figures of a class that has a share ``rate`` of all cases."""
    hits, alarms = rate * recall, (1 - rate) * (1 - specificity)
    return {
        "precision": _share(hits, hits + alarms, empty),
        "recall": recall,
        "specificity": specificity,
        "f1": _share(2 * hits, hits + rate + alarms, empty),
    }


def _share(part: np.ndarray, whole: np.ndarray, empty: float) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(whole, empty), where=whole > 0)


def _mixed(rates: Ends, own: Ends, other: Ends) -> Ends:
    """Weigh both classes by their cases; what is linear in the base rate ends at its ends."""
    low, high = (
        [rate * x + (1 - rate) * z for rate in rates] for x, z in zip(own, other, strict=True)
    )
    return np.minimum(*low), np.maximum(*high)
