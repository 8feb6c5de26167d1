"""One column on its way to being understood, and what became of it."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.content_columns import TextArray, VectorArray
from ...bench.errors import DataError
from ...bench.language.sentence import AND, Sentence, Text, joined
from .._values.counted_times import CountedTime
from .._values.dates import DateNotation, DoubtfulDates
from .._values.durations import DurationNotation
from .._values.number_notation import NumberNotation
from .._values.texts import different

# Below, any column may be all different by chance.
_FEW_ROWS = 20
_NEARLY_ALL = 0.9
_MANY_VALUES, _MANY_SHARE = 1000, 0.2
_NAMES_FROM = 50
_LONG_TEXT, _WORDS_OF_A_TEXT = 60, 3
TEXT_LIKE = "text-like"
_LONGEST_CATEGORY = 1000
_EXACT_WHOLE = 2.0**53
# Telephone and account numbers have nine digits and more, and all the same number of them.
_LONG_NUMBER = 9
_MOST_PLACES = 3


class Note(NamedTuple):
    """Something that was repaired or assumed, and the first rows in which."""

    text: Text
    rows: tuple[int, ...] = ()


class InfiniteNumber(Exception):
    """A number without bounds, and its row."""

    def __init__(self, row: int):
        super().__init__(row)
        self.row = row


class AmbiguousDates(Exception):
    """Dates that can be read in two ways, and the row of one."""

    def __init__(self, row: int, doubt: DoubtfulDates):
        super().__init__(row)
        self.row, self.doubt = row, doubt


class UnfitContent(Exception):
    """The user calls a text or a vector what is none; says why, and the row if it is one's."""

    def __init__(self, why: str, row: int | None = None):
        super().__init__(why)
        self.why, self.row = why, row


class NoNumbers(Exception):
    """The user calls a number what holds none."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column, and what became of it.

    Parameters
    ----------
    kind : str
        ``number``, ``category``, ``date``, ``text``, ``vector``; or ``id-like``, ``text-like``,
        ``constant``, ``empty``, ``unclear``, which are left out.
    values : ndarray of float64 or datetime64[s], pandas.Categorical, TextArray or VectorArray
        None where the column is left out.
    why : str
        Why it is left out.
    row : int, optional
        The first row that put it in doubt.
    written : str
        How its values are written, where that had to be found out.
    notations : tuple
        By which its cells were read, one after the other; none where they are typed, or texts.
    """

    name: str
    kind: str
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]
    values: np.ndarray | pd.Categorical | TextArray | VectorArray | None = None
    why: Text = ""
    notes: tuple[Note, ...] = ()
    row: int | None = None
    written: Text = ""
    notations: tuple[NumberNotation | CountedTime | DateNotation | DurationNotation, ...] = ()


class ColumnReader:
    """One column on its way to being understood.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
        Texts are cleaned.
    keep : bool
        The user says that it is no mere name or text.
    """

    def __init__(self, name: str, array: pa.ChunkedArray, *, keep: bool):
        self.name, self.array, self.keep = name, array, keep
        self.notes: list[Note] = []
        self.n_missing = array.null_count
        self.n_distinct = pc.count_distinct(array).as_py()
        few = pc.unique(array.drop_null().slice(0, 5000)).slice(0, 3)
        try:
            self.examples = tuple(brief(value) for value in few.to_pylist())
        except (OverflowError, ValueError) as error:  # a day count that no calendar reaches
            raise DataError(
                f"column {name!r} holds a date outside of the years 1 to 9999.  Clean the file, or "
                f"leave the column out: --drop {name}"
            ) from error

    def column(
        self, kind: str, values=None, why: Text = "", row: int | None = None, written: Text = ""
    ) -> Column:
        """Say what became of the column."""
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
            written,
        )

    def note(self, text: Text, *rows: int) -> None:
        """Note something that was repaired or assumed."""
        self.notes.append(Note(text, rows))

    def note_unreadable(self, missing: np.ndarray, what: str) -> None:
        """Note the cells that hold something and became missing."""
        unreadable = missing & np.asarray(pc.is_valid(self.array))
        if not unreadable.any():
            return
        rows = [int(row) for row in np.flatnonzero(unreadable)[:_MOST_PLACES]]
        shown = joined(AND, dict.fromkeys(repr(brief(self.array[row].as_py())) for row in rows))
        self.note(
            Sentence(
                "{column!r}: {n:,} cells are no {what} and count as missing, first {shown}",
                column=self.name,
                n=unreadable.sum(),
                what=Sentence(what),
                shown=shown,
            ),
            *rows,
        )

    def with_notes(self, column: Column) -> Column:
        """Give a column all notes made by now."""
        return replace(column, notes=tuple(self.notes))

    def trivial(self) -> Column | None:
        """Say that there is nothing in the column, if so."""
        if self.n_missing == len(self.array):
            return self.column("empty", why=Sentence("every cell is missing"))
        if self.n_distinct == 1 and self.n_missing == 0:
            return self.column("constant", why=Sentence("the same in every row"))
        return None

    def number(self, values: np.ndarray, written: str = "") -> Column:
        """Make it a number, unless it numbers the rows."""
        infinite = np.isinf(values)
        if infinite.any():
            raise InfiniteNumber(int(np.argmax(infinite)))
        known = values[~np.isnan(values)]
        self.n_missing = len(values) - len(known)
        if len(known) == 0:
            return self.column("empty", why=Sentence("every cell is missing or unreadable"))
        if known.min() == known.max() and self.n_missing == 0:
            return self.column("constant", why=Sentence("the same in every row"))
        whole = not self.keep and len(known) >= _FEW_ROWS and (known == np.rint(known)).all()
        if whole and (why := self._like_names(known)):
            return self.column("id-like", why=why)
        return self.column("number", values, written=written)

    def _like_names(self, known: np.ndarray) -> Text:
        if self.n_distinct == len(known):
            steps = np.diff(known)
            dense = known.max() - known.min() < 2 * len(known)
            if (
                dense
                or (steps > 0).all()
                or (steps < 0).all()
                or np.abs(known).max() > _EXACT_WHOLE
            ):
                return Sentence("whole numbers, different in every row, as of rows or visits")
        low, high = known.min(), known.max()
        if low >= 10.0 ** (_LONG_NUMBER - 1) and self.n_distinct >= _NEARLY_ALL * len(known):
            n_digits = len(str(int(low)))
            if n_digits == len(str(int(high))):
                return Sentence(
                    "whole numbers of {n} digits, as of telephones or accounts", n=n_digits
                )
        return self._named()

    def _named(self) -> Text:
        if looks_like_a_name(self.name) and self.n_distinct > _NAMES_FROM:
            return Sentence(
                "its name and {n:,} values say that it names somebody or "
                "something (if that is whom the case is about, make it the group; a code "
                "is a category)",
                n=self.n_distinct,
            )
        return ""

    def moments(self, values: np.ndarray, written: str = "") -> Column:
        """Make it a date."""
        known = values[~np.isnat(values)]
        self.n_missing = len(values) - len(known)
        if len(known) == 0:
            return self.column("empty", why=Sentence("every cell is missing or unreadable"))
        return self.column("date", values, written=_written(written))

    def category(self, texts: pa.ChunkedArray) -> Column:
        """Make it a category, unless it names the rows or holds free texts."""
        n_present = len(texts) - self.n_missing
        if not self.keep and (why := self._like_texts(texts, n_present)):
            return self.column(*why)
        values, codes = different(texts)
        names = np.asarray(values.to_pylist(), dtype=object)
        order = np.argsort(names)
        rank = np.empty(len(names) + 1, dtype=np.int64)
        rank[order], rank[-1] = np.arange(len(names)), -1
        made = pd.Categorical.from_codes(rank[codes], pd.Index(names[order], dtype="str"))
        return self.column("category", made)

    def _like_texts(self, texts: pa.ChunkedArray, n_present: int) -> tuple[str, None, Text] | None:
        share = self.n_distinct / n_present
        longest = pc.max(pc.utf8_length(texts)).as_py()
        if longest > _LONGEST_CATEGORY:
            return TEXT_LIKE, None, Sentence("a cell of {n:,} letters", n=longest)
        if n_present < _FEW_ROWS:
            return None
        start = texts.drop_null().slice(0, 5000)
        words = pc.mean(pc.add(pc.count_substring(start, " "), 1)).as_py() if len(start) else 1
        length = pc.mean(pc.utf8_length(start)).as_py() if len(start) else 0
        longish = length > _LONG_TEXT or words >= _WORDS_OF_A_TEXT
        said = Sentence(
            "{n:,} different texts in {cells:,} cells", n=self.n_distinct, cells=n_present
        )
        if longish and share > _MANY_SHARE:
            return TEXT_LIKE, None, said
        if share >= _NEARLY_ALL or (self.n_distinct > _MANY_VALUES and share > _MANY_SHARE):
            return "id-like", None, said
        if why := self._named():
            return "id-like", None, why
        return None


def _written(notation: str) -> Text:
    return Sentence("written as {notation}", notation=notation) if notation else ""


def looks_like_a_name(name: str) -> bool:
    """Tell whether a column's name says that it holds names of people, visits or rows."""
    return bool(re.search(r"(^|[^a-zA-Z])(?i:ids?|uuid|guid)$|[a-z]I[dD]$", name))


def brief(value: object) -> str:
    """Give a value on one line, cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= 24 else f"{text[:21]}..."
