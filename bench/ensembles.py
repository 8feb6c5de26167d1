"""Ensembles: rules that combine stored predictions, learnt on valid cases, never refitting."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .linear_pool import pool_weights
from .stacking import n_parts, stack
from .thresholds import DEFAULT, decide


@dataclass(frozen=True, eq=False)
class Combination:
    """A rule that has learnt.

    Parameters
    ----------
    weights : ndarray, shape (n_members,)
        How much each member counts; equal for the voting rules, coefficients for stacking.
    valid : ndarray, shape (n_valid,)
        P(target = 1) of the valid cases, to choose a threshold on.
    predict : callable
        ``(p of shape (n_cases, n_members)) -> P(target = 1) of shape (n_cases,)``.
    note : str
        What the reader must know of how it was learnt; empty if all is as described.
    """

    weights: np.ndarray
    valid: np.ndarray
    predict: Callable[[np.ndarray], np.ndarray]
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A way to combine members.

    ``learn(p, y, group)`` sees the members' predictions for valid cases, shape (n_valid,
    n_members), their outcomes, and whom each case is about (None without groups).  Test cases are
    not among its arguments, so nothing can be learnt from them.
    """

    name: str
    title: str
    learn: Callable[[np.ndarray, np.ndarray, np.ndarray | None], Combination]


def hard_voting(p: np.ndarray, y: np.ndarray, group: np.ndarray | None) -> Combination:
    """Take the share of members that decide yes at 0.5 as the score."""
    return _equal(p, lambda p: decide(p, DEFAULT).mean(axis=1))


def soft_voting(p: np.ndarray, y: np.ndarray, group: np.ndarray | None) -> Combination:
    """Take the mean probability of the members."""
    return _equal(p, lambda p: p.mean(axis=1))


def weighted(p: np.ndarray, y: np.ndarray, group: np.ndarray | None) -> Combination:
    """Take the weighted mean probability that has the lowest log loss on the valid cases."""
    weights = pool_weights(p, y)
    return Combination(weights, p @ weights, lambda p: np.clip(p @ weights, 0.0, 1.0))


def stacking(p: np.ndarray, y: np.ndarray, group: np.ndarray | None) -> Combination:
    """Take a logistic regression on the members' log odds; see ``stack``."""
    if n_parts(y, group) < 2:
        note = (
            f"{len(y)} valid cases with {int(y.sum())} positive ones cannot be cross-validated, "
            "so the members' probabilities are averaged"
        )
        equal = soft_voting(p, y, group)
        return Combination(equal.weights, equal.valid, equal.predict, note)
    stacked = stack(p, y, group)
    return Combination(stacked.coefficients, stacked.out_of_sample, stacked.predict)


RULES = (
    Rule("hard_voting", "Hard voting", hard_voting),
    Rule("soft_voting", "Soft voting", soft_voting),
    Rule("weighted", "Weighted", weighted),
    Rule("stacking", "Stacking", stacking),
)


def _equal(p: np.ndarray, predict: Callable[[np.ndarray], np.ndarray]) -> Combination:
    n_members = p.shape[1]
    return Combination(np.full(n_members, 1 / n_members), predict(p), predict)
