"""Practical equivalence: how likely a difference is too small to matter, and how to find out."""

import math
from dataclasses import dataclass

from scipy import stats

_POWER = 0.8
# How many standard errors a difference must be to be found so often at 5 %, two-sided.
_ERRORS_APART = float(stats.norm.ppf(0.975) + stats.norm.ppf(_POWER))


@dataclass(frozen=True)
class Odds:
    """Posterior probabilities that add up to 1: better, practically equal, worse."""

    better: float
    equal: float
    worse: float


def odds_of(difference: float, error: float, rope: float) -> Odds:
    """Give the odds of a difference.

    Its posterior under the usual flat prior is a normal distribution around it.

    Parameters
    ----------
    difference, error : float
        The difference and its standard error; an error of 0 leaves no doubt.
    rope : float
        Differences up to this are practically none.

    References
    ----------
    Kruschke (2013), "Bayesian estimation supersedes the t test", Journal of Experimental
    Psychology: General 142: the region of practical equivalence.
    """
    if error == 0:
        return Odds(
            float(difference > rope), float(abs(difference) <= rope), float(difference < -rope)
        )
    low, high = ((bound - difference) / error for bound in (-rope, rope))
    worse, better = float(stats.norm.cdf(low)), float(stats.norm.sf(high))
    return Odds(better, max(0.0, 1.0 - worse - better), worse)


def cases_needed(difference: float, error: float, n_cases: int) -> float:
    """Estimate how many cases would establish a difference as large as this one.

    The standard error falls with the root of the number of cases, tested and trained on alike.

    Parameters
    ----------
    difference, error : float
        The difference and its standard error with ``n_cases``.
    n_cases : int

    Returns
    -------
    float
        For 80 % power at 5 %, two-sided, uncorrected; NaN where it cannot be said, because the
        difference or its error is zero.
    """
    if difference == 0 or not error > 0:
        return math.nan
    return n_cases * (_ERRORS_APART * error / abs(difference)) ** 2
