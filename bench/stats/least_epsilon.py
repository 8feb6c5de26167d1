"""What epsilon is at least: how far outputs of neighbouring data can be told apart."""

import math

import numpy as np
from scipy.stats import beta

_CHOSEN_ON = 3  # one part in so many


def least_epsilon(outputs: np.ndarray, neighbours: np.ndarray, level: float = 0.001) -> float:
    """Give a lower bound on epsilon from what a mechanism gave on two neighbouring data sets [1]_.

    Differential privacy says that no event is more than ``exp(epsilon)`` times as probable on one
    as on the other.  The event, that the output lies above or below a limit, is chosen on a third
    of the outputs; the others bound its two probabilities [2]_, each with half of ``level``.

    Parameters
    ----------
    outputs, neighbours : ndarray, shape (n_outputs,)
        One number of each run; runs are independent.
    level : float, default=0.001
        The chance that the bound is above the truth.

    References
    ----------
    .. [1] Ding, Wang, Wang, Zhang, Kifer (2018), "Detecting violations of differential privacy",
       ACM Conference on Computer and Communications Security.
    .. [2] Jagielski, Ullman, Oprea (2020), "Auditing differentially private machine learning",
       Advances in Neural Information Processing Systems 33.
    """
    n = len(outputs) // _CHOSEN_ON
    best, chosen = -math.inf, (outputs, neighbours, 1, math.inf)
    for likelier, other in ((outputs, neighbours), (neighbours, outputs)):
        for sign in (1, -1):
            for limit in np.unique(sign * likelier[:n]):
                bound = _bound(sign * likelier[:n] >= limit, sign * other[:n] >= limit, level)
                if bound > best:
                    best, chosen = bound, (likelier, other, sign, limit)
    likelier, other, sign, limit = chosen
    # One event is tried on what is left, so that its level is the whole one's.
    found = _bound(sign * likelier[n:] >= limit, sign * other[n:] >= limit, level)
    return max(found, 0.0)


def _bound(hits: np.ndarray, others: np.ndarray, level: float) -> float:
    """Bound the log ratio of two probabilities from below (Clopper and Pearson)."""
    low = beta.ppf(level / 2, hits.sum(), len(hits) - hits.sum() + 1) if hits.any() else 0.0
    high = 1.0
    if not others.all():
        high = beta.ppf(1 - level / 2, others.sum() + 1, len(others) - others.sum())
    return math.log(low / high) if low > 0 else -math.inf
