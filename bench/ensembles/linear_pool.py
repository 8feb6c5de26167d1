"""Linear pool: the weights of a mean of probabilities that has the lowest log loss."""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import nnls

from ..metrics.metrics import SMALLEST_P

_GAP = 1e-9  # nats a case
_MOST_STEPS = 100


def pool_weights(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Weigh members so that the mean of their probabilities has the lowest log loss.

    The log loss of a weighted mean is convex in the weights, so the lowest is the only one.  It is
    found by Newton steps on ``-mean(ln(q w)) + sum(w)`` over ``w >= 0``, whose minimum adds up to
    1 of itself; q holds what each member gave to the outcome that happened.  Every step starts
    from equal weights or better, so the result is never worse than a plain mean.

    Parameters
    ----------
    p : ndarray, shape (n_cases, n_members)
        P(target = 1).
    y : ndarray of 0 and 1, shape (n_cases,)
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    ndarray, shape (n_members,)
        Not negative, adding up to 1; within 1e-9 nats a case of the lowest log loss.

    References
    ----------
    Kim, Carbonetto, Stephens, Anitescu (2020), "A fast algorithm for maximum likelihood
    estimation of mixture proportions using sequential quadratic programming", Journal of
    Computational and Graphical Statistics 29.
    """
    n_cases, n_members = p.shape
    q = np.clip(np.where(y[:, None] == 1, p, 1 - p), SMALLEST_P, 1.0)
    w = np.full(n_members, 1 / n_members)
    share = None if weight is None else (weight / weight.mean())[:, None]
    for _ in range(_MOST_STEPS):
        ratio = q / (q @ w)[:, None]
        gradient = 1 - np.average(ratio, axis=0, weights=weight)
        # As the loss is convex, it is at most this far above its minimum.
        if -gradient.min() <= _GAP:
            break
        curvature = ratio.T @ (ratio if share is None else share * ratio) / n_cases
        # Members that agree everywhere leave directions without curvature.
        curvature[np.diag_indices(n_members)] += 1e-8 * np.trace(curvature)
        root = np.linalg.cholesky(curvature)
        aim, _ = nnls(root.T, solve_triangular(root, curvature @ w - gradient, lower=True))
        closer = _descend(q, w, aim - w, gradient, weight)
        if closer is None:
            break
        w = closer / closer.sum()
    return w


def _descend(
    q: np.ndarray,
    w: np.ndarray,
    step: np.ndarray,
    gradient: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray | None:
    """Go along the step as far as the loss falls; None where rounding leaves no way down."""
    start = _objective(q, w, weight)
    size = 1.0
    while size > 1e-10:
        tried = w + size * step
        if _objective(q, tried, weight) <= start + 1e-4 * size * float(gradient @ step):
            return tried
        size /= 2
    return None


def _objective(q: np.ndarray, w: np.ndarray, weight: np.ndarray | None) -> float:
    mixed = q @ w
    if mixed.min() <= 0:
        return float("inf")
    return float(w.sum() - np.average(np.log(mixed), weights=weight))
