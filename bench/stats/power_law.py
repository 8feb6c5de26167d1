"""The inverse power law of learning curves, and what twice the cases would bring by it."""

import math

import numpy as np

from .intervals import percentile_interval

_EXPONENTS = np.geomspace(0.05, 3.0, 240)
_FEWEST_POINTS = 3
# Three of its own errors away from the fitted curve, a point says that the law is another.
_MOST_ERRORS = 3.0
_WIDEST = 0.1


def value_of_doubling(
    sizes: np.ndarray,
    values: np.ndarray,
    draws: np.ndarray,
    bounds: tuple[float, float],
) -> tuple[float, float, float]:
    """Extrapolate a learning curve to twice its largest size.

    ``values = a - b * sizes ** -c`` is fitted by least squares, each point weighted by its
    variance, with ``b >= 0`` and ``0.05 <= c <= 3``: more data never harm in it.  It is fitted
    again to every draw.

    Parameters
    ----------
    sizes : ndarray, shape (n_points,)
        Fit cases, rising.
    values : ndarray, shape (n_points,)
        Of a metric of which more is better.
    draws : ndarray, shape (n_points, n_draws)
        Of the values: of other test cases, the same at every point, and of other fit cases.
    bounds : tuple of float
        Least and greatest possible value.

    Returns
    -------
    gain, low, high : float
        By how much the curve rises, with a 95 % interval.  All NaN with fewer than three points,
        where the law does not describe them, or where the interval is wider than a tenth of what
        the metric can be: it would help nobody to decide.

    References
    ----------
    Cortes, Jackel, Solla, Vapnik, Denker (1993), "Learning curves: asymptotic values and rate of
    convergence", Advances in Neural Information Processing Systems 6.  The weighted fit is that of
    Figueroa, Zeng-Treitler, Kandula, Ngo (2012), "Predicting sample size required for
    classification performance", BMC Medical Informatics and Decision Making 12.
    """
    unknown = (math.nan, math.nan, math.nan)
    draws = draws[:, ~np.isnan(draws).any(axis=0)]
    if len(sizes) < _FEWEST_POINTS or np.isnan(values).any() or draws.shape[1] < 2:
        return unknown
    variance = np.var(draws, axis=1, ddof=1)
    if not variance.min() > 0:
        return unknown
    fitted, rise = _fit(sizes, np.column_stack([values, draws]), 1 / variance)
    if (np.abs(fitted - values) > _MOST_ERRORS * np.sqrt(variance)).any():
        return unknown
    gain = float(rise[0])
    low, high = percentile_interval(gain, rise[1:])
    if high - low > _WIDEST * (bounds[1] - bounds[0]):
        return unknown
    left = max(0.0, bounds[1] - float(fitted[-1]))
    return min(gain, left), min(low, left), min(high, left)


def _fit(
    sizes: np.ndarray, curves: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fit every column; give the first one's fitted values, and how far each rises by doubling."""
    weights = weights / weights.sum()
    middle = weights @ curves
    error = np.full(curves.shape[1], np.inf)
    best = [np.empty(curves.shape[1]) for _ in range(3)]  # a, b, c
    for exponent in _EXPONENTS:
        fall = (sizes / sizes[-1]) ** -exponent
        centred = fall - weights @ fall
        b = np.maximum(0.0, -(weights * centred) @ (curves - middle) / (weights @ centred**2))
        a = middle + b * (weights @ fall)
        residual = curves - a + np.outer(fall, b)
        found = weights @ residual**2
        better = found < error
        error[better] = found[better]
        for kept, value in zip(best, (a, b, np.full_like(a, exponent)), strict=True):
            kept[better] = value[better]
    a, b, c = best
    fitted = a[0] - b[0] * (sizes / sizes[-1]) ** -c[0]
    return fitted, b * (1.0 - 2.0**-c)
