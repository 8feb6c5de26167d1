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


def student_odds(mean: float, error: float, freedom: float, rope: float) -> Odds:
    """Give the odds of a difference.

    Its posterior under the usual flat prior is a Student distribution around it.

    Parameters
    ----------
    mean, error : float
        Of the difference; an error of 0 leaves no doubt.
    freedom : float
    rope : float
        Differences up to this are practically none.

    References
    ----------
    Corani, Benavoli (2015), "A Bayesian approach for comparing cross-validated algorithms on
    multiple data sets", Machine Learning 100.
    """
    if error == 0:
        return Odds(float(mean > rope), float(abs(mean) <= rope), float(mean < -rope))
    low, high = ((bound - mean) / error for bound in (-rope, rope))
    worse, better = float(stats.t.cdf(low, freedom)), float(stats.t.sf(high, freedom))
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
