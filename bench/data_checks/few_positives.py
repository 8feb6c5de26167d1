"""Folds that hold too few cases of the rarer outcome to say anything."""

from collections.abc import Sequence

import numpy as np

from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

FEW = "few of the rarer outcome"
_FEW_TESTED, _FEW_WATCHED = 30, 10


def few_positives(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for folds whose rarer outcome is too rare to say anything."""
    tested = min(_rarer(task, fold.test) for fold in folds)
    watched = min(_rarer(task, split.valid) for fold in folds for split in fold.splits)
    if tested >= _FEW_TESTED and watched >= _FEW_WATCHED:
        return []
    return [
        Finding(
            FEW,
            tested < _FEW_WATCHED,
            f"a fold has {tested} cases of the rarer outcome to test on, and {watched} to watch",
            "Intervals are wide, intervals from so few cases are themselves unsure, and a "
            "threshold chosen on so few hits by luck. With fewer than ten in all, hardly any model "
            "can be found to be behind.",
            f"Ask for fewer folds or bring more data, until each fold tests {_FEW_TESTED} and "
            f"watches {_FEW_WATCHED}.",
        )
    ]


def _rarer(task: Task, rows: np.ndarray) -> int:
    return int(np.bincount(task.target[rows], minlength=2).min())
