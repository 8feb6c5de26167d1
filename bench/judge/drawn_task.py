"""Tasks of drawn outcomes, for simulations whose truth is known."""

from collections.abc import Sequence

import numpy as np

from ..splits.fold import Fold, Split
from ..store.records import TaskRecord
from ..task import Card

_CARD = Card("Drawn", "?", "drawn at random", "none", "drawn", real=False)


def drawn_task(
    y: np.ndarray, tests: Sequence[np.ndarray], group: np.ndarray | None, *, in_time: bool
) -> TaskRecord:
    """Make a task of outcomes, of the test cases of each fold, and of groups where there are any.

    ``in_time`` gives it times, so that its folds are taken as following each other.
    """
    folds = []
    for number, test in enumerate(tests):
        train = np.setdiff1d(np.arange(len(y)), test)
        folds.append(Fold(number, test, (Split(train, train[:0]),)))
    time = np.zeros(len(y), "datetime64[s]") if in_time else None
    return TaskRecord("drawn", _CARD, "", 0, 0, False, "", y, group, time, tuple(folds))
