"""The columns by whose values figures are told apart: those asked for, otherwise a few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import is_numeric, texts
from ..content_columns import content_kind, without_content
from ..errors import RequestError, did_you_mean
from ..language.sentence import Sentence
from ..store.records import SliceColumn
from ..task import Task

MOST_VALUES = 30  # of a column whose values are names
_MOST_CHOSEN = 5
_FEW = 12  # values of a column that is chosen without being asked for
_MOST_ALIKE = 0.9  # share of the cases that have the same value


@dataclass(frozen=True, eq=False)
class Sliced:
    """A column of a task, and its values by case: float64, or texts with None; None without."""

    about: SliceColumn
    values: np.ndarray | None


def plan_slices(tasks: Sequence[Task], asked: Sequence[str]) -> dict[str, tuple[Sliced, ...]]:
    """Choose the columns of each task; no outcome is looked at.

    Parameters
    ----------
    tasks : sequence of Task
    asked : sequence of str
        Names of columns; without any, of each task up to five are chosen that have 2 to 12 values,
        the most frequent one in at most nine tenths of the cases: those whose cases are spread
        over their values most evenly (by entropy).

    Raises
    ------
    RequestError
        If no task has a column that is asked for.
    """
    for name in asked:
        known = dict.fromkeys(column for task in tasks for column in _columns(task))
        if name not in known:
            raise RequestError(
                f"slices: no task has a column {name!r}.{did_you_mean(name, known)}  `intentbench "
                "show` lists a task's columns."
            )
    return {
        task.name: tuple(_asked(task, asked)) if asked else tuple(_chosen(task)) for task in tasks
    }


def _columns(task: Task) -> dict[str, pd.Series]:
    return {**dict(task.cases.features.items()), **task.aside}


def _asked(task: Task, asked: Sequence[str]) -> list[Sliced]:
    columns = _columns(task)
    return [_sliced(name, columns[name]) for name in dict.fromkeys(asked) if name in columns]


def _sliced(name: str, column: pd.Series) -> Sliced:
    if content_kind(column):
        missing = Sentence("it holds texts or vectors, which are no groups")
        return Sliced(SliceColumn(name, asked=True, missing=missing), None)
    values = _values(column)
    n = len(pd.unique(values))
    missing = ""
    if n < 2:
        missing = Sentence("it is the same in every case")
    elif values.dtype == object and n > MOST_VALUES:
        missing = Sentence(
            "it has {n:,} different values, and at most {most} are told apart; put them into fewer "
            "groups",
            n=n,
            most=MOST_VALUES,
        )
    return Sliced(SliceColumn(name, asked=True, missing=missing), None if missing else values)


def _chosen(task: Task) -> list[Sliced]:
    found = []
    for name, column in without_content(task.cases.features).items():
        values = _values(column)
        share = pd.Series(values).value_counts(normalize=True, dropna=False).to_numpy()
        if 2 <= len(share) <= _FEW and share.max() <= _MOST_ALIKE:
            found.append((-float(share @ np.log(share)), name, values))
    found.sort(key=lambda one: -one[0])
    return [
        Sliced(SliceColumn(name, asked=False), values) for _, name, values in found[:_MOST_CHOSEN]
    ]


def _values(column: pd.Series) -> np.ndarray:
    if is_numeric(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    named = texts(column)
    return np.where(named.isna(), None, named.astype(object)).astype(object)


def values_by_name(slices: Sequence[Sliced]) -> Mapping[str, np.ndarray]:
    """Give the values of the columns that have any to be told apart."""
    return {one.about.name: one.values for one in slices if one.values is not None}
