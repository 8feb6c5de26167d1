"""Logistic regression on cases that are read block by block."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

_MOST_STEPS = 50
# Of the mean loss that a further step would gain.
_TOLERANCE = 1e-13

Passes = Callable[[], Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]]


def newton(passes: Passes, start: np.ndarray, penalty: float) -> np.ndarray:
    """Minimise ``sum(weight * log loss) + penalty * |w|^2 / 2`` over slopes ``w`` and an intercept.

    Each step of Newton's method reads all cases once, for the exact loss, gradient and curvature;
    a step that does not lower the loss is halved.

    Parameters
    ----------
    passes : callable
        Begins to read anew: gives features, shape (n, n_features), outcomes and weights, block by
        block.
    start : ndarray of shape (n_features + 1,)
        Weights, and the intercept last.
    penalty : float
        Above 0; the intercept has none.

    Returns
    -------
    ndarray of shape (n_features + 1,)
    """
    pull = np.append(np.full(len(start) - 1, penalty), 0.0)
    best, lowest, step = start, np.inf, np.zeros_like(start)
    theta = start
    for _ in range(_MOST_STEPS):
        loss, slope, curvature, n = _one_pass(passes, theta)
        loss += 0.5 * float(pull @ theta**2)
        if loss > lowest:
            step /= 2
            if np.abs(step).max() < 1e-12:
                break
            theta = best + step
            continue
        best, lowest = theta, loss
        slope += pull * theta
        curvature[np.diag_indices_from(curvature)] += pull
        step = -cho_solve(cho_factor(curvature), slope)
        theta = best + step
        # Within rounding of the loss a step may go up; it is that short then.
        if -float(slope @ step) / 2 <= _TOLERANCE * n:
            return theta
    return best


def _one_pass(passes: Passes, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, float]:
    """Add up loss, gradient, curvature and weight over all cases."""
    width = len(theta)
    loss, slope, curvature, n = 0.0, np.zeros(width), np.zeros((width, width)), 0.0
    for x, y, weight in passes():
        log_odds = x @ theta[:-1] + theta[-1]
        p = expit(log_odds)
        loss += float(weight @ (np.logaddexp(0, log_odds) - log_odds * (y == 1)))
        error, spread = weight * (p - y), weight * p * (1 - p)
        slope[:-1] += x.T @ error
        slope[-1] += error.sum()
        weighed = x * spread[:, None]
        curvature[:-1, :-1] += weighed.T @ x
        edge = weighed.sum(axis=0)
        curvature[:-1, -1] += edge
        curvature[-1, :-1] += edge
        curvature[-1, -1] += spread.sum()
        n += float(weight.sum())
    return loss, slope, curvature, n
