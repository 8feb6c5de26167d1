"""What a column is: number, category, date, or something that no model should read."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from . import values as reading

# Below, any column may be all different by chance.
_FEW_ROWS = 20
_NEARLY_ALL = 0.9
_MANY_VALUES, _MANY_SHARE = 1000, 0.2
_NAMES_FROM = 50
_LONG_TEXT, _WORDS_OF_A_TEXT = 60, 3
_LONGEST_CATEGORY = 1000
_EXACT_WHOLE = 2.0**53


class Note(NamedTuple):
    """Something that was repaired or assumed, and the first row in which."""

    text: str
    row: int | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """A column, and what became of it.

    Parameters
    ----------
    kind : str
        ``number``, ``category``, ``date``; or ``id-like``, ``text-like``, ``constant``, ``empty``,
        ``unclear``, which are left out.
    values : ndarray of float64 or datetime64[s], or pandas.Categorical
        None where the column is left out.
    why : str
        Why it is left out.
    row : int, optional
        The first row that put it in doubt.
    """

    name: str
    kind: str
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]
    values: np.ndarray | pd.Categorical | None = None
    why: str = ""
    notes: tuple[Note, ...] = ()
    row: int | None = None


class _Reader:
    """One column on its way to being understood."""

    def __init__(self, name: str, array: pa.ChunkedArray, *, keep: bool, may_be_comma: bool):
        self.name, self.array, self.keep = name, array, keep
        self.may_be_comma = may_be_comma
        self.notes: list[Note] = []
        self.n_missing = array.null_count
        self.n_distinct = pc.count_distinct(array).as_py()
        few = pc.unique(array.slice(0, 5000)).drop_null().slice(0, 3)
        self.examples = tuple(_brief(value) for value in few.to_pylist())

    def column(self, kind: str, values=None, why: str = "", row: int | None = None) -> Column:
        return Column(
            self.name,
            kind,
            self.n_missing,
            self.n_distinct,
            self.examples,
            values,
            why,
            tuple(self.notes),
            row,
        )

    def trivial(self) -> Column | None:
        if self.n_missing == len(self.array):
            return self.column("empty", why="every cell is missing")
        if self.n_distinct == 1 and self.n_missing == 0:
            return self.column("constant", why="the same in every row")
        return None

    def number(self, values: np.ndarray) -> Column:
        infinite = np.isinf(values)
        if infinite.any():
            raise InfiniteNumber(int(np.argmax(infinite)))
        known = values[~np.isnan(values)]
        self.n_missing = len(values) - len(known)
        if len(known) == 0:
            return self.column("empty", why="every cell is missing or unreadable")
        if known.min() == known.max() and self.n_missing == 0:
            return self.column("constant", why="the same in every row")
        whole = not self.keep and len(known) >= _FEW_ROWS and (known == np.rint(known)).all()
        if whole and (why := self._like_names(known)):
            return self.column("id-like", why=why)
        return self.column("number", values)

    def _like_names(self, known: np.ndarray) -> str:
        if self.n_distinct == len(known):
            steps = np.diff(known)
            dense = known.max() - known.min() < 2 * len(known)
            if (
                dense
                or (steps > 0).all()
                or (steps < 0).all()
                or np.abs(known).max() > _EXACT_WHOLE
            ):
                return "whole numbers, different in every row, as of rows or visits"
        return self._named()

    def _named(self) -> str:
        if reading.looks_like_a_name(self.name) and self.n_distinct > _NAMES_FROM:
            return (
                f"its name and {self.n_distinct:,} values say that it names somebody or something "
                "(if that is whom the case is about, make it the group)"
            )
        return ""

    def moments(self, values: np.ndarray) -> Column:
        known = values[~np.isnat(values)]
        self.n_missing = len(values) - len(known)
        if len(known) == 0:
            return self.column("empty", why="every cell is missing or unreadable")
        return self.column("date", values)

    def category(self, texts: pa.ChunkedArray) -> Column:
        n_present = len(texts) - self.n_missing
        if not self.keep and (why := self._like_texts(texts, n_present)):
            return self.column(*why)
        encoded = texts.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        names = np.asarray(encoded.dictionary.to_pylist(), dtype=object)
        order = np.argsort(names)
        rank = np.empty(len(names) + 1, dtype=np.int64)
        rank[order], rank[-1] = np.arange(len(names)), -1
        values = pd.Categorical.from_codes(rank[codes], pd.Index(names[order], dtype="str"))
        return self.column("category", values)

    def _like_texts(self, texts: pa.ChunkedArray, n_present: int) -> tuple[str, None, str] | None:
        share = self.n_distinct / n_present
        longest = pc.max(pc.utf8_length(texts)).as_py()
        if longest > _LONGEST_CATEGORY:
            return "text-like", None, f"a cell of {longest:,} letters"
        if n_present < _FEW_ROWS:
            return None
        start = texts.slice(0, 5000).drop_null()
        words = pc.mean(pc.add(pc.count_substring(start, " "), 1)).as_py() if len(start) else 1
        length = pc.mean(pc.utf8_length(start)).as_py() if len(start) else 0
        longish = length > _LONG_TEXT or words >= _WORDS_OF_A_TEXT
        said = f"{self.n_distinct:,} different texts in {n_present:,} cells"
        if longish and share > _MANY_SHARE:
            return "text-like", None, said
        if share >= _NEARLY_ALL or (self.n_distinct > _MANY_VALUES and share > _MANY_SHARE):
            return "id-like", None, said
        if why := self._named():
            return "id-like", None, why
        return None


class InfiniteNumber(Exception):
    """A number without bounds, and its row."""

    def __init__(self, row: int):
        super().__init__(row)
        self.row = row


def look(name: str, array: pa.ChunkedArray) -> Column:
    """Describe a column that is not read: one with a role, or one that is not wanted."""
    if types.is_nested(array.type) or types.is_null(array.type):
        return Column(name, "unclear", array.null_count, 0, ())
    if types.is_dictionary(array.type):
        array = pc.cast(array, array.type.value_type)
    if types.is_string(array.type) or types.is_large_string(array.type):
        array = reading.clean(array)
    return _Reader(name, array, keep=True, may_be_comma=False).column("")


def understand(
    name: str, array: pa.ChunkedArray, *, keep: bool = False, may_be_comma: bool = False
) -> Column:
    """Find out what a column is, and read it.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
    keep : bool
        The user says that it is no mere name or text.
    may_be_comma : bool
        Whether texts may be numbers with a decimal comma.

    Raises
    ------
    InfiniteNumber
        With the row, where a number has no bounds.
    """
    kind = array.type
    if types.is_dictionary(kind):
        array = pc.cast(array, kind.value_type)
        kind = array.type
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
        return Column(name, "unclear", array.null_count, 0, (), why=f"cells of type {kind}")
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        texts = reading.clean(pc.cast(array, pa.large_string()))
        return _from_texts(_Reader(name, texts, keep=keep, may_be_comma=may_be_comma))
    if types.is_null(kind):
        array = pc.cast(array, pa.float64())
    reader = _Reader(name, array, keep=keep, may_be_comma=False)
    if (column := reader.trivial()) is not None:
        return column
    if types.is_timestamp(kind) or types.is_date(kind):
        plain = pc.cast(array, pa.timestamp("s", getattr(kind, "tz", None)), safe=False)
        return reader.moments(_as_seconds(plain))
    if types.is_time(kind):
        array = pc.cast(pc.cast(array, pa.time64("us")), pa.int64())
    elif types.is_duration(kind):
        array = pc.cast(array, pa.int64())
    values = pc.cast(array, pa.float64(), safe=False)
    return reader.number(np.array(pc.fill_null(values, np.nan), dtype=np.float64))


def _as_seconds(moments: pa.ChunkedArray) -> np.ndarray:
    whole = np.asarray(pc.fill_null(pc.cast(moments, pa.int64()), np.iinfo(np.int64).min))
    return whole.astype("datetime64[s]")


def _from_texts(reader: _Reader) -> Column:
    texts = reader.array
    if (column := reader.trivial()) is not None:
        return column
    numbers = reading.as_numbers(texts, may_be_comma=reader.may_be_comma)
    if numbers.doubtful:
        return reader.column("unclear", why=numbers.doubtful)
    if numbers.share >= reading.MOSTLY:
        _note_unreadable(reader, numbers.unreadable, "numbers")
        if numbers.decimal_comma:
            reader.notes.append(Note(f"{reader.name!r}: decimal commas are read as points"))
        return reader.number(numbers.values)
    moments = reading.as_moments(texts)
    if moments is not None and moments.doubtful:
        return reader.column("unclear", why=moments.doubtful, row=moments.doubtful_row)
    if moments is not None:
        _note_unreadable(reader, moments.unreadable, "dates")
        if moments.zoned:
            reader.notes.append(Note(f"{reader.name!r}: times with zones are read as UTC"))
        return reader.moments(moments.values)
    if numbers.share >= reading.MIXED:
        present = np.asarray(pc.is_valid(texts))
        share = numbers.share * present.sum()
        row = int(np.argmax(numbers.unreadable))
        reader.notes.append(
            Note(
                f"{reader.name!r} mixes {share:,.0f} numbers with {present.sum() - share:,.0f} "
                f"texts such as {_brief(texts[row].as_py())!r}; it is read as categories",
                row,
            )
        )
    return reader.category(texts)


def _note_unreadable(reader: _Reader, unreadable: np.ndarray, what: str) -> None:
    if unreadable.any():
        row = int(np.argmax(unreadable))
        reader.notes.append(
            Note(
                f"{reader.name!r}: {unreadable.sum():,} cells are no {what} and count as missing, "
                f"first {_brief(reader.array[row].as_py())!r}",
                row,
            )
        )


def _brief(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 24 else f"{text[:21]}..."
