"""Refits: how far the fits of different folds disagree about the same cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from ..splits.fold import Fold, Split
from ..stats.delong import delong_influence
from ..stats.full_grown import full_grown
from ..stats.training_variance import (
    Overlap,
    instability,
    overlap,
    share_of_change,
    training_ratio,
)
from ..store.records import TaskRecord
from .contestants import Contestant

_FEWEST_OF_AN_OUTCOME = 2
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class _Seen:
    """Cases that some fits predicted unseen.

    ``fits`` says what each case of the task weighs in each of them, shape (n_fits, n_cases of it);
    ``fit`` which of them predicted a case; ``p`` is of shape (n_contestants, n_cases), NaN for
    those that were not fitted.
    """

    rows: np.ndarray
    fits: np.ndarray
    fit: np.ndarray
    p: np.ndarray


def training_ratios(task: TaskRecord, contestants: Sequence[Contestant]) -> np.ndarray:
    """Estimate for each pair the variance of training over that of the test cases.

    A case that one fold tests is watched by others, or tested by them in another repeat: there two
    fits that have not seen it predict it.  An only fold has ``Fold.refits`` for it; a half's fit
    is less stable than one on all fit cases, which errs on the careful side.  How far fits disagree
    is measured by how far the case's influence on ROC AUC (DeLong's) changes, among the cases that
    two fits predict: other cases would be another reference, which moves influences, too.  Those
    that both tie change as one, unless many leaves are tied (``full_grown``).

    Parameters
    ----------
    task : TaskRecord
    contestants : sequence of Contestant
        With predictions.

    Returns
    -------
    ndarray, shape (n_contestants, n_contestants)
        The most that is usual where no two fits predict cases of both outcomes, as of ensembles in
        an only fold.
    """
    plan = plan_overlap(task)
    if len(task.folds) == 1:
        (fold,) = task.folds
        seen = list(_refitted(task, fold, contestants))
    else:
        seen = [_predicted(task, number, contestants) for number in range(len(task.folds))]
    found = list(_changes(task, seen))
    unknown = np.ones((len(contestants), len(contestants)))
    if not found:
        return training_ratio(unknown, plan)
    y, *parts = (np.concatenate(of, axis=-1) for of in zip(*found, strict=True))
    if np.bincount(y, minlength=2).min() == 0:
        return training_ratio(unknown, plan)
    tested = np.concatenate([fold.test for fold in task.folds])
    rate = float(task.target[tested].mean())
    weights = (1 / (1 - rate), 1 / rate)
    moved, along, *said = [[part[:, y == outcome] for outcome in (0, 1)] for part in parts]
    of_both = [np.hstack(of_outcome) for of_outcome in zip(*said, strict=True)]
    grown = _grown(task, seen)[:, None]
    return training_ratio(
        instability(moved, of_both, weights),
        plan,
        share_of_change(moved, [np.where(grown, 0, of) for of in along], weights),
        share_of_change(moved, [np.where(grown, np.square(of), 0) for of in moved], weights),
    )


def plan_overlap(task: TaskRecord) -> Overlap:
    """Measure how the folds of a task share cases, or groups where it has them."""
    n_cases = len(task.target)
    unit = (
        np.arange(n_cases) if task.group is None else np.unique(task.group, return_inverse=True)[1]
    )

    def by_unit(weights: np.ndarray) -> np.ndarray:
        return np.bincount(unit, weights)

    return overlap(
        np.array([by_unit(_fitted(task, fold.splits)) for fold in task.folds]),
        np.array([by_unit(_shares(task, fold.test)) for fold in task.folds]),
    )


def _fitted(task: TaskRecord, splits: Sequence[Split]) -> np.ndarray:
    return np.mean([_shares(task, split.fit) for split in splits], axis=0)


def _shares(task: TaskRecord, rows: np.ndarray) -> np.ndarray:
    """Give each case's share of some cases, by weight where they have any."""
    weight = np.ones(len(rows)) if task.weight is None else task.weight[rows]
    return np.bincount(rows, weight / weight.sum(), minlength=len(task.target))


def _predicted(task: TaskRecord, number: int, contestants: Sequence[Contestant]) -> _Seen:
    """Give a fold's test cases as the mean of its fits predicts them, and each fit's valid ones."""
    fold = task.folds[number]
    sizes = [len(fold.test), *(len(split.valid) for split in fold.splits)]
    fits = [_fitted(task, fold.splits), *(_fitted(task, [split]) for split in fold.splits)]
    return _Seen(
        np.concatenate([fold.test, fold.valid]),
        np.array(fits),
        np.repeat(np.arange(len(sizes)), sizes),
        np.array([np.concatenate([of.folds[number].test, of.folds[number].valid])
                  for of in contestants]),
    )  # fmt: skip


def _refitted(task: TaskRecord, fold: Fold, contestants: Sequence[Contestant]) -> Iterator[_Seen]:
    """Give the test cases of an only fold as each of its refits predicts them."""
    unknown = np.full(len(fold.test), np.nan)
    for number, split in enumerate(fold.refits):
        yield _Seen(
            fold.test,
            _fitted(task, [split])[None],
            np.zeros(len(fold.test), dtype=int),
            np.array([of.refits[number] if of.refits else unknown for of in contestants]),
        )


def _grown(task: TaskRecord, seen: Sequence[_Seen]) -> np.ndarray:
    rows, p = (
        np.concatenate(of, axis=-1) for of in zip(*((one.rows, one.p) for one in seen), strict=True)
    )
    return full_grown(task.target[rows], p, task.weight_of(rows))


def _changes(task: TaskRecord, seen: Sequence[_Seen]) -> Iterator[tuple[np.ndarray, ...]]:
    """Give outcomes, changes and influences of the cases that two different fits predict.

    After the changes come their products with those of other cases that are tied to them, and then
    the influences by either fit.

    Two fits that share cases change less than two that share none: changes are over the root of
    their distance, in which a fit's own weights count as usual, so that their mean square is the
    variance of a single fit.  Other cases of the same people count as other cases: in time most
    people are in all fits, which differ nevertheless.
    """
    usual = np.mean([np.square(one.fits[0]).sum() for one in seen]) if seen else 1.0
    for one, other in combinations(seen, 2):
        rows, first, second = np.intersect1d(one.rows, other.rows, return_indices=True)
        y = task.target[rows]
        if np.bincount(y, minlength=2).min() < _FEWEST_OF_AN_OUTCOME:
            continue
        own, others = (np.square(of.fits).sum(axis=1) for of in (one, other))
        apart = (own[:, None] + others - 2 * one.fits @ other.fits.T) / usual
        apart = apart[one.fit[first], other.fit[second]]
        ours, theirs = (
            _influences(task, rows, of.p[:, at]) for of, at in ((one, first), (other, second))
        )
        differ = apart > _ROUNDING
        changes = (ours - theirs)[:, differ] / np.sqrt(apart[differ])
        # Fits of different splits are different fits, which tie nothing with each other.
        fits = one.fit[first][differ] * len(other.fits) + other.fit[second][differ]
        kind = _code(y[differ], fits)
        along = [
            _along(changed, kind, _code(one_p, other_p))
            for changed, one_p, other_p in zip(
                changes, one.p[:, first[differ]], other.p[:, second[differ]], strict=True
            )
        ]
        yield y[differ], changes, np.array(along), ours[:, differ], theirs[:, differ]


def _along(changes: np.ndarray, kind: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """Multiply each case's change by that of another of its kind, 0 for those not tied to it."""
    tie = _code(kind, tie)
    together = np.bincount(tie, changes)[tie] - changes
    return changes * together / np.maximum(np.bincount(kind)[kind] - 1, 1)


def _code(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Number the pairs of values, from 0."""
    (one, _), (other, values) = (pd.factorize(of) for of in (first, second))
    return pd.factorize(one * len(values) + other)[0]


def _influences(task: TaskRecord, rows: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Give the influence of each case on ROC AUC, in units that do not depend on their number."""
    y = task.target[rows]
    # Each outcome's influences are over its number of cases.
    unit = np.sqrt(np.where(y == 1, y.sum() * (y.sum() - 1), (1 - y).sum() * ((1 - y).sum() - 1)))
    weight = task.weight_of(rows)
    return np.array(
        [of if np.isnan(of).all() else unit * delong_influence(y, of, weight)[1] for of in p]
    )
