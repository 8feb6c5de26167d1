"""Cases of one group, or of one time, on two sides of a split."""

from collections.abc import Sequence

import numpy as np

from ..language.sentence import Sentence
from ..language.speaking import marked
from ..splits.fold import Fold
from ..splits.known import known_moments
from ..splits.parts import keeps_groups_apart
from ..task import Task
from .finding import Finding


def crossed_splits(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for groups on both sides of a split, and for train cases later than test cases.

    Plans of this house have neither; this looks at the case numbers themselves.
    """
    found = []
    groups = [_shared_groups(task, fold) for fold in folds]
    if sum(groups):
        found.append(
            Finding(
                marked("groups on both sides"),
                True,
                Sentence("{n:,} groups of a fold have cases in train and in test", n=max(groups)),
                Sentence(
                    "A model that recognises a person need not understand anybody: figures are too "
                    "high for new people."
                ),
                Sentence("Split by group."),
            )
        )
    early = [_too_early(task, fold) for fold in folds]
    if sum(early):
        found.append(
            Finding(
                marked("train after test"),
                True,
                Sentence(
                    "{n:,} train cases of a fold were not decided when its first test case had to "
                    "be predicted",
                    n=max(early),
                ),
                Sentence("The model learns from a future that it could not have known."),
                Sentence("Split in time, and leave out cases whose outcome was still open."),
            )
        )
    return found


def _train(fold: Fold) -> np.ndarray:
    return np.concatenate([part for split in fold.splits for part in (split.fit, split.valid)])


def _shared_groups(task: Task, fold: Fold) -> int:
    if not keeps_groups_apart(task, strangers=False):
        return 0
    return len(np.intersect1d(task.group[_train(fold)], task.group[fold.test]))


def _too_early(task: Task, fold: Fold) -> int:
    if task.time is None:
        return 0
    is_train = np.zeros(len(task), dtype=bool)  # several splits share their train cases
    is_train[_train(fold)] = True
    return int((known_moments(task)[is_train] > task.time[fold.test].min()).sum())
