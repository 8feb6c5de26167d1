"""Columns to features: numbers and categories as they are, dates as calendar features."""

import numpy as np
import pandas as pd

from .columns import Column

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Names of what is made of a date.
BEFORE, SINCE = "{}: days before", "{}: days since the first"


def features_of(
    column: Column, time: np.ndarray | None, rows: np.ndarray
) -> dict[str, pd.Series | np.ndarray | pd.Categorical]:
    """Make features of a column.

    Parameters
    ----------
    column : Column
        One that is not left out.
    time : ndarray of datetime64[s], shape (n_rows,), optional
        The moment of each prediction.
    rows : ndarray of int
        The rows that are cases.

    Returns
    -------
    dict of str to array
        By feature name.  Of a date: its month, weekday and hour, and the days from it to the
        moment of prediction; without one, the days since the earliest of the table.
    """
    values = column.values[rows]
    if column.kind != "date":
        return {column.name: values}
    made = calendar_of(column.name, values)
    if time is not None:
        made[BEFORE.format(column.name)] = days_before(values, time[rows])
    elif not np.isnat(values).all():
        made[SINCE.format(column.name)] = days_from(values, earliest(values))
    return made


def earliest(values: np.ndarray) -> np.datetime64:
    """Give the earliest of some dates, missing ones apart."""
    return values[~np.isnat(values)].min()


def calendar_of(name: str, moments: np.ndarray) -> dict[str, pd.Categorical | np.ndarray]:
    """Give month, weekday and hour of moments, each where it varies.

    Where all are the first of a month, a month is all that is known, and they have no weekday.
    """
    made = whole_calendar_of(name, moments)
    month, weekday, hour = made
    known = moments[~np.isnat(moments)]
    days = known.astype("datetime64[D]")
    if (known.astype("datetime64[M]").astype("datetime64[D]") == days).all():
        del made[weekday]
    return {
        label: values
        for label, values in made.items()
        if len(np.unique(values[~np.isnat(moments)] if label == hour else values.codes)) > 1
    }


def whole_calendar_of(name: str, moments: np.ndarray) -> dict[str, pd.Categorical | np.ndarray]:
    """Give month, weekday and hour of moments, in this order, whether they vary or not."""
    missing = np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    months = moments.astype("datetime64[M]").astype(np.int64)
    # 1970 began on a Thursday.
    weekday = np.where(missing, -1, (days + 3) % 7)
    month = np.where(missing, -1, months % 12)
    seconds = (moments - moments.astype("datetime64[D]")) / np.timedelta64(1, "s")
    return {
        f"{name}: month": pd.Categorical.from_codes(month, _MONTHS),
        f"{name}: weekday": pd.Categorical.from_codes(weekday, _DAYS),
        f"{name}: hour": np.floor(seconds / 3600),
    }


def days_from(values: np.ndarray, start: np.datetime64) -> np.ndarray:
    """Give the days from a moment to others; NaN where one is missing."""
    days = (values - start) / np.timedelta64(86_400, "s")
    return np.where(np.isnat(values), np.nan, days)


def days_before(values: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Give the days from dates to the moments of prediction; NaN where one is missing."""
    days = (time - values) / np.timedelta64(86_400, "s")
    return np.where(np.isnat(values), np.nan, days)


def tells_the_future(values: np.ndarray, time: np.ndarray) -> int:
    """Count the cases in which a date lies after the moment of prediction.

    Where no prediction has a time of day, days are compared.
    """
    if (time == time.astype("datetime64[D]")).all():
        values = values.astype("datetime64[D]")
    return int((values > time).sum())  # NaT is never later
