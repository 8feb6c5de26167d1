"""Units: what of a task's tested cases is drawn, or varies, as a whole."""

import numpy as np

from ..store.records import TaskRecord
from .remembered import remembered


@remembered
def units(task: TaskRecord) -> np.ndarray:
    """Number what varies as a whole: tested groups, or tested cases; -1 for cases not tested."""
    tested = np.unique(np.concatenate([fold.test for fold in task.folds]))
    unit = np.full(len(task.target), -1)
    if task.group is None:
        unit[tested] = np.arange(len(tested))
    else:
        unit[tested] = np.unique(task.group[tested], return_inverse=True)[1]
    unit.flags.writeable = False
    return unit


@remembered
def freedom(task: TaskRecord) -> float:
    """Count the units that hold a tested case of the rarer outcome, less one.

    Of weighted ones as many count as would, with equal weights, tell as much [1]_.

    References
    ----------
    .. [1] Kish (1965), "Survey sampling", section 11.7.
    """
    unit = units(task)
    held = [(task.target == y) & (unit >= 0) for y in (0, 1)]
    if task.weight is None:
        of_outcome = [len(np.unique(unit[rows])) for rows in held]
    else:
        of_outcome = [_worth(np.bincount(unit[rows], task.weight[rows])) for rows in held]
    return float(min(of_outcome) - 1)


def _worth(weight: np.ndarray) -> float:
    """Count the units of equal weight that would tell as much as these."""
    return float(weight.sum() ** 2 / np.square(weight).sum())
