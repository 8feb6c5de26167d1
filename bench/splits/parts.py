"""Dealing groups out, and telling when they must be kept apart."""

from typing import Protocol

import numpy as np


class Grouped(Protocol):
    """What is asked of a task, or of its record, about groups."""

    group: np.ndarray | None
    time: np.ndarray | None


def keeps_groups_apart(task: Grouped, strangers: bool) -> bool:
    """Say whether nobody may stand on two sides of a split.

    Without times a case of the same group would give the answer away.  In time a model may know
    from earlier whom it is asked about, as it will when it is used; unless the plan asks how it
    does on ``strangers``.
    """
    return task.group is not None and (strangers or task.time is None)


def group_parts(group: np.ndarray, n_parts: int, seed: int) -> np.ndarray:
    """Deal the groups out at random; gives each case the number of its group's part."""
    names, code = np.unique(group, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(names)) % n_parts
    return dealt[code]
