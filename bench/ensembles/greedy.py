"""Greedy selection: a mean of members, drawn with replacement, that has the lowest log loss."""

import numpy as np

from ..metrics.metrics import SMALLEST_P

_BAGS = 10
_BAG_SHARE = 0.5
_MOST_STEPS = 30
_LEAST_GAIN = 1e-6  # nats a case


def greedy_weights(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Count how often forward selection takes each member, as shares.

    Selection starts from the best single member and adds, again and again, the member (possibly
    one it has) that lowers the log loss of the mean most, until none does.  It is done in ten bags
    of half of the members each, drawn by chance, and the shares are averaged: a member that fits
    the valid cases by luck is missing from half of the bags.

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
        Not negative, adding up to 1.

    References
    ----------
    Caruana, Niculescu-Mizil, Crew, Ksikes (2004), "Ensemble selection from libraries of models",
    ICML.
    """
    n_members = p.shape[1]
    happened = np.clip(np.where(y[:, None] == 1, p, 1 - p), SMALLEST_P, 1.0)
    rng = np.random.default_rng(0)
    size = max(2, round(_BAG_SHARE * n_members))
    weights = np.zeros(n_members)
    for _ in range(_BAGS):
        bag = rng.permutation(n_members)[:size]
        taken = _select(happened[:, bag], weight)
        weights[bag] += taken / taken.sum() / _BAGS
    return weights / weights.sum()


def _select(happened: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Select from what each member gave to the outcomes; how often each was taken."""
    taken = np.zeros(happened.shape[1])
    total, lowest = np.zeros(len(happened)), np.inf
    for n_taken in range(1, _MOST_STEPS + 1):
        losses = np.average(-np.log((total[:, None] + happened) / n_taken), axis=0, weights=weight)
        best = int(np.argmin(losses))
        if losses[best] > lowest - _LEAST_GAIN:
            break
        lowest = losses[best]
        taken[best] += 1
        total = total + happened[:, best]
    return taken
