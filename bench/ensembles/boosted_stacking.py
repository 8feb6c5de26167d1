"""Boosted stacking: shallow boosted trees on the members' log odds."""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from ..metrics.metrics import SMALLEST_P
from .combiners import BoostedOdds, log_odds
from .stacking import of_rows, parts, smallest_p

_MOST_ROUNDS = 40
LEAST_CASES = 200  # with fewer a tree's leaves hold too few cases to say anything
_CASES_SHUFFLED = 1000


@dataclass(frozen=True, eq=False)
class Boosted:
    """Fitted trees.

    Parameters
    ----------
    shares : ndarray, shape (n_members,)
        By how much the log loss of valid cases rises if a member's predictions are shuffled
        (Breiman 2001), as shares of all such rises; equal where none rises.
    out_of_sample : ndarray, shape (n_valid,)
        P(target = 1) of each valid case from a fit to the other parts.
    predict : BoostedOdds
        The trees, from the members' probabilities to P(target = 1).
    """

    shares: np.ndarray
    out_of_sample: np.ndarray
    predict: BoostedOdds


def boosted_stack(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Boosted:
    """Boost trees of four leaves, their number chosen by cross-validation.

    Parameters
    ----------
    p : ndarray, shape (n_valid, n_members)
        Of at least ``LEAST_CASES`` valid cases.
    y : ndarray of 0 and 1, shape (n_valid,)
        With which ``n_parts`` is at least 2.
    group : ndarray, shape (n_valid,), optional
        Cases of one group stand in one part of the cross-validation.
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for, as a multiple of the mean.

    References
    ----------
    Wolpert (1992), "Stacked generalization", Neural Networks 5; Friedman (2001), "Greedy function
    approximation: a gradient boosting machine", Annals of Statistics 29.
    """
    smallest = smallest_p(y, weight)
    x = log_odds(p, smallest)
    tried = np.empty((_MOST_ROUNDS, len(y)))
    for fit, rest in parts(y, group):
        trees = _boosting(_MOST_ROUNDS).fit(x[fit], y[fit], of_rows(weight, fit))
        for n_rounds, proba in enumerate(trees.staged_predict_proba(x[rest])):
            tried[n_rounds, rest] = proba[:, 1]
    best = int(np.argmin(_log_loss(y, tried, weight)))
    trees = _boosting(best + 1).fit(x, y, weight)
    return Boosted(_shares(trees, x, y, weight), tried[best], BoostedOdds(trees, smallest))


def _boosting(n_rounds: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=0.15,
        max_iter=n_rounds,
        max_leaf_nodes=4,
        min_samples_leaf=30,
        l2_regularization=10.0,
        max_features=0.5,
        early_stopping=False,
        random_state=0,
    )


def _log_loss(y: np.ndarray, p: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    losses = -np.log(np.clip(np.where(y == 1, p, 1 - p), SMALLEST_P, 1.0))
    return np.average(losses, axis=-1, weights=weight)


def _shares(
    trees: HistGradientBoostingClassifier,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray:
    rng = np.random.default_rng(0)
    some = rng.permutation(len(y))[:_CASES_SHUFFLED]
    x, y, weight = x[some], y[some], of_rows(weight, some)
    n_members = x.shape[1]
    shuffled = np.tile(x, (n_members + 1, 1, 1))  # the last is left as it is
    for member in range(n_members):
        shuffled[member, :, member] = rng.permutation(x[:, member])
    proba = trees.predict_proba(shuffled.reshape(-1, n_members))[:, 1]
    losses = _log_loss(y, proba.reshape(n_members + 1, -1), weight)
    rises = np.clip(losses[:-1] - losses[-1], 0.0, None)
    return rises / rises.sum() if rises.sum() > 0 else np.full(n_members, 1 / n_members)
