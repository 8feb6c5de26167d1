"""Figures that are means over folds: what no set of folds can give, whatever happened in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from .averages import ends_of
from .claims import TITLES, Claim, Figure
from .hull import outside
from .read_as import Reading, kept_figures
from .steps import equal_steps, nearest_steps
from .verdict import beside, listed

# Planes are looked for where folds differ little in their base rates, as stratified ones do.
_MOST_RATES = 8


@dataclass(frozen=True)
class Bound:
    """Between what a figure must lie if others are as claimed.

    ``others`` are the names of the figures that it follows from; ``why`` is the rule.
    """

    name: str
    others: tuple[str, ...]
    low: Fraction
    high: Fraction
    why: str


def contradiction_of_means(claim: Claim, reading: Reading) -> str:
    """Say which figures no folds can have as their means; empty if some can."""
    figures = kept_figures(claim, reading)
    folds = "folds" if claim.folds is None else f"{claim.folds} folds"
    of = "" if reading.average == "binary" else f" of {reading.average} averages"
    for bound in _bounds(claim, reading, figures):
        figure = figures[bound.name]
        if figure.low > bound.high or figure.high < bound.low:
            others = listed([figures[name].said for name in bound.others])
            return (
                f"{figure.said} cannot be the mean over {folds}{of} beside {others}, which "
                f"allow {figure.between(bound.low, bound.high)}: {bound.why}"
            )
    for name, n in equal_steps(claim):
        near = nearest_steps(figures[name].low, figures[name].high, n) if name in figures else None
        if near and (name == "accuracy" or reading.average == "binary"):
            return (
                f"{figures[name].said} is no mean over {folds} of equal size: such a mean is "
                f"a whole number over {n}{beside(figures[name], near)}"
            )
    return _outside_all(claim, reading, figures)


def _outside_all(claim: Claim, reading: Reading, figures: Mapping[str, Figure]) -> str:
    """Say so if no mixture of matrices with the folds' base rates gives the figures."""
    if not claim.fold_positives:
        return ""
    counts = zip(claim.fold_positives, claim.fold_sizes, strict=True)
    rates = [(positives / cases,) * 2 for positives, cases in counts]
    loose = {"base_rate", "f1"} if reading.f1_of_averages else {"base_rate"}
    claimed = {
        name: (float(figure.low), float(figure.high))
        for name, figure in figures.items()
        if name not in loose
    }
    if not claimed or len(set(rates)) > _MOST_RATES:
        return ""
    if not outside(partial(ends_of, reading), claimed, rates):
        return ""
    said = listed([figures[name].said for name in claimed])
    return f"no {claim.folds} folds of these base rates have the means {said}"


def most_f1(precision: Fraction, recall: Fraction) -> Fraction:
    """Give the harmonic mean, which no F1 exceeds."""
    both = precision + recall
    return 2 * precision * recall / both if both else both


def _bounds(claim: Claim, reading: Reading, figures: Mapping[str, Figure]) -> Iterator[Bound]:
    """Give all that is known of means over folds.

    A mean of F1 is not the F1 of mean precision and mean recall, nor does one confusion matrix
    stand behind the means.  What holds for every fold and survives taking means:

    * F1 is a concave function of precision and recall, so its mean is at most the harmonic mean
      of theirs (Jensen); and at least ``precision + recall - 1``, as the surface over the unit
      square lies above that plane.
    * Accuracy lies between recall and specificity in each fold, so its mean is between
      ``recall + specificity - 1`` and ``recall + specificity``.
    * Where the folds' cases and positives are known, accuracy is their mix of recall and
      specificity; folds of different base rates can move its mean by the mean distance of their
      base rates from the mean base rate.
    * Weighted recall is accuracy, and so are all micro averages; macro recall is the mean of
      recall and specificity.
    """
    if {"f1", "precision", "recall"} <= figures.keys():
        precision, recall = figures["precision"], figures["recall"]
        yield Bound(
            "f1",
            ("precision", "recall"),
            most_f1(precision.low, recall.low)
            if reading.f1_of_averages
            else max(Fraction(0), precision.low + recall.low - 1),
            most_f1(precision.high, recall.high),
            "F1 was computed from mean precision and mean recall"
            if reading.f1_of_averages
            else "a mean of F1 is at most the harmonic mean of mean precision and mean recall",
        )
    if "accuracy" not in figures:
        return
    yield from _of_accuracy(claim, reading, figures)


def _of_accuracy(claim: Claim, reading: Reading, figures: Mapping[str, Figure]) -> Iterator[Bound]:
    zero, one = Fraction(0), Fraction(1)
    same = {"weighted": ("recall",), "micro": ("recall", "precision", "f1")}
    for name in same.get(reading.average, ()):
        if name in figures:
            other = figures[name]
            why = f"{reading.average} {TITLES[name]} of two classes is accuracy"
            yield Bound("accuracy", (name,), other.low, other.high, why)
    if reading.average == "macro" and "recall" in figures:
        recall = figures["recall"]
        yield Bound(
            "accuracy",
            ("recall",),
            max(zero, 2 * recall.low - 1),
            min(one, 2 * recall.high),
            "accuracy lies between recall and specificity in every fold, and macro recall is their "
            "mean",
        )
    if reading.average != "binary":
        return
    others = tuple(name for name in ("recall", "specificity") if name in figures)
    ends = [
        (figures[name].low, figures[name].high) if name in figures else (zero, one)
        for name in ("recall", "specificity")
    ]
    if claim.fold_positives and others:
        rates = [
            Fraction(positives, cases)
            for positives, cases in zip(claim.fold_positives, claim.fold_sizes, strict=True)
        ]
        rate = sum(rates) / claim.folds
        moved = sum(abs(of_fold - rate) for of_fold in rates) / claim.folds
        low, high = (rate * recall + (1 - rate) * rest for recall, rest in zip(*ends, strict=True))
        yield Bound(
            "accuracy",
            others,
            max(zero, low - moved),
            min(one, high + moved),
            "accuracy mixes recall and specificity by the folds' base rates",
        )
    elif len(others) == 2:
        yield Bound(
            "accuracy",
            others,
            max(zero, ends[0][0] + ends[1][0] - 1),
            min(one, ends[0][1] + ends[1][1]),
            "accuracy lies between recall and specificity in every fold",
        )
