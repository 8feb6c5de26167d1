"""Refits: how far the fits of different folds disagree about the same cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..splits.fold import Split
from ..stats.delong import delong_influence
from ..stats.training_variance import Overlap, instability, overlap, training_ratio
from ..store.records import TaskRecord
from .contestants import Contestant


@dataclass(frozen=True, eq=False)
class _Predicted:
    """Cases that one fit predicted unseen, what they weigh in it, and what they say.

    ``weights`` are of all units of the task in the fit, ``influences`` of shape
    (n_contestants, n_cases): of each case on ROC AUC, in units that do not depend on their number.
    """

    rows: np.ndarray
    weights: np.ndarray
    influences: np.ndarray


def training_ratios(task: TaskRecord, contestants: Sequence[Contestant]) -> np.ndarray:
    """Estimate for each pair the variance of training over that of the test cases.

    A case that one fold tests is watched by others, or tested by them in another repeat: there two
    fits that have not seen it predict it.  How far they disagree is measured by how far the case's
    influence on ROC AUC (DeLong's) changes.

    Parameters
    ----------
    task : TaskRecord
    contestants : sequence of Contestant
        With predictions.

    Returns
    -------
    ndarray, shape (n_contestants, n_contestants)
        Where no two fits predict cases of both outcomes, as for one fold, the most that it can be.
    """
    plan = plan_overlap(task)
    parts = [part for i in range(len(task.folds)) for part in _predicted(task, i, contestants)]
    usual = np.mean([np.square(_fitted(task, fold.splits)).sum() for fold in task.folds])
    found = list(_changes(task, parts, float(usual)))
    unknown = np.ones((len(contestants), len(contestants)))
    if not found:
        return training_ratio(unknown, plan)
    y, changes, *influences = (np.concatenate(of, axis=-1) for of in zip(*found, strict=True))
    if len(np.unique(y)) < 2 or np.isnan(changes).any():
        return training_ratio(unknown, plan)
    tested = np.concatenate([fold.test for fold in task.folds])
    rate = float(task.target[tested].mean())
    by_outcome = [[part[:, y == outcome] for outcome in (0, 1)] for part in (changes, *influences)]
    moved, *said = by_outcome
    of_both = [np.hstack(of_outcome) for of_outcome in zip(*said, strict=True)]
    return training_ratio(instability(moved, of_both, (1 / (1 - rate), 1 / rate)), plan)


def plan_overlap(task: TaskRecord) -> Overlap:
    """Measure how the folds of a task share cases, or groups where it has them."""
    return overlap(
        np.array([_fitted(task, fold.splits) for fold in task.folds]),
        np.array([_shares(task, fold.test) for fold in task.folds]),
    )


def _fitted(task: TaskRecord, splits: Sequence[Split]) -> np.ndarray:
    return np.mean([_shares(task, split.fit) for split in splits], axis=0)


def _shares(task: TaskRecord, rows: np.ndarray) -> np.ndarray:
    """Give each unit's share of some cases, by weight where they have any."""
    weight = np.ones(len(rows)) if task.weight is None else task.weight[rows]
    if task.group is None:
        return np.bincount(rows, weight / weight.sum(), minlength=len(task.target))
    units, unit = np.unique(task.group, return_inverse=True)
    return np.bincount(unit[rows], weight / weight.sum(), minlength=len(units))


def _predicted(
    task: TaskRecord, number: int, contestants: Sequence[Contestant]
) -> Iterator[_Predicted]:
    """Give a fold's test cases as the mean of its fits predicts them, and each fit's valid ones."""
    fold = task.folds[number]
    rows = np.concatenate([fold.test, fold.valid])
    y = task.target[rows]
    # Each outcome's influences are over its number of cases.
    unit = np.sqrt(np.where(y == 1, y.sum() * (y.sum() - 1), (1 - y).sum() * ((1 - y).sum() - 1)))
    influences = np.array(
        [
            unit * delong_influence(y, np.concatenate([of.test, of.valid]), task.weight_of(rows))[1]
            for of in (contestant.folds[number] for contestant in contestants)
        ]
    )
    start = len(fold.test)
    yield _Predicted(fold.test, _fitted(task, fold.splits), influences[:, :start])
    for split in fold.splits:
        end = start + len(split.valid)
        yield _Predicted(split.valid, _fitted(task, [split]), influences[:, start:end])
        start = end


def _changes(
    task: TaskRecord, parts: Sequence[_Predicted], usual: float
) -> Iterator[tuple[np.ndarray, ...]]:
    """Give outcomes, changes and both influences of the cases that two different fits predict.

    Two fits that share cases change less than two that share none: changes are over the root of
    their distance, in which a fit's own weights count ``usual``, so that their mean square is the
    variance of a single fit.
    """
    for one, other in combinations(parts, 2):
        apart = float(np.square(one.weights - other.weights).sum()) / usual
        _, first, second = np.intersect1d(one.rows, other.rows, return_indices=True)
        if apart > 0 and len(first):
            ours, theirs = one.influences[:, first], other.influences[:, second]
            yield task.target[one.rows[first]], (ours - theirs) / np.sqrt(apart), ours, theirs
