"""The split that came with the data: who is tested is not drawn, but read."""

import numpy as np

from ..errors import RequestError
from ..task import ALWAYS_TRAIN, ALWAYS_VALID, Task
from .parts import keeps_groups_apart


def given_folds(task: Task) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Give train, valid and test cases of each fold that the data tell.

    A fold's train cases are those that it does not test; valid cases, where the data name some,
    are the same in every fold, and none otherwise: then they are drawn as elsewhere.

    Raises
    ------
    RequestError
        If no case is tested, none is left to train on, or groups stand on both sides.
    """
    told = task.given_split
    always_watched = np.flatnonzero(told == ALWAYS_VALID)
    folds = []
    for number in np.unique(told[told >= 0]):
        train = np.flatnonzero((told != number) & (told != ALWAYS_VALID))
        folds.append((train, always_watched, np.flatnonzero(told == number)))
    if not folds or not all(len(train) for train, _, _ in folds):
        n_trained = int((told == ALWAYS_TRAIN).sum())
        raise RequestError(
            f"task {task.name!r}: the split that came with the data has {len(folds)} folds to test "
            f"and {n_trained:,} cases that are only trained on; both sides need cases.  Leave "
            "--split out, and folds are drawn."
        )
    if keeps_groups_apart(task, strangers=False):
        for train, watched, test in folds:
            n_known = len(np.intersect1d(task.group[np.r_[train, watched]], task.group[test]))
            if n_known:
                raise RequestError(
                    f"task {task.name!r}: the split that came with the data puts {n_known:,} "
                    "groups on both sides; figures would be too good for people who are not "
                    "known.  Leave --split out, and folds keep groups apart; or --group, if known "
                    "people are what is asked about."
                )
    return folds
