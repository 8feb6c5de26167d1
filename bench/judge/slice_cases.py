"""Which slice each test case falls into: by values, and of numbers by quarters of the fit cases.

Values that few cases have are one slice, and are not told.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..store.records import TaskRecord
from ..store.told_values import LEAST_TOLD, OTHERS, told_range

MISSING = "missing"
_FEW_NUMBERS = 8  # that are told apart one by one
_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class SliceCases:
    """The test cases of a slice, and where it lies.

    ``member`` says of each fold's test cases whether they are in it.
    """

    column: str
    label: str
    low: float
    high: float
    member: tuple[np.ndarray, ...]


def slices_of_task(task: TaskRecord) -> list[SliceCases]:
    """List the slices of all columns of a task, in the order of their values."""
    return [
        one for column, values in task.slice_values.items() for one in _slices(task, column, values)
    ]


def _slices(task: TaskRecord, column: str, values: np.ndarray) -> list[SliceCases]:
    by_fold = _codes(task, values)
    tested = [values[fold.test] for fold in task.folds]
    codes = np.unique(np.concatenate(by_fold))
    found = []
    for code in codes:
        member = tuple(of_fold == code for of_fold in by_fold)
        held = np.concatenate([of[is_in] for of, is_in in zip(tested, member, strict=True)])
        found.append(SliceCases(column, *_place(held, values), member))
    return found


def _codes(task: TaskRecord, values: np.ndarray) -> list[np.ndarray]:
    """Number the slice of each fold's test cases; the last number is that of missing values."""
    known = _known(values)
    if values.dtype == object or len(known) <= _FEW_NUMBERS:
        place = pd.Categorical(values, categories=known).codes
        is_told = np.bincount(place[place >= 0], minlength=len(known)) >= LEAST_TOLD
        code_of = np.where(is_told, np.cumsum(is_told) - 1, len(known))
        codes = np.append(code_of, len(known) + 1)[place]  # what is missing stands at -1
        return [codes[fold.test] for fold in task.folds]
    found = []
    for fold in task.folds:
        fit, test = values[fold.splits[0].fit], values[fold.test]
        fit = fit[~np.isnan(fit)]
        cuts = np.quantile(fit, _QUARTERS, method="inverted_cdf") if len(fit) else np.zeros(0)
        codes = np.searchsorted(cuts, test, side="left")
        found.append(np.where(np.isnan(test), len(_QUARTERS) + 1, codes))
    return found


def _known(values: np.ndarray) -> np.ndarray:
    found = pd.unique(pd.Series(values).dropna())
    return np.array(sorted(found.tolist()), dtype=values.dtype)


def _place(held: np.ndarray, values: np.ndarray) -> tuple[str, float, float]:
    """Say where the cases of a slice lie, of all values of its column."""
    if pd.isna(held[0]):
        return MISSING, math.nan, math.nan
    if (held == held[0]).all() and np.count_nonzero(values == held[0]) >= LEAST_TOLD:
        if held.dtype == object:
            return str(held[0]), math.nan, math.nan
        return "", float(held[0]), float(held[0])
    if held.dtype == object or len(held) < LEAST_TOLD:
        return OTHERS, math.nan, math.nan
    return "", *told_range(held)
