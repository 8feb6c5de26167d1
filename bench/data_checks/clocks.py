"""Columns that tell the time: they differ between train and test because time does."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

_LEAST_CASES = 20
_SAME_ORDER = 0.9  # rank correlation with the time
_NEARLY, _MOST_STEPS = 0.1, 0.5  # of the usual step of a group; of all its steps
_LEAST_SHARED = 0.5  # of the cases, that share their key with another
_CALENDAR = ("year", "quarter", "month", "day", "day_of_week", "day_of_year", "hour")


def clocks(
    columns: pd.DataFrame, known: pd.DataFrame, time: np.ndarray, group: np.ndarray | None
) -> list[str]:
    """Name the columns that are derived from the time itself.

    Found are those that follow its order, such as a date or a running total; that are a function
    of the moment or of its place in the calendar, such as a month; and that run at its pace for
    each group, such as the days since somebody was first or last seen.  A column that is missing
    until some day is none.

    Parameters
    ----------
    columns : DataFrame, shape (n_cases, n_columns)
        Numbers.
    known : DataFrame of bool, shape (n_cases, n_columns)
        Whether each is known; what is missing is not looked at.
    time : ndarray of datetime64[s], shape (n_cases,)
    group : ndarray, shape (n_cases,), optional
    """
    told = []
    for name, column in columns.items():
        rows = np.flatnonzero(known[name].to_numpy())
        x = column.to_numpy(dtype=float)[rows]
        if len(rows) < _LEAST_CASES or np.ptp(x) == 0:
            continue
        seconds = time[rows].astype("datetime64[s]").astype(float)
        if (
            abs(stats.spearmanr(x, seconds).statistic) >= _SAME_ORDER
            or any(_is_function(x, key) for key in _keys(time[rows]))
            or (group is not None and _keeps_pace(x, seconds, group[rows]))
        ):
            told.append(str(name))
    return told


def _keys(time: np.ndarray) -> Iterator[np.ndarray]:
    """Give what a calendar says of each case; keys that hardly any cases share tell nothing."""
    when = pd.DatetimeIndex(time)
    fields = (getattr(when, field) for field in _CALENDAR)
    for values in (time, when.normalize(), *fields):
        key = pd.factorize(values)[0]
        if key.max(initial=0) > 0 and _is_shared(key):
            yield key


def _is_shared(key: np.ndarray) -> bool:
    n = np.bincount(key)
    return bool((n[key] > 1).mean() >= _LEAST_SHARED)


def _is_function(x: np.ndarray, key: np.ndarray) -> bool:
    """Tell whether all cases of a key have one value."""
    first = np.empty(int(key.max()) + 1)
    first[key] = x
    return bool((first[key] == x).all())


def _keeps_pace(x: np.ndarray, seconds: np.ndarray, group: np.ndarray) -> bool:
    """Tell whether a column runs on as time does, for most of the steps of a group.

    Days since somebody was first seen do in every step, days since the last purchase in those
    without one.
    """
    order = np.lexsort((seconds, pd.factorize(group)[0]))
    x, seconds, group = x[order], seconds[order], group[order]
    step = np.diff(seconds)
    steps = (group[1:] == group[:-1]) & (step > 0)
    if steps.sum() < _LEAST_CASES:
        return False
    rate = np.diff(x)[steps] / step[steps]
    usual = float(np.median(rate))
    return bool(usual != 0 and (np.abs(rate - usual) <= _NEARLY * abs(usual)).mean() > _MOST_STEPS)
