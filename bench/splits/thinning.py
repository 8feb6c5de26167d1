"""Thinning: the same plan with fewer fit cases, for learning curves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import RequestError
from ..task import Task
from .fold import Fold

# Below this a model learns which few cases were kept.
_FEWEST_OF_AN_OUTCOME = 5


def thinned(task: Task, folds: Sequence[Fold], share: float, seed: int) -> tuple[Fold, ...]:
    """Keep a share of the fit cases of each inner split; valid and test cases stay as they are.

    * groups: whole groups are kept, drawn by chance, as many of those with a positive case as of
      the others.
    * times without groups: the latest cases are kept, as if nobody had collected earlier ones.
    * neither: cases are drawn by chance, as many of each outcome as belong to it.

    The cases of a smaller share are all in a larger one.

    Parameters
    ----------
    task : Task
    folds : sequence of Fold
        Its plan.
    share : float
        Above 0, below 1; of groups where there are groups.
    seed : int
        Of the draws.

    Raises
    ------
    RequestError
        If fewer than five cases of an outcome would be left to fit on.
    """
    thin = []
    for fold in folds:
        splits = []
        for number, split in enumerate(fold.splits):
            place = _places(task, split.fit, [seed, fold.number, number])
            fit = split.fit[place <= share]
            _require_both_outcomes(task, fold, fit, share)
            splits.append(replace(split, fit=fit))
        thin.append(replace(fold, splits=tuple(splits), halves=()))
    return tuple(thin)


def _places(task: Task, fit: np.ndarray, seed: Sequence[int]) -> np.ndarray:
    """Give each case its place in the queue, from above 0 to 1: a share takes those up to it."""
    rng = np.random.default_rng(seed)
    if task.time is None or task.group is not None:
        return places_by_chance(task, fit, rng)
    # Cases of one moment stand in an order of chance.
    latest_first = np.lexsort((rng.random(len(fit)), -task.time[fit].astype(np.int64)))
    return _ranks(latest_first) / len(fit)


def places_by_chance(task: Task, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Queue up cases, or whole groups, by chance: each share takes as much of each outcome."""
    y = task.target[rows]
    if task.group is None:
        return _by_chance(y, rng)
    names, code = np.unique(task.group[rows], return_inverse=True)
    has_positive = np.bincount(code, weights=y, minlength=len(names)) > 0
    return _by_chance(has_positive, rng)[code]


def _by_chance(stratum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Queue up each stratum for itself, so that every share takes as much of each."""
    place = np.empty(len(stratum))
    for value in np.unique(stratum):
        rows = np.flatnonzero(stratum == value)
        place[rows] = _ranks(rng.permutation(len(rows))) / len(rows)
    return place


def _ranks(order: np.ndarray) -> np.ndarray:
    """Number the rows from 1 in this order."""
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _require_both_outcomes(task: Task, fold: Fold, fit: np.ndarray, share: float) -> None:
    n_negative, n_positive = np.bincount(task.target[fit], minlength=2)
    if min(n_negative, n_positive) < _FEWEST_OF_AN_OUTCOME:
        raise RequestError(
            f"task {task.name!r}, fold {fold.number}: a share of {share:g} leaves {n_positive} "
            f"positive and {n_negative} negative cases to fit on; a learning curve needs "
            f"{_FEWEST_OF_AN_OUTCOME} of each.  Leave out the smallest shares, or ask for fewer "
            "folds."
        )
