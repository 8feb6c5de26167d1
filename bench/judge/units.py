"""Units: what of a task's tested cases is drawn, or varies, as a whole."""

import numpy as np

from ..store.records import TaskRecord


def units(task: TaskRecord) -> np.ndarray:
    """Number what varies as a whole: tested groups, or tested cases; -1 for cases not tested."""
    tested = np.unique(np.concatenate([fold.test for fold in task.folds]))
    unit = np.full(len(task.target), -1)
    if task.group is None:
        unit[tested] = np.arange(len(tested))
    else:
        unit[tested] = np.unique(task.group[tested], return_inverse=True)[1]
    return unit
