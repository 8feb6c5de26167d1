"""Logistic regression with a penalty that pulls each coefficient to an aim of its own."""

import numpy as np
from scipy.special import expit

# From where nearly all cases are certain, the way back takes some fifty.
_MOST_STEPS = 200
# Steps shrink quadratically: the one that would follow is far below what any figure shows.
_LAST_STEP = 1e-4


def penalised_logistic(
    design: np.ndarray,
    y: np.ndarray,
    aim: np.ndarray,
    penalties: np.ndarray,
    start: np.ndarray,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """Minimise the log loss of all cases, and ``penalties @ (coefficients - aim) ** 2 / 2``.

    By Newton's method.  Where a whole step overshoots, which shows in a steeper slope, it is
    halved.

    Parameters
    ----------
    design : ndarray, shape (n_cases, n_coefficients)
    y : ndarray of 0 and 1, shape (n_cases,)
    aim, penalties, start : ndarrays, shape (n_coefficients,)
        Penalties above 0.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    ndarray, shape (n_coefficients,)
    """

    def slope(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = expit(design @ beta)
        missed = p - y if weight is None else weight * (p - y)
        return p, missed @ design + penalties * (beta - aim)

    beta = np.asarray(start, dtype=float)
    p, gradient = slope(beta)
    root = np.empty_like(design)
    for _ in range(_MOST_STEPS):
        spread = p * (1 - p) if weight is None else weight * p * (1 - p)
        np.multiply(design, np.sqrt(spread)[:, None], out=root)
        # A product of a matrix with itself takes half the work.
        curvature = root.T @ root + np.diag(penalties)
        step = np.linalg.solve(curvature, gradient)
        steep = np.linalg.norm(gradient)
        p, gradient = slope(beta - step)
        while np.linalg.norm(gradient) > steep and np.abs(step).max() > _LAST_STEP / 100:
            step = step / 2
            p, gradient = slope(beta - step)
        beta = beta - step
        if np.abs(step).max() < _LAST_STEP:
            break
    return beta
