"""Refits: how far the fits of different folds disagree about the same cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..splits.fold import Fold, Split
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
    fits that have not seen it predict it.  An only fold has ``Fold.refits`` for it; a half's fit
    is less stable than one on all fit cases, which errs on the careful side.  How far fits disagree
    is measured by how far the case's influence on ROC AUC (DeLong's) changes.

    Parameters
    ----------
    task : TaskRecord
    contestants : sequence of Contestant
        With predictions.

    Returns
    -------
    ndarray, shape (n_contestants, n_contestants)
        The most that it can be where no two fits predict cases of both outcomes, as of ensembles in
        an only fold.
    """
    plan = plan_overlap(task)
    if len(task.folds) == 1:
        (fold,) = task.folds
        fits: list[Sequence[Split]] = [[split] for split in fold.refits]
        parts = list(_refitted(task, fold, contestants))
    else:
        fits = [fold.splits for fold in task.folds]
        parts = [part for i in range(len(task.folds)) for part in _predicted(task, i, contestants)]
    usual = [np.square(_fitted(task, splits)).sum() for splits in fits]
    found = list(_changes(task, parts, float(np.mean(usual)) if usual else 0.0))
    unknown = np.ones((len(contestants), len(contestants)))
    if not found:
        return training_ratio(unknown, plan)
    y, changes, *influences = (np.concatenate(of, axis=-1) for of in zip(*found, strict=True))
    if len(np.unique(y)) < 2:
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
    influences = np.array(
        [
            _influence(task, rows, np.concatenate([of.test, of.valid]))
            for of in (contestant.folds[number] for contestant in contestants)
        ]
    )
    start = len(fold.test)
    yield _Predicted(fold.test, _fitted(task, fold.splits), influences[:, :start])
    for split in fold.splits:
        end = start + len(split.valid)
        yield _Predicted(split.valid, _fitted(task, [split]), influences[:, start:end])
        start = end


def _refitted(
    task: TaskRecord, fold: Fold, contestants: Sequence[Contestant]
) -> Iterator[_Predicted]:
    """Give the test cases of an only fold as each of its refits predicts them.

    What a contestant without refits says is NaN.
    """
    unknown = np.full(len(fold.test), np.nan)
    for number, split in enumerate(fold.refits):
        influences = [
            _influence(task, fold.test, of.refits[number]) if of.refits else unknown
            for of in contestants
        ]
        yield _Predicted(fold.test, _fitted(task, [split]), np.array(influences))


def _influence(task: TaskRecord, rows: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Give the influence of each case on ROC AUC, in units that do not depend on their number."""
    y = task.target[rows]
    # Each outcome's influences are over its number of cases.
    unit = np.sqrt(np.where(y == 1, y.sum() * (y.sum() - 1), (1 - y).sum() * ((1 - y).sum() - 1)))
    return unit * delong_influence(y, p, task.weight_of(rows))[1]


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
