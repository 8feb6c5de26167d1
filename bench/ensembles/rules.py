"""Ensembles: rules that combine stored predictions, learnt on valid cases, never refitting."""

import numpy as np

from ..language.sentence import Sentence, Text
from ..metrics.calibrators import sigmoid
from .boosted_stacking import LEAST_CASES, boosted_stack
from .combiners import CalibratedRank, DecidedShare, Mean, MeanRank, WeightedMean
from .greedy import greedy_weights
from .linear_pool import pool_weights
from .rule import Combination, Predict, Rule
from .stacking import n_parts, stack


def hard_voting(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take the share of members that decide yes at 0.5 as the score."""
    return _equal(p, DecidedShare())


def soft_voting(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take the mean probability of the members."""
    return _equal(p, Mean())


def rank_averaging(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take the mean rank among valid cases, turned into a probability by a logistic curve.

    A case is ranked among the valid cases alone, never among those that are predicted with it.
    """
    rank = MeanRank(np.sort(p.T, axis=1).T)
    if len(np.unique(y)) < 2:
        note = Sentence(
            "the valid cases hold one outcome only, so mean ranks stand for probabilities"
        )
        return _equal(p, rank, note)
    return _equal(p, CalibratedRank(rank, sigmoid(rank(p), y, weight)))


def weighted(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take the weighted mean probability that has the lowest log loss on the valid cases."""
    return _pooled(p, pool_weights(p, y, weight))


def greedy(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take the mean of greedily selected members; see ``greedy_weights``."""
    return _pooled(p, greedy_weights(p, y, weight))


def stacking(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take a logistic regression on the members' log odds; see ``stack``."""
    if n_parts(y, group) < 2:
        return _averaged_instead(p, y)
    stacked = stack(p, y, group, weight)
    return Combination(stacked.coefficients, stacked.out_of_sample, stacked.odds)


def boosted(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Combination:
    """Take shallow boosted trees on the members' log odds; see ``boosted_stack``."""
    if n_parts(y, group) < 2 or len(y) < LEAST_CASES:
        return _averaged_instead(p, y)
    boosted = boosted_stack(p, y, group, weight)
    return Combination(boosted.shares, boosted.out_of_sample, boosted.predict)


# A new rule is its file and its line here.
RULES = (
    Rule("hard_voting", "Hard voting", hard_voting),
    Rule("soft_voting", "Soft voting", soft_voting),
    Rule("rank_averaging", "Rank averaging", rank_averaging, usual=False),
    Rule("weighted", "Weighted", weighted, choosy=True),
    Rule("greedy", "Greedy selection", greedy, usual=False, choosy=True),
    Rule("stacking", "Stacking", stacking),
    Rule("boosted_stacking", "Boosted stacking", boosted, usual=False),
)


def _equal(p: np.ndarray, predict: Predict, note: Text = "") -> Combination:
    n_members = p.shape[1]
    return Combination(np.full(n_members, 1 / n_members), predict(p), predict, note)


def _pooled(p: np.ndarray, weights: np.ndarray) -> Combination:
    return Combination(weights, p @ weights, WeightedMean(weights))


def _averaged_instead(p: np.ndarray, y: np.ndarray) -> Combination:
    note = Sentence(
        "{n} valid cases with {positive} positive ones are too few to cross-validate on, so the "
        "members' probabilities are averaged",
        n=len(y),
        positive=int(y.sum()),
    )
    return _equal(p, Mean(), note)
