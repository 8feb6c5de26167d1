"""Intervals: how far a figure, or a difference, could be due to chance."""

import math
from functools import cache

import numpy as np
from scipy import special

LEVEL = 0.95


def percentile_interval(
    value: float,
    draws: np.ndarray,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    freedom: float = math.inf,
) -> tuple[float, float]:
    """Interval between the outer percentiles of the bootstrap draws.

    Parameters
    ----------
    value : float
        The figure itself.  The interval is stretched to hold it, which matters only where the
        bootstrap is biased.
    draws : ndarray, shape (n_draws,)
        NaN where the metric was not defined (a draw without positive cases, say): such draws say
        nothing and are left out.  If none is left, the interval is ``bounds``.
    bounds : tuple of float
        Least and greatest possible value.
    freedom : float
        Degrees of freedom: the cases, or groups, of the rarer outcome, less one.  The bootstrap
        knows a spread no better than from so many; the percentiles are moved out until the
        interval of a mean would be Student's.

    References
    ----------
    Efron, Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
    Hesterberg (2015), "What teachers should know about the bootstrap", The American Statistician
    69: the expanded percentile interval.
    """
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return bounds
    outside = _outside(freedom)
    low, high = np.quantile(known, [outside, 1 - outside])
    return _holding(value, float(low), float(high), bounds)


def raised_interval(
    value: float,
    draws: np.ndarray,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    freedom: float = math.inf,
) -> tuple[float, float]:
    """Interval of a figure that chance raises, and that resampling raises once more.

    A calibration error is a sum of absolute differences: noise in a bin adds to it.  Resampling
    adds noise to what is noisy already, so percentiles of the draws lie above the truth, and
    mirrored at the figure they lie below it too often.  The interval reaches as far from the
    figure as the outer percentile of the draws, to both sides, and is moved down by half of what
    resampling adds on average.  ``make validity`` shows how often it holds the truth.

    Parameters are those of ``percentile_interval``.
    """
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return bounds
    reach = float(np.quantile(known, 1 - _outside(freedom))) - value
    middle = value - max(0.0, float(known.mean()) - value) / 2
    return _holding(value, middle - reach, middle + reach, bounds)


def logit_interval(value: float, variance: float, freedom: float) -> tuple[float, float]:
    """Interval of a share, such as ROC AUC, whose log odds follow a Student distribution.

    Near 1 a share has less room above than below, and the normal interval reaches too high.  On the
    scale of log odds both sides are alike, and no end leaves the range.

    Parameters
    ----------
    value, variance : float
        Of the share; with 0 or 1, or without variance, the interval has no width.
    freedom : float
        Those of the variance.

    References
    ----------
    Pepe (2003), "The statistical evaluation of medical tests for classification and prediction",
    section 5.2: the interval of the AUC on the logit scale.
    """
    if variance == 0 or not 0 < value < 1:
        return value, value
    error = math.sqrt(variance) / (value * (1 - value))
    reach = error * float(special.stdtrit(max(freedom, 1.0), 0.5 + LEVEL / 2))
    low, high = special.expit(special.logit(value) + np.array([-reach, reach]))
    return float(low), float(high)


def freedom_of(influence: np.ndarray, most: float) -> float:
    """Degrees of freedom of the variance that is the sum of these squares.

    Few units that move a figure much teach little about its spread, however many others there are.

    Parameters
    ----------
    influence : ndarray, shape (n_units,)
    most : float
        No more than these, and at least one.

    References
    ----------
    Satterthwaite (1946), "An approximate distribution of estimates of variance components",
    Biometrics Bulletin 2.
    """
    squares = np.square(influence)
    fourth = float(squares @ squares)
    if fourth == 0:
        return max(most, 1.0)
    return max(min(most, 2 * float(squares.sum()) ** 2 / fourth), 1.0)


@cache  # all figures of a task have the same freedom
def _outside(freedom: float) -> float:
    """Give the share of draws beyond either limit."""
    outside = 0.5 - LEVEL / 2
    if math.isinf(freedom):
        return outside
    freedom = max(freedom, 1.0)
    reach = special.stdtrit(freedom, 1 - outside) * math.sqrt((freedom + 1) / freedom)
    return float(special.ndtr(-reach))


def _holding(
    value: float, low: float, high: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    low, high = (min(max(end, bounds[0]), bounds[1]) for end in (low, high))
    return min(low, value), max(high, value)
