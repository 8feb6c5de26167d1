"""The Pareto front: what is not beaten in cost and score at once."""

import numpy as np


def on_front(scores: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Tell which entries no other entry beats.

    An entry is beaten if another is at least as good in both and better in one; of two that are
    equal in both, neither beats the other.

    Parameters
    ----------
    scores : ndarray, shape (n_entries,)
        Higher is better.
    costs : ndarray, shape (n_entries,)
        Lower is better.

    Returns
    -------
    ndarray of bool, shape (n_entries,)
        False, too, where a score or a cost is NaN; such an entry beats nobody.
    """
    order = np.lexsort((-scores, costs))
    front = np.zeros(len(scores), dtype=bool)
    best, best_cost = -np.inf, np.nan
    for entry in order:
        if np.isnan(scores[entry]) or np.isnan(costs[entry]):
            continue
        # Cheapest first, and of the equally cheap the best: a later one must score higher.
        if scores[entry] > best or (scores[entry] == best and costs[entry] == best_cost):
            front[entry] = True
            best, best_cost = scores[entry], costs[entry]
    return front
