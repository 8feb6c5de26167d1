"""Are these data fit to be judged?  All that is looked at before any model runs."""

from collections.abc import Sequence

import numpy as np

from ..splits.known import known_moments
from ..splits.resampling import Fold
from ..task import Task
from .drift import drift
from .duplicates import look_alikes
from .finding import Finding
from .future_values import later_than_asked
from .suspicious_columns import odd_columns
from .target_encodings import encoded_targets

_FEW_TESTED, _FEW_WATCHED = 30, 10


def findings(task: Task, folds: Sequence[Fold]) -> tuple[Finding, ...]:
    """Look for what weakens the numbers of a task, the grave ones first.

    Parameters
    ----------
    task : Task
    folds : sequence of Fold
        Its plan.
    """
    found = [
        *straddling(task, folds),
        *odd_columns(task),
        *encoded_targets(task),
        *later_than_asked(task),
        *look_alikes(task, folds),
        *drift(task, folds),
        *few_positives(task, folds),
    ]
    return tuple(sorted(found, key=lambda finding: not finding.grave))


def straddling(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for groups on both sides of a split, and for train cases later than test cases.

    Plans of this house have neither; this looks at the case numbers themselves.
    """
    found = []
    groups = [_shared_groups(task, fold) for fold in folds]
    if sum(groups):
        found.append(
            Finding(
                "groups on both sides",
                True,
                f"{max(groups):,} groups of a fold have cases in train and in test",
                "A model that recognises a person need not understand anybody: figures are too "
                "high for new people.",
                "Split by group.",
            )
        )
    early = [_too_early(task, fold) for fold in folds]
    if sum(early):
        found.append(
            Finding(
                "train after test",
                True,
                f"{max(early):,} train cases of a fold were not decided when its first test case "
                "had to be predicted",
                "The model learns from a future that it could not have known.",
                "Split in time, and leave out cases whose outcome was still open.",
            )
        )
    return found


def few_positives(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for folds whose rarer outcome is too rare to say anything."""
    tested = min(_rarer(task, fold.test) for fold in folds)
    watched = min(_rarer(task, split.valid) for fold in folds for split in fold.splits)
    if tested >= _FEW_TESTED and watched >= _FEW_WATCHED:
        return []
    return [
        Finding(
            "few of the rarer outcome",
            tested < _FEW_WATCHED,
            f"a fold has {tested} cases of the rarer outcome to test on, and {watched} to watch",
            "Intervals are wide, intervals from so few cases are themselves unsure, and a "
            "threshold chosen on so few hits by luck.",
            f"Ask for fewer folds or bring more data, until each fold tests {_FEW_TESTED} and "
            f"watches {_FEW_WATCHED}.",
        )
    ]


def _rarer(task: Task, rows: np.ndarray) -> int:
    return int(np.bincount(task.target[rows], minlength=2).min())


def _train(fold: Fold) -> np.ndarray:
    return np.concatenate([part for split in fold.splits for part in (split.fit, split.valid)])


def _shared_groups(task: Task, fold: Fold) -> int:
    if task.group is None:
        return 0
    return len(np.intersect1d(task.group[_train(fold)], task.group[fold.test]))


def _too_early(task: Task, fold: Fold) -> int:
    if task.time is None:
        return 0
    is_train = np.zeros(len(task), dtype=bool)  # several splits share their train cases
    is_train[_train(fold)] = True
    return int((known_moments(task)[is_train] > task.time[fold.test].min()).sum())
