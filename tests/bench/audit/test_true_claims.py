"""True claims of every kind are never called impossible; with a figure moved, they are."""

import math
from fractions import Fraction

import numpy as np
import pytest
from intentbench.bench.audit.claims import Claim, read_figure
from intentbench.bench.audit.readings import check
from scipy.optimize import least_squares, linprog

FIGURES = ("accuracy", "precision", "recall", "f1")
# What the figures are, and what the claim says of that.
KINDS = {
    "shares": ("binary", "one", {"average", "folds"}),
    "cases": ("binary", "one", {"average", "folds", "n"}),
    "positives": ("binary", "one", {"average", "folds", "n", "positives"}),
    "undeclared": ("binary", "one", {"n", "positives"}),
    "macro": ("macro", "one", {"average", "folds", "n", "positives"}),
    "macro, shares": ("macro", "one", {"average", "folds"}),
    "macro, undeclared": ("macro", "one", {"n", "positives"}),
    "weighted": ("weighted", "one", {"average", "folds", "n", "positives"}),
    "weighted, undeclared": ("weighted", "one", set()),
    "micro, undeclared": ("micro", "one", {"n"}),
    "F1 of macro averages": ("macro", "F1 of averages", {"average", "folds", "n", "positives"}),
    "means": ("binary", "means", {"average", "folds"}),
    "means, undeclared": ("binary", "means", {"n", "positives"}),
    "means of known folds": ("binary", "means", {"average", "folds", "fold_positives"}),
    "weighted means of known folds": ("weighted", "means", {"average", "folds", "fold_positives"}),
    "means of macro, undeclared": ("macro", "means", set()),
}


def harmonic(one, two):
    """The harmonic mean; 0 where both are 0."""
    return 2 * one * two / np.maximum(one + two, 1e-300)


def figures_of(tp, fp, tn, fn, average):
    """Figures as scikit-learn computes them, by the plainest arithmetic; 0 where not defined."""
    tp, fp, tn, fn = (np.asarray(count, float) for count in (tp, fp, tn, fn))
    n = tp + fp + tn + fn

    def share(part, whole):
        return np.divide(part, whole, out=np.zeros_like(part + whole), where=whole > 0)

    def of_class(hits, alarms, misses):
        return (
            share(hits, hits + alarms), share(hits, hits + misses),
            share(2 * hits, 2 * hits + alarms + misses),
        )  # fmt: skip

    yes, no = of_class(tp, fp, fn), of_class(tn, fn, fp)
    rate = (tp + fn) / n
    mixed = {
        "binary": yes,
        "macro": [(one + two) / 2 for one, two in zip(yes, no, strict=True)],
        "weighted": [rate * one + (1 - rate) * two for one, two in zip(yes, no, strict=True)],
        "micro": [(tp + tn) / n] * 3,
    }[average]
    return np.stack(np.broadcast_arrays((tp + tn) / n, *mixed), axis=-1)


def matrix(rng, n, positives):
    """A classifier's matrix, sometimes one that never says yes."""
    recall, specificity = rng.uniform(0.2, 0.98), rng.uniform(0.55, 0.99)
    if rng.random() < 0.04:
        recall, specificity = 0.0, 1.0
    tp, tn = rng.binomial(positives, recall), rng.binomial(n - positives, specificity)
    return tp, n - positives - tn, tn, positives - tp


def true_claim(rng, kind, moved=0.0):
    """A claim of a kind, with one figure moved; and all that a search by hand must know."""
    average, form, said = KINDS[kind]
    n = int(rng.integers(120, 500))
    positives = max(5, int(n * rng.uniform(0.05, 0.6)))
    n_folds = int(rng.integers(3, 8)) if form == "means" else 1
    folds = [matrix(rng, n, positives) for _ in range(n_folds)]
    values = np.mean([figures_of(*fold, average) for fold in folds], axis=0)
    if form == "F1 of averages":
        values[3] = harmonic(values[1], values[2])
    at = int(rng.integers(len(FIGURES)))
    if average == "micro" and moved:
        at = int(rng.integers(1, 4))
    values[at] += moved if values[at] + moved < 1 else -moved
    digits, cut, percent = int(rng.integers(3, 5)), rng.random() < 0.3, rng.random() < 0.5
    figures = {
        name: read_figure(name, written(Fraction(float(value)), digits, cut, percent))
        for name, value in zip(FIGURES, np.maximum(values, 0), strict=True)
    }
    known = {
        "average": average,
        "folds": n_folds,
        "n": n * n_folds,
        "positives": positives * n_folds,
    }
    known = {key: value for key, value in known.items() if key in said}
    if "fold_positives" in said:
        known |= {"fold_sizes": (n,) * n_folds, "fold_positives": (positives,) * n_folds}
    return Claim(kind, figures, **known), n, positives


def written(value, digits, cut, percent):
    """Print a share, rounded to the nearest or cut off."""
    digits -= 2 if percent else 0
    scaled = value * (100 if percent else 1) * 10**digits
    whole = math.floor(scaled) if cut else math.floor(scaled + Fraction(1, 2))
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}" + ("%" if percent else "")


def by_counts(claim, n, positives, average, of_averages):
    """Whether some matrix of known counts gives the figures: all of them are tried."""
    tp, tn = np.meshgrid(np.arange(positives + 1), np.arange(n - positives + 1))
    every = figures_of(tp, n - positives - tn, tn, positives - tp, average)
    if of_averages:
        every[..., 3] = harmonic(every[..., 1], every[..., 2])
    low, high = ends(claim)
    return bool(((every >= low - 1e-12) & (every <= high + 1e-12)).all(axis=-1).any())


def at(rate, recall, specificity, average):
    """The figures of shares."""
    hits, alarms = rate * recall, (1 - rate) * (1 - specificity)
    return figures_of(hits, alarms, (1 - rate) * specificity, rate * (1 - recall), average)


def by_shares(claim, average, of_averages):
    """Whether a local search from many places finds a matrix that gives the figures."""
    low, high = ends(claim)

    def missed(point):
        values = at(*point, average)
        if of_averages:
            values[3] = harmonic(values[1], values[2])
        return 1000 * (np.maximum(low - values, 0) + np.maximum(values - high, 0))

    starts = np.random.default_rng(0).uniform(0.02, 0.98, (20, 3))
    box = np.zeros(3), np.ones(3)
    return any(least_squares(missed, start, bounds=box).cost < 1e-9 for start in starts)


def by_mixing(claim, rates, average):
    """Whether a mixture of matrices, of a dense grid, gives the figures."""
    share = (1 - np.cos(np.linspace(0, np.pi, 41))) / 2
    every = at(*(it.ravel() for it in np.meshgrid(rates, share, share)), average)
    low, high = ends(claim)
    sides = np.vstack([every.T, -every.T])
    solved = linprog(
        np.zeros(len(every)), sides, np.concatenate([high, -low]), np.ones((1, len(every))), [1]
    )
    return solved.status == 0


def ends(claim):
    """The ends of the claimed figures, in the order of ``FIGURES``."""
    figures = [claim.figures[name] for name in FIGURES]
    return np.array([[float(it.low) for it in figures], [float(it.high) for it in figures]])


def findable(claim, n, positives):
    """Whether a search by hand, of another kind than the audit's, finds nothing behind a claim."""
    average, form, said = KINDS[claim.name]
    low, high = ends(claim)
    if "average" not in said:
        # Of what is not declared, only what no reading allows can be found.
        return low[3] > harmonic(high[1], high[2])
    if form == "means":
        rates = [positives / n] if "fold_positives" in said else np.linspace(0.01, 0.99, 25)
        return not by_mixing(claim, rates, average)
    both = {False, average != "binary"}
    if "positives" in said:
        return not any(by_counts(claim, n, positives, average, of) for of in both)
    return not any(by_shares(claim, average, of) for of in both)


def counted(kind, n_claims):
    """How many true claims are accused, moved ones can be found, and are found."""
    rng = np.random.default_rng(sorted(KINDS).index(kind))
    accused = sum(not check(true_claim(rng, kind)[0]).possible for _ in range(n_claims))
    can, found = 0, 0
    for _ in range(n_claims):
        claim, n, positives = true_claim(rng, kind, moved=rng.choice([-0.02, 0.02]))
        if findable(claim, n, positives):
            can += 1
            found += not check(claim).possible
    return accused, can, found


@pytest.mark.parametrize("kind", KINDS)
def test_true_claims_are_not_accused_and_moved_ones_are_found(kind):
    accused, can, found = counted(kind, 6)
    assert accused == 0 and found >= can - 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_true_claims_are_not_accused_and_moved_ones_are_found(kind):
    accused, can, found = counted(kind, 150)
    assert accused == 0 and found >= 0.95 * can and can
