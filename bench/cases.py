"""Cases: what is known at the moment of prediction, in two aligned views, without the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from pandas.api import types

from .content_columns import VectorArray, VectorDtype, content_kind
from .errors import DataError
from .events import Events

# Largest size of a number.  Some programs write the largest double for "none"; its square is
# infinite, and single precision, in which trees read, cannot hold it.
LARGEST = 1e30
_FEW = 64  # cases, below which hashing columns takes longer than a dictionary does


@dataclass(frozen=True, eq=False)
class Cases:
    """The cases of a task without their outcome.

    Parameters
    ----------
    features : DataFrame of shape (n_cases, n_features)
        Tabular view: numeric, boolean, string or categorical columns with string names, texts
        (``TextArray``) and vectors (``VectorArray``); values may be missing, infinite ones may not
        occur.  Models are shown numbers in the place of texts and vectors.
    events : Events, optional
        Event view.  Without it every case has an empty sequence.

    Raises
    ------
    DataError
        If the views disagree in length, or a column has a type or a value that no model can read.
    """

    features: pd.DataFrame
    events: Events | None = None

    def __post_init__(self) -> None:
        if self.events is None:
            object.__setattr__(self, "events", Events.none(len(self.features)))
        self._require_aligned()
        columns = list(self.features.columns)
        if not all(isinstance(name, str) for name in columns):
            raise DataError(f"feature names must be strings; found {columns[:8]!r}.")
        repeated = sorted({name for name in columns if columns.count(name) > 1})
        if repeated:
            raise DataError(f"feature names occur twice: {repeated}.  Rename or drop one.")
        looked_at = columns if len(self.features) != 1 else _not_plain(self.features)
        for name in looked_at:
            _check_column(name, self.features[name])

    def _require_aligned(self) -> None:
        if len(self.features) != len(self.events):
            raise DataError(
                f"the tabular view has {len(self.features)} cases, "
                f"the event view {len(self.events)}; they must be aligned."
            )

    def __len__(self) -> int:
        return len(self.features)

    def with_events(self, events: Events) -> Self:
        """Give the same cases with other events.

        Parameters
        ----------
        events : Events

        Raises
        ------
        DataError
            If they are of more cases, or of fewer.
        """
        made = object.__new__(type(self))  # features that were looked at are not looked at again
        object.__setattr__(made, "features", self.features)
        object.__setattr__(made, "events", events)
        made._require_aligned()
        return made

    def take(self, rows: np.ndarray) -> Self:
        """Give the cases ``rows`` in both views, in that order.

        Parameters
        ----------
        rows : ndarray of int, or of bool of length n_cases
        """
        taken = object.__new__(type(self))  # rows of what was looked at are not looked at again
        object.__setattr__(taken, "features", self.features.iloc[rows].reset_index(drop=True))
        object.__setattr__(taken, "events", self.events.take(rows))
        return taken


def is_numeric(column: pd.Series) -> bool:
    """Tell whether a column is read as a number; booleans are."""
    return types.is_numeric_dtype(column.dtype)


def numbers(column: pd.Series) -> np.ndarray:
    """Read a numeric column as numbers of at most ``LARGEST``, missing values as NaN."""
    return np.clip(column.to_numpy(dtype=float, na_value=np.nan), -LARGEST, LARGEST)


def texts(column: pd.Series) -> pd.Series:
    """Read a column that is not numeric as texts, missing values staying missing.

    That of a vector tells equal ones, and is not to be read.
    """
    if isinstance(column.array, VectorArray):
        return pd.Series(column.array.as_texts(), index=column.index, dtype="string")
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("string")
    # Category by category: pandas writes whole numbers as "10", but as "10.0" wherever a missing
    # value stands beside them, and a case must not be read differently for its neighbours.
    names = column.cat.categories.astype("string")
    return pd.Series(names.take(column.cat.codes, fill_value=pd.NA), index=column.index)


def coded(column: pd.Series, code_of: Mapping[str, int], *, missing: int, other: int) -> np.ndarray:
    """Read a column that is not numeric as codes of its texts.

    The same as to look ``texts`` up one by one, without making pandas columns on the way: for a
    single case those take a hundred times longer than the looking up.

    Parameters
    ----------
    column : Series
    code_of : mapping of str to int
    missing, other : int
        Codes of missing values, and of texts that have none.

    Returns
    -------
    ndarray of int, shape (n_cases,)
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        names, at = column.cat.categories, column.cat.codes.to_numpy()
        if not isinstance(names.dtype, pd.StringDtype):
            names = names.astype("string")
    else:
        if not isinstance(column.dtype, pd.StringDtype):
            column = texts(column)
        if len(column) <= _FEW:
            return np.array(
                [
                    missing if not isinstance(text, str) else code_of.get(text, other)
                    for text in column.to_list()
                ],
                dtype=np.int64,
            )
        at, names = pd.factorize(column)
    # The code of what is missing, which stands at -1, comes last.
    return np.array([*(code_of.get(name, other) for name in names), missing], dtype=np.int64)[at]


def _not_plain(features: pd.DataFrame) -> list[str]:
    """Name the columns of a single case that need looking at: neither numbers nor texts."""
    values = features.iloc[0].tolist() if features.shape[1] else []
    return [
        name
        for name, dtype, value in zip(
            features.columns.tolist(), features.dtypes, values, strict=True
        )
        if not (
            (isinstance(dtype, np.dtype) and dtype.kind in "fiub" and abs(value) != np.inf)
            or isinstance(dtype, pd.StringDtype)
        )
    ]


def _check_column(name: str, column: pd.Series) -> None:
    if is_numeric(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(values).any():
            row = int(np.flatnonzero(np.isinf(values))[0])
            raise DataError(
                f"feature {name!r} is infinite in case {row}; use a missing value or a bound."
            )
    elif isinstance(column.dtype, VectorDtype):
        bad = ~np.isfinite(column.array.vectors).all(axis=1) & ~column.isna().to_numpy()
        if bad.any():
            raise DataError(
                f"feature {name!r} has a vector in case {int(np.argmax(bad))} with a number that "
                "is missing or infinite; use a missing vector (NaN throughout) or a bound."
            )
    elif content_kind(column):
        return
    elif not isinstance(column.dtype, pd.CategoricalDtype) and not types.is_string_dtype(column):
        raise DataError(
            f"feature {name!r} has type {column.dtype}; use numbers, booleans, strings or "
            "categories (turn dates into numbers such as days before the cut)."
        )
