"""Columns to features: numbers and categories as they are, dates as calendar features."""

import numpy as np
import pandas as pd

from .columns import Column

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
        days = (time[rows] - values) / np.timedelta64(86_400, "s")
        made[f"{column.name}: days before"] = np.where(np.isnat(values), np.nan, days)
    elif not np.isnat(values).all():
        start = values[~np.isnat(values)].min()
        days = (values - start) / np.timedelta64(86_400, "s")
        made[f"{column.name}: days since the first"] = np.where(np.isnat(values), np.nan, days)
    return made


def calendar_of(name: str, moments: np.ndarray) -> dict[str, pd.Categorical | np.ndarray]:
    """Give month, weekday and hour of moments, each where it varies.

    Where all are the first of a month, a month is all that is known, and they have no weekday.
    """
    missing = np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    months = moments.astype("datetime64[M]").astype(np.int64)
    # 1970 began on a Thursday.
    firsts = moments.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    of_months = (firsts == days)[~missing].all()
    weekday = np.where(missing | of_months, -1, (days + 3) % 7)
    month = np.where(missing, -1, months % 12)
    seconds = (moments - moments.astype("datetime64[D]")) / np.timedelta64(1, "s")
    hour = np.floor(seconds / 3600)
    made: dict[str, pd.Categorical | np.ndarray] = {}
    for label, codes, names in (("month", month, _MONTHS), ("weekday", weekday, _DAYS)):
        if len(np.unique(codes)) > 1:
            made[f"{name}: {label}"] = pd.Categorical.from_codes(codes, names)
    if len(np.unique(hour[~missing])) > 1:
        made[f"{name}: hour"] = hour
    return made


def tells_the_future(values: np.ndarray, time: np.ndarray) -> int:
    """Count the cases in which a date lies after the moment of prediction.

    Where no prediction has a time of day, days are compared.
    """
    if (time == time.astype("datetime64[D]")).all():
        values = values.astype("datetime64[D]")
    return int((values > time).sum())  # NaT is never later
