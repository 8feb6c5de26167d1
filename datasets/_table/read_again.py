"""How the columns of a table were read, kept so that other rows are read the same way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.content_columns import (
    TEXT,
    VECTOR,
    BadVectorError,
    TextArray,
    VectorArray,
    vectors_of_arrow,
)
from ...bench.errors import DataError
from .._values.counted_times import CountedTime
from .._values.date_forms import FORMS
from .._values.dates import DateNotation
from .._values.durations import DurationNotation
from .._values.number_notation import NumberNotation
from .._values.placeholders import placeholders
from .._values.texts import MOSTLY, clean
from . import features
from .column import Column
from .content import is_list
from .static_embeddings import static_embeddings

Notation = NumberNotation | CountedTime | DateNotation | DurationNotation
_KINDS: dict[str, type] = {
    "number": NumberNotation, "count": CountedTime, "duration": DurationNotation,
}  # fmt: skip
_WORDS = {
    "number": "a number", "category": "a category", "date": "a date", "boolean": "yes or no",
    "text": "a text", "vector": "a list of numbers",
}  # fmt: skip
_YES, _NO = ("true", "yes", "1", "1.0"), ("false", "no", "0", "0.0")


@dataclass(frozen=True)
class ColumnReading:
    """How one column was read.

    Parameters
    ----------
    name : str
    kind : {"number", "boolean", "category", "date", "text", "vector"}
    notations : tuple of Notation
        As of ``Column``.
    made : tuple of str
        The features that were made of it.
    start : str
        Of a date whose distance from the earliest is a feature: the earliest.
    width : int
        Of a vector: how many numbers it has.
    """

    name: str
    kind: str
    notations: tuple[Notation, ...] = ()
    made: tuple[str, ...] = ()
    start: str = ""
    width: int = 0

    @classmethod
    def of(cls, column: Column, made: Sequence[str], rows: np.ndarray) -> Self:
        """Keep how a column was read; ``rows`` are those that became cases."""
        start = ""
        if features.SINCE.format(column.name) in made:
            start = str(features.earliest(column.values[rows]))
        width = column.values.dtype.width if column.kind == VECTOR else 0
        return cls(column.name, column.kind, column.notations, tuple(made), start, width)


@dataclass
class Unread:
    """Cells that hold something and could not be read, counted by column."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableReading:
    """How a table was read.

    Parameters
    ----------
    columns : tuple of ColumnReading
        Those of which features were made.
    time : str
        The column with the moment of prediction, which dates are measured from; may be empty.
    unused : tuple of str
        Further columns of the table, which need not be there.
    embeddings : tuple of str
        Where texts are read by static embeddings: their folder and its SHA-256.
    """

    columns: tuple[ColumnReading, ...]
    time: str = ""
    unused: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give it in plain values."""
        return {
            "columns": [
                {
                    **{name: getattr(column, name) for name in ("name", "kind", "start")},
                    **({"width": column.width} if column.width else {}),
                    "made": list(column.made),
                    "notations": [plain_notation(notation) for notation in column.notations],
                }
                for column in self.columns
            ],
            "time": self.time,
            "unused": list(self.unused),
            **({"embeddings": list(self.embeddings)} if self.embeddings else {}),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read it.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is not what ``to_json`` gives.
        """
        columns = tuple(
            ColumnReading(
                str(column["name"]),
                str(column["kind"]),
                tuple(notation_of(notation) for notation in column["notations"]),
                tuple(map(str, column["made"])),
                str(column["start"]),
                int(column.get("width", 0)),
            )
            for column in values["columns"]
        )
        return cls(
            columns,
            str(values["time"]),
            tuple(map(str, values["unused"])),
            tuple(map(str, values.get("embeddings", ()))),
        )

    @property
    def names(self) -> list[str]:
        """The columns that must be there."""
        return [column.name for column in self.columns]

    def features(self, table: pa.Table, first: int, where: str, unread: Unread) -> pd.DataFrame:
        """Make the features of some rows.

        Parameters
        ----------
        table : pyarrow.Table
            With the columns of ``names``; those of texts are texts as they stand in a file.
        first : int
            The number of its first row in the file, from 1 on.
        where : str
            What errors name.
        unread : Unread
            Unreadable cells are added to it.

        Raises
        ------
        DataError
            If a column does not hold what it held; names the row.
        """
        values = {
            column.name: self._of_embeddings(table.column(column.name))
            if column.kind == TEXT and self.embeddings
            else _read(column, table.column(column.name), first, where, unread)
            for column in self.columns
        }
        time = values.get(self.time)
        made: dict[str, Any] = {}
        for column in self.columns:
            made |= _features_of(column, values[column.name], time)
        return pd.DataFrame(made, index=pd.RangeIndex(table.num_rows))

    def _of_embeddings(self, array: pa.ChunkedArray) -> VectorArray:
        texts = clean(pc.cast(array, pa.large_string()))
        return static_embeddings(*self.embeddings).of(texts)


def read_moments(column: ColumnReading, array: pa.ChunkedArray, where: str) -> np.ndarray:
    """Read a column of dates, datetime64[s]: NaT where a cell is none.

    Raises
    ------
    DataError
        If its cells are of another kind; names a row.
    """
    return _read(column, array, 1, where, Unread())


def _features_of(column: ColumnReading, values: Any, time: np.ndarray | None) -> dict[str, Any]:
    if column.kind != "date":
        return {column.name: values}
    every = features.whole_calendar_of(column.name, values)
    if time is not None:
        every[features.BEFORE.format(column.name)] = features.days_before(values, time)
    if column.start:
        start = np.datetime64(column.start, "s")
        every[features.SINCE.format(column.name)] = features.days_from(values, start)
    return {name: every[name] for name in column.made}


def _read(
    column: ColumnReading, array: pa.ChunkedArray, first: int, where: str, unread: Unread
) -> Any:
    kind = array.type
    if types.is_dictionary(kind):
        array = pc.cast(array, kind.value_type)
        kind = array.type
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    if types.is_null(kind):
        is_text, array = True, pc.cast(array, pa.large_string())
    if column.kind == VECTOR:
        return _vectors(column, array, first, where)
    if column.kind in ("category", TEXT):
        if types.is_nested(kind) or types.is_floating(kind) or types.is_binary(kind):
            raise _retyped(column, where, f"its cells are of type {kind}")
        if column.kind == TEXT:
            return TextArray(clean(pc.cast(array, pa.large_string())).to_pylist())
        return pd.Series(clean(pc.cast(array, pa.large_string())).to_pandas(), dtype="str")
    if is_text:
        texts = clean(pc.cast(array, pa.large_string()))
        absent = placeholders(texts)
        if absent.any():
            texts = pc.if_else(pa.array(absent), pa.scalar(None, texts.type), texts)
        values: np.ndarray = _by_notations(column, texts)
        there = np.asarray(pc.is_valid(texts))
    else:
        values = _typed(column, array, where)
        there = np.asarray(pc.is_valid(array))
    lost = there & (np.isnat(values) if values.dtype.kind == "M" else np.isnan(values))
    if lost.any():
        row = int(np.argmax(lost))
        shown = str(array[row].as_py())[:40]
        if lost.sum() > (1 - MOSTLY) * there.sum():
            raise _retyped(column, where, f"row {first + row:,} holds {shown!r}")
        unread.counts[column.name] += int(lost.sum())
        unread.examples.setdefault(column.name, shown)
    return values


def _vectors(column: ColumnReading, array: pa.ChunkedArray, first: int, where: str) -> VectorArray:
    if types.is_null(array.type):
        array = pc.cast(array, pa.list_(pa.float64()))
    if not is_list(array.type):
        raise _retyped(column, where, f"its cells are of type {array.type}")
    try:
        return vectors_of_arrow(array, column.width)
    except BadVectorError as error:
        raise DataError(
            f"column {column.name!r} of {where} had lists of {column.width:,} numbers when the "
            f"model was fitted; row {first + error.row:,} holds {error.why}.  Make them by the "
            "same model of images or texts."
        ) from None


def _by_notations(column: ColumnReading, texts: pa.ChunkedArray) -> np.ndarray:
    if column.kind == "boolean":
        words = pc.utf8_lower(texts)
        yes, no = (np.asarray(pc.is_in(words, pa.array(of, words.type))) for of in (_YES, _NO))
        return np.where(yes, 1.0, np.where(no, 0.0, np.nan))
    values: Any = texts
    notations = column.notations or (NumberNotation(),)
    if column.kind == "date" and not column.notations:
        notations = (DateNotation(FORMS[0]),)  # of a file that had them as such
    for notation in notations:
        values = notation.read(values)
    return values.astype("datetime64[s]") if column.kind == "date" else values


def _typed(column: ColumnReading, array: pa.ChunkedArray, where: str) -> np.ndarray:
    kind = array.type
    if types.is_timestamp(kind) or types.is_date(kind):
        if column.kind != "date":
            raise _retyped(column, where, f"its cells are of type {kind}")
        plain = pc.cast(array, pa.timestamp("s", getattr(kind, "tz", None)), safe=False)
        least = np.iinfo(np.int64).min
        return np.asarray(pc.fill_null(pc.cast(plain, pa.int64()), least)).astype("datetime64[s]")
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
        raise _retyped(column, where, f"its cells are of type {kind}")
    if types.is_time(kind):
        array = pc.cast(pc.cast(array, pa.time64("us")), pa.int64())
    elif types.is_duration(kind):
        array = pc.cast(array, pa.int64())
    values = np.array(
        pc.fill_null(pc.cast(array, pa.float64(), safe=False), np.nan), dtype=np.float64
    )
    counted = [notation for notation in column.notations if isinstance(notation, CountedTime)]
    if column.kind == "date":
        if not counted:
            raise _retyped(column, where, f"its cells are of type {kind}")
        return counted[0].read(values).astype("datetime64[s]")
    if any(isinstance(notation, DurationNotation) for notation in column.notations):
        raise _retyped(column, where, f"its cells are of type {kind}")
    return values


def _retyped(column: ColumnReading, where: str, found: str) -> DataError:
    written = ", ".join(filter(None, (notation.name for notation in column.notations)))
    return DataError(
        f"column {column.name!r} of {where} was {_WORDS[column.kind]} when the model was fitted"
        f"{f' ({written})' if written else ''}, and is none now: {found}.  Write it as it was."
    )


def plain_notation(notation: Notation) -> dict[str, Any]:
    """Give a notation in plain values."""
    if isinstance(notation, DateNotation):
        form = FORMS.index(notation.form)
        return {
            "is": "date", "form": form, "as": notation.form.name, "order": notation.order,
            "zoned": notation.zoned,
        }  # fmt: skip
    name = next(name for name, kind in _KINDS.items() if isinstance(notation, kind))
    return {"is": name, **asdict(notation)}


def notation_of(values: Mapping[str, Any]) -> Notation:
    """Read what ``plain_notation`` gives.

    Raises
    ------
    KeyError, TypeError, ValueError, IndexError
        If it is anything else.
    """
    said = dict(values)
    kind = said.pop("is")
    if kind == "date":
        form = FORMS[said["form"]]
        if form.name != said["as"]:
            raise ValueError(f"the form of dates {said['as']!r} is read differently now")
        return DateNotation(form, said["order"], said["zoned"])
    # JSON knows no tuples.
    return _KINDS[kind](**{k: tuple(v) if isinstance(v, list) else v for k, v in said.items()})
