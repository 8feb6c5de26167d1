"""Data frames as files: what each type of column becomes, so that nothing changes on the way."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ..bench.errors import DataError
from ..datasets._table.content import is_vector

_DOUBLE = 8  # bytes
_CONTAINERS = (list, tuple, set, frozenset, dict, np.ndarray, pd.Series, pd.DataFrame, pd.Index)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame for the reader of own tables.

    The index is left out.  Numbers, texts, booleans, dates and categories stay what they are, in
    the types of NumPy, pandas or Arrow alike; an interval and a time of day become texts, a period
    its first moment, a difference of times its seconds, a decimal a float, a sparse column a full
    one.

    Parameters
    ----------
    frame : DataFrame
        Never changed.
    path : Path
        Of the Parquet file.

    Raises
    ------
    DataError
        If a frame is empty, two columns have one name, or a column holds what is no value.
    """
    if not len(frame) or not len(frame.columns):
        raise DataError(f"the data frame has {len(frame)} rows and {len(frame.columns)} columns.")
    if isinstance(frame.columns, pd.MultiIndex):
        raise DataError(
            "the data frame's columns have several levels.  Give each one name: "
            "frame.columns = ['_'.join(map(str, name)) for name in frame.columns]"
        )
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            f"two columns of the data frame are called {twice[0]!r}.  Rename or drop one of them."
        )
    try:
        columns = {
            name: _plain(name, frame.iloc[:, i].reset_index(drop=True))
            for i, name in enumerate(names)
        }
        pd.DataFrame(columns).to_parquet(path, index=False)
    except (pa.ArrowException, UnicodeEncodeError) as error:  # half a character, a foreign type
        path.unlink(missing_ok=True)
        words = " ".join(str(error).split())
        raise DataError(
            f"the data frame holds what no file can hold: {words}.  Change or drop that column."
        ) from error


def _plain(name: str, column: pd.Series) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, pd.SparseDtype):
        return _plain(name, column.sparse.to_dense())
    if isinstance(kind, pd.CategoricalDtype):
        return _plain(name, column.astype(column.cat.categories.dtype))
    if isinstance(kind, pd.PeriodDtype):
        return column.dt.start_time
    if isinstance(kind, pd.IntervalDtype):
        return column.astype("string")
    if isinstance(kind, pd.ArrowDtype):
        return _of_arrow(name, column, kind.pyarrow_dtype)
    if pd.api.types.is_timedelta64_dtype(kind):
        return column.dt.total_seconds()
    if kind.kind == "f" and kind.itemsize > _DOUBLE:
        return column.astype(float)
    if pd.api.types.is_complex_dtype(kind):
        raise _complex(name)
    return _of_objects(name, column) if pd.api.types.is_object_dtype(kind) else column


def _of_arrow(name: str, column: pd.Series, kind: pa.DataType) -> pd.Series:
    """Give a column of one of Arrow's types one that a table can hold."""
    if pa.types.is_dictionary(kind):
        return _plain(name, column.astype(pd.ArrowDtype(kind.value_type)))
    if pa.types.is_duration(kind):
        return column.dt.total_seconds()
    if pa.types.is_time(kind):
        return column.astype("string")
    if is_vector(kind):
        return column
    if pa.types.is_nested(kind):
        raise _container(name, str(kind))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise _bytes(name)
    return column


def _is_vector(value: object) -> bool:
    if not isinstance(value, (list, tuple, np.ndarray)) or not len(value):
        return False
    kinds = {type(number) for number in value}
    return all(issubclass(kind, (int, float, np.number)) and kind is not bool for kind in kinds)


def _container(name: str, what: str) -> DataError:
    return DataError(
        f"column {name!r} of the data frame holds a {what} in a cell.  Give its parts as columns "
        "of their own, or drop it."
    )


def _bytes(name: str) -> DataError:
    return DataError(
        f"column {name!r} of the data frame holds bytes.  Make texts of them, as in "
        f"frame[{name!r}].str.decode('utf-8'), or drop it."
    )


def _complex(name: str) -> DataError:
    return DataError(
        f"column {name!r} of the data frame holds complex numbers.  Give their parts as two "
        "columns, or drop it."
    )


def _of_objects(name: str, column: pd.Series) -> pd.Series:
    """Give a column of Python objects the type that all of them have; texts where they differ.

    Lists, tuples and arrays of as many numbers each are vectors.
    """
    missing = column.isna()
    values = column[~missing]
    if len(values) and values.map(_is_vector).all() and values.map(len).nunique() == 1:
        lists = [
            None if absent else list(value) for value, absent in zip(column, missing, strict=True)
        ]
        return pd.Series(lists, dtype=pd.ArrowDtype(pa.list_(pa.float64())))
    for wrong in _CONTAINERS:
        if values.map(lambda value, wrong=wrong: isinstance(value, wrong)).any():
            raise _container(name, wrong.__name__)
    if values.map(lambda value: isinstance(value, (bytes, bytearray))).any():
        raise _bytes(name)
    if values.map(lambda value: isinstance(value, (complex, np.complexfloating))).any():
        raise _complex(name)
    whole: dict[tuple[type, ...], Callable[[pd.Series], pd.Series]] = {
        (bool, np.bool_): lambda found: found.astype("boolean"),
        (int, float, Decimal, np.number): lambda found: found.astype(float),
    }
    for types, convert in whole.items():
        if len(values) and values.map(lambda value, types=types: isinstance(value, types)).all():
            if any(isinstance(value, bool) for value in values) and bool not in types:
                break  # True among numbers is neither
            return convert(values).reindex(column.index)
    inferred = values.infer_objects()
    if pd.api.types.is_datetime64_any_dtype(inferred.dtype):
        return inferred.reindex(column.index)
    if pd.api.types.is_timedelta64_dtype(inferred.dtype):
        return inferred.dt.total_seconds().reindex(column.index)
    return values.map(str).astype("string").reindex(column.index)
