"""Effect sizes between two samples, with intervals: how far a distribution or a share has moved."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from .clustered import Shares

# A bin that holds fewer cases by chance follows no normal distribution in the tails looked at.
LEAST_EXPECTED = 10.0


@dataclass(frozen=True)
class Effect:
    """An effect size and its interval; NaN where there is too little to say anything."""

    value: float
    low: float
    high: float


UNKNOWN = Effect(math.nan, math.nan, math.nan)


def cohens_w(before: Shares, after: Shares, level: float, *, ordered: bool) -> Effect:
    """Cohen's w between two distributions over bins: the root of chi-square a case.

    0 where they are alike; about .1 is small, .3 medium, .5 large.  Its square is nearly the
    population stability index.  The value is freed of what chance adds; the interval holds the
    noncentrality of the chi-square.  Bins that hold too few cases are put together first.

    Parameters
    ----------
    before, after : Shares
    level : float
        Of the interval, such as .95.
    ordered : bool
        Whether small bins are put together with a neighbour, or all with one another.

    References
    ----------
    Cohen (1988), "Statistical power analysis for the behavioral sciences", chapter 7.
    Steiger (2004), "Beyond the F test: effect size confidence intervals and tests of close fit in
    the analysis of variance and contrast analysis", Psychological Methods 9: intervals by the
    noncentrality.
    """
    n_before, n_after = before.n_effective, after.n_effective
    p, q = together(before.shares, after.shares, min(n_before, n_after), ordered=ordered)
    pooled = (n_before * p + n_after * q) / (n_before + n_after)
    p, q, pooled = (part[pooled > 0] for part in (p, q, pooled))
    freedom = len(pooled) - 1
    if freedom < 1:
        return UNKNOWN
    n = n_before * n_after / (n_before + n_after)
    statistic = n * float(np.sum(np.square(q - p) / pooled))
    outside = (1 - level) / 2
    low, high = (_noncentrality(statistic, freedom, at) for at in (1 - outside, outside))
    value = max(0.0, statistic - freedom)
    return Effect(*(math.sqrt(each / n) for each in (min(max(value, low), high), low, high)))


def together(
    before: np.ndarray, after: np.ndarray, n: float, *, ordered: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Put bins together until each holds enough of ``n`` cases, by the shares before."""
    bins = list(range(len(before)))
    if not ordered:
        bins = sorted(bins, key=lambda number: before[number])
    made: list[list[int]] = []
    held: list[int] = []
    for number in bins:
        held.append(number)
        if n * before[held].sum() >= LEAST_EXPECTED:
            made.append(held)
            held = []
    if held and made:
        made[-1] = made[-1] + held
    elif held:
        made = [held]
    return tuple(np.array([of[part].sum() for part in made]) for of in (before, after))


def stability_index(before: np.ndarray, after: np.ndarray) -> float:
    """Population stability index of two distributions over bins, none of them quite empty.

    References
    ----------
    Siddiqi (2006), "Credit risk scorecards", chapter 8; below .1 it is called stable there.
    """
    p, q = (np.maximum(shares, 1e-4) for shares in (before, after))
    return float(np.sum((q - p) * np.log(q / p)))


def share_difference(
    before: float, n_before: float, after: float, n_after: float, level: float
) -> Effect:
    """Difference of two shares, after less before, with Newcombe's interval.

    Parameters
    ----------
    before, after : float
    n_before, n_after : float
        Independent cases, or how many would know the share as well.
    level : float

    References
    ----------
    Newcombe (1998), "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, method 10.
    """
    z = float(stats.norm.isf((1 - level) / 2))
    low_before, high_before = _wilson(before, n_before, z)
    low_after, high_after = _wilson(after, n_after, z)
    difference = after - before
    low = difference - math.hypot(after - low_after, high_before - before)
    high = difference + math.hypot(high_after - after, before - low_before)
    return Effect(difference, low, high)


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _noncentrality(statistic: float, freedom: int, at: float) -> float:
    """Give the noncentrality under which so little is as great as ``at``; 0 where none is."""
    if special.chdtr(freedom, statistic) <= at:
        return 0.0
    return float(special.chndtrinc(statistic, freedom, at))
