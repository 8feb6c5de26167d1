"""k-anonymity: how many people share the same values of some columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import texts
from ..content_columns import content_kind
from ..task import Task

FEW = 10


@dataclass(frozen=True)
class KAnonymity:
    """How many units (groups, or cases where there are none) are alike in some columns.

    ``k`` is the least number that share their values; ``alone`` counts units that share theirs with
    nobody, ``few`` those that share theirs with fewer than ``FEW``, themselves included.
    """

    k: int
    n_units: int
    alone: int
    few: int


def k_anonymity(task: Task, names: Sequence[str]) -> KAnonymity:
    """Count who is alike in some columns: all values as they are, missing ones as a value.

    A unit whose cases differ can be told from others by the rarest of them.

    Parameters
    ----------
    task : Task
    names : sequence of str
        Of columns of the task; at least one.

    References
    ----------
    Sweeney (2002), "k-anonymity: a model for protecting privacy", International Journal of
    Uncertainty, Fuzziness and Knowledge-Based Systems 10.
    """
    columns = columns_of(task)
    alike = np.zeros(len(task), dtype=np.int64)
    for name in names:
        column = columns[name]
        values = texts(column) if content_kind(column) else column
        code = pd.factorize(values, use_na_sentinel=False)[0].astype(np.int64)
        alike = np.unique(alike * (code.max() + 1) + code, return_inverse=True)[1]
    unit = np.arange(len(task)) if task.group is None else pd.factorize(task.group)[0]
    pairs = np.unique(np.column_stack([alike, unit]), axis=0)
    sharing = np.bincount(pairs[:, 0])[pairs[:, 0]]
    least = np.full(int(unit.max()) + 1, len(task))
    np.minimum.at(least, pairs[:, 1], sharing)
    return KAnonymity(
        int(least.min()), len(least), int((least == 1).sum()), int((least < FEW).sum())
    )


def columns_of(task: Task) -> Mapping[str, pd.Series]:
    """Give the columns of a task by their names, those that are no features, too."""
    return {**dict(task.cases.features.items()), **task.aside}
