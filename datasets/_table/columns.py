"""What a column is: number, category, date, or something that no model should read."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.language.sentence import AND, Sentence, joined
from ...bench.language.speaking import marked
from .._values.counted_times import find_counted, like_short_dates, like_spreadsheet_days
from .._values.dates import DoubtfulDates, find_dates
from .._values.durations import find_durations
from .._values.number_notation import NumberNotation
from .._values.numbers import DoubtfulNumbers, find_numbers
from .._values.placeholders import placeholders
from .._values.texts import clean, matches
from .._values.unread import unread_notation
from .column import AmbiguousDates, Column, ColumnReader, InfiniteNumber, NoNumbers, brief
from .content import is_vector, read_text, read_vectors

# Share of numbers among other texts that makes a column a mixture.
_MIXED = 0.25
# A category of so few values loses nothing by being one.
_FEW_VALUES = 12
_CALLED_DATE = re.compile(r"(?i:date|datum|fecha|data\b|_dt$|^dt_|tarih|päivä)|日|날짜|дата|تاريخ")
_INFINITE = r"^[+-]?(?i:inf|infinity)$"
_PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True)
class Asked:
    """What the user says about a column.

    Parameters
    ----------
    keep : bool
        It is no mere name or text.
    category, number, text, vector : bool
        It is one, whatever it looks like.
    order : str
        Of the dates of the file: "dmy", "mdy" or "ymd".
    commas_part_cells : bool
        Whether the file separates cells by commas.
    """

    keep: bool = False
    category: bool = False
    number: bool = False
    text: bool = False
    vector: bool = False
    order: str = ""
    commas_part_cells: bool = False


def look(name: str, array: pa.ChunkedArray) -> Column:
    """Describe a column that is not read: one with a role, or one that is not wanted."""
    if types.is_nested(array.type) or types.is_null(array.type):
        return Column(name, "unclear", array.null_count, 0, ())
    if types.is_dictionary(array.type):
        array = pc.cast(array, array.type.value_type)
    if types.is_string(array.type) or types.is_large_string(array.type):
        array = clean(array)
    return ColumnReader(name, array, keep=True).column("")


def understand(name: str, array: pa.ChunkedArray, asked: Asked) -> Column:
    """Find out what a column is, and read it.

    Raises
    ------
    InfiniteNumber
        With the row, where a number has no bounds.
    AmbiguousDates
        With the row, where dates can be read in two ways.
    NoNumbers
        Where the user calls a number what holds none.
    UnfitContent
        Where the user calls a text or a vector what is none.
    """
    if asked.text:
        return read_text(name, array)
    if asked.vector or is_vector(array.type):
        return read_vectors(name, array, asked=asked.vector)
    keep = asked.keep or asked.category or asked.number
    kind = array.type
    if types.is_dictionary(kind):
        array = pc.cast(array, kind.value_type)
        kind = array.type
    if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
        return Column(
            name,
            "unclear",
            array.null_count,
            0,
            (),
            why=Sentence("cells of type {kind}", kind=str(kind)),
        )
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        texts = clean(pc.cast(array, pa.large_string()))
        return _from_texts(ColumnReader(name, texts, keep=keep), asked)
    if types.is_null(kind):
        array = pc.cast(array, pa.float64())
    reader = ColumnReader(name, array, keep=keep)
    if (column := reader.trivial()) is not None:
        return column
    if asked.category:
        return reader.category(pc.cast(array, pa.large_string()))
    if types.is_timestamp(kind) or types.is_date(kind):
        plain = pc.cast(array, pa.timestamp("s", getattr(kind, "tz", None)), safe=False)
        return reader.moments(_as_seconds(plain))
    if types.is_time(kind) or types.is_duration(kind):
        asked = replace(asked, number=True)
    if types.is_time(kind):
        array = pc.cast(pc.cast(array, pa.time64("us")), pa.int64())
    elif types.is_duration(kind):
        array = pc.cast(array, pa.int64())
    values = pc.cast(array, pa.float64(), safe=False)
    values = np.array(pc.fill_null(values, np.nan), dtype=np.float64)
    return _number(reader, values, NumberNotation(), asked)


def _as_seconds(moments: pa.ChunkedArray) -> np.ndarray:
    whole = np.asarray(pc.fill_null(pc.cast(moments, pa.int64()), np.iinfo(np.int64).min))
    return whole.astype("datetime64[s]")


def _from_texts(reader: ColumnReader, asked: Asked) -> Column:
    texts = reader.array
    if (column := reader.trivial()) is not None:
        return column
    if asked.category:
        return reader.category(texts)
    numbers = find_numbers(texts, commas_part_cells=asked.commas_part_cells)
    if numbers != NumberNotation() and (known := _without_placeholders(reader, asked)) is not None:
        reader, texts = known, known.array
        numbers = find_numbers(texts, commas_part_cells=asked.commas_part_cells)
    if asked.number and not isinstance(numbers, NumberNotation):
        numbers = NumberNotation()
    if isinstance(numbers, NumberNotation):
        values = numbers.read(texts)
        if (infinite := matches(texts, _INFINITE)).any():
            raise InfiniteNumber(int(np.argmax(infinite)))
        return _number(reader, values, numbers, asked)
    dates = find_dates(texts, asked.order)
    if isinstance(dates, DoubtfulDates):
        row = pc.index(texts, pa.scalar(dates.texts[0], texts.type)).as_py()
        row = max(row, 0)
        if dates.readings:
            raise AmbiguousDates(row, dates)
        return reader.column("unclear", why=dates.why, row=row)
    if isinstance(numbers, DoubtfulNumbers):
        return reader.column("unclear", why=numbers.why)
    if dates is not None:
        moments = dates.read(texts).astype("datetime64[s]")
        reader.note_unreadable(np.isnat(moments), marked("dates"))
        if dates.zoned:
            reader.note(Sentence("{name!r}: times with zones are read as UTC", name=reader.name))
        if dates.short_years:
            reader.note(
                Sentence("{name!r}: years of two digits are read as 1969 to 2068", name=reader.name)
            )
        return _read_by(
            reader.moments(moments, "" if dates.name == "2024-12-31" else dates.name), dates
        )
    if (durations := find_durations(texts)) is not None:
        seconds = durations.read(texts)
        reader.note_unreadable(np.isnan(seconds), marked("durations"))
        reader.keep = True  # running numbers are not written so
        return _read_by(reader.number(seconds, durations.name), durations)
    return _category(reader, texts)


def _without_placeholders(reader: ColumnReader, asked: Asked) -> ColumnReader | None:
    """Make "-", "?" and their like missing in a column of numbers or dates; None elsewhere."""
    texts = reader.array
    absent = placeholders(texts)
    if not absent.any():
        return None
    known = pc.if_else(pa.array(absent), pa.scalar(None, texts.type), texts)
    if known.null_count == len(known):
        return None
    if not asked.number and not any(
        found is not None
        for found in (
            find_numbers(known, commas_part_cells=asked.commas_part_cells),
            find_dates(known, asked.order),
            find_durations(known),
        )
    ):
        return None
    cleaned = ColumnReader(reader.name, known, keep=reader.keep)
    shown = joined(AND, map(repr, pc.unique(texts.filter(absent)).to_pylist()[:3]))
    cleaned.note(
        Sentence(
            "{name!r}: {n:,} cells hold {shown} and count as missing",
            name=reader.name,
            n=absent.sum(),
            shown=shown,
        ),
        int(np.argmax(absent)),
    )
    return cleaned


def _number(
    reader: ColumnReader, values: np.ndarray, notation: NumberNotation, asked: Asked
) -> Column:
    known = values[~np.isnan(values)]
    if asked.number and not len(known):
        raise NoNumbers
    if not asked.number and len(known) and (counted := find_counted(values)) is not None:
        moments = counted.read(values).astype("datetime64[s]")
        reader.note_unreadable(np.isnat(moments), marked("moments"))
        return _read_by(reader.moments(moments, counted.name), notation, counted)
    reader.note_unreadable(np.isnan(values), marked("numbers"))
    if short := like_short_dates(values):
        reader.note(
            Sentence(
                "{name!r} looks like days written as {short}; it is read as a number.  "
                "Write them as 2024-12-31 to have their month and weekday",
                name=reader.name,
                short=short,
            )
        )
    if like_spreadsheet_days(values, named=bool(_CALLED_DATE.search(reader.name))):
        reader.note(
            Sentence(
                "{name!r} looks like days that a spreadsheet counts since 1900; it is read "
                "as a number.  Export it as a date to have its month and weekday",
                name=reader.name,
            )
        )
    return _read_by(reader.number(values, notation.name), notation)


def _read_by(column: Column, *notations: object) -> Column:
    return replace(column, notations=notations)


def _category(reader: ColumnReader, texts: pa.ChunkedArray) -> Column:
    column = reader.category(texts)
    numeric = matches(texts, _PLAIN_NUMBER)
    present = np.asarray(pc.is_valid(texts))
    looks = unread_notation(texts)
    if looks and (column.values is None or reader.n_distinct > _FEW_VALUES):
        became = Sentence("it is a category")
        if column.values is None:
            became = Sentence("it is left out ({kind})", kind=Sentence(column.kind))
        shown = joined(AND, (repr(text) for text in reader.examples[:2]))
        looks = Sentence(looks)
        reader.note(
            Sentence(
                "{name!r} looks like {looks} ({shown}), which are not read as such: {became}",
                name=reader.name,
                looks=looks,
                shown=shown,
                became=became,
            ),
            int(np.argmax(present)),
        )
    elif numeric.sum() >= _MIXED * present.sum() and not (matches(texts, r"^0\d").any()):
        other = int(np.argmax(present & ~numeric))
        n_numbers, n_texts = numeric.sum(), (present & ~numeric).sum()
        if n_texts and column.values is not None:
            reader.note(
                Sentence(
                    "{name!r} mixes {n_numbers:,} numbers with {n_texts:,} texts such as "
                    "{example!r}; it is read as categories",
                    name=reader.name,
                    n_numbers=n_numbers,
                    n_texts=n_texts,
                    example=brief(texts[other].as_py()),
                ),
                other,
            )
    return reader.with_notes(column)
