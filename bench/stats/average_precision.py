"""Average precision: how much each case moves it."""

import math

import numpy as np


def average_precision_influence(
    y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None
) -> tuple[float, np.ndarray]:
    """Area under the precision-recall curve, and how much each case moves it.

    The influence is the derivative by the case's weight, times that weight: of a positive case what
    it brings itself, of every case what it does to the precision at the positive cases that score
    no higher.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
    p : ndarray, shape (n_cases,)
        Scores; cases of equal score are read together.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    average_precision : float
    influence : ndarray, shape (n_cases,)
        They add up to 0, and their squares to the variance.  Both NaN without a positive case.

    References
    ----------
    Efron, Tibshirani (1993), "An introduction to the bootstrap", section 22.6: the infinitesimal
    jackknife.
    """
    order = np.argsort(-p)
    scores = p[order]
    each = np.ones(len(y)) if weight is None else weight[order]
    yes = y[order] * each
    last_of_tie = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    tie = np.cumsum(np.diff(scores, prepend=scores[:1]) != 0)
    found, read = np.cumsum(yes)[last_of_tie], np.cumsum(each)[last_of_tie]
    if found[-1] == 0:
        return math.nan, np.full(len(y), math.nan)
    here, precision = np.diff(found, prepend=0), found / read
    value = float(here @ precision / found[-1])
    # Of the steps from here down: what one case more, and one found more, does to each precision.
    one_more = np.cumsum((here / read)[::-1])[::-1]
    lowered = np.cumsum((here * precision / read)[::-1])[::-1]
    moved = yes * (precision - value + one_more)[tie] - each * lowered[tie]
    influence = np.empty(len(y))
    influence[order] = moved / found[-1]
    return value, influence
