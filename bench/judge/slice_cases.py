"""Which slice each test case falls into: by values, and of numbers by quarters of the fit cases."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..store.records import TaskRecord

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
    by_fold = [_codes(values, fold.test, fold.splits[0].fit) for fold in task.folds]
    tested = [values[fold.test] for fold in task.folds]
    codes = sorted({code for of_fold in by_fold for code in of_fold.tolist()})
    found = []
    for code in codes:
        member = tuple(of_fold == code for of_fold in by_fold)
        held = np.concatenate([of[is_in] for of, is_in in zip(tested, member, strict=True)])
        found.append(SliceCases(column, *_place(held), member))
    return found


def _codes(values: np.ndarray, test: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Number the slice of each test case; the last number is that of missing values."""
    if values.dtype == object or len(_known(values)) <= _FEW_NUMBERS:
        known = _known(values)
        code = pd.Categorical(values[test], categories=known).codes
        return np.where(code < 0, len(known), code)
    of_fit = values[fit]
    of_fit = of_fit[~np.isnan(of_fit)]
    cuts = np.quantile(of_fit, _QUARTERS, method="inverted_cdf") if len(of_fit) else np.zeros(0)
    code = np.searchsorted(cuts, values[test], side="left")
    return np.where(np.isnan(values[test]), len(_QUARTERS) + 1, code)


def _known(values: np.ndarray) -> np.ndarray:
    found = pd.unique(pd.Series(values).dropna())
    return np.array(sorted(found.tolist()), dtype=values.dtype)


def _place(held: np.ndarray) -> tuple[str, float, float]:
    if held.dtype == object:
        return MISSING if held[0] is None else str(held[0]), math.nan, math.nan
    if np.isnan(held[0]):
        return MISSING, math.nan, math.nan
    return "", float(held.min()), float(held.max())
