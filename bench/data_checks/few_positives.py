"""Folds that hold too few cases of the rarer outcome to say anything."""

from collections.abc import Sequence

import numpy as np

from ..language.sentence import Sentence
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

FEW = marked("few of the rarer outcome")
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
            Sentence(
                "a fold has {tested} cases of the rarer outcome to test on, and {watched} to watch",
                tested=tested,
                watched=watched,
            ),
            Sentence(
                "Intervals are wide, intervals from so few cases are themselves unsure, and a "
                "threshold chosen on so few hits by luck.  With fewer than ten in all, hardly any "
                "model can be found to be behind."
            ),
            Sentence(
                "Ask for fewer folds or bring more data, until each fold tests {tested} and "
                "watches {watched}.",
                tested=_FEW_TESTED,
                watched=_FEW_WATCHED,
            ),
        )
    ]


def _rarer(task: Task, rows: np.ndarray) -> int:
    return int(np.bincount(task.target[rows], minlength=2).min())
