"""How a log writes its moments and numbers where that is not plain: the rules of tables."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.language.sentence import Sentence
from .._values.counted_times import CountedTime, find_counted
from .._values.dates import DateNotation, DoubtfulDates, find_dates
from .._values.number_notation import NumberNotation, body_pattern
from .._values.numbers import DoubtfulNumbers, find_numbers
from .times import Clock

_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
# SQL functions that read with a notation, once it is known.
READ_MOMENT, READ_NUMBER = "read_moment_as_written", "read_number_as_written"


@dataclass(frozen=True)
class Notations:
    """What was found out about a log's texts.

    Parameters
    ----------
    clock : Clock
    numbers : NumberNotation, optional
        Of values that are no plain numbers.
    date_order : str
        "dmy", "mdy" or "ymd": of dates that the clock reads by such an order.
    """

    clock: Clock
    numbers: NumberNotation | None = None
    date_order: str = ""

    @property
    def number(self) -> str:
        """SQL that makes a number of ``{0}``, NULL where that is not possible."""
        if self.numbers is None:
            return "TRY_CAST({0} AS DOUBLE)"
        return _quickly(f"{READ_NUMBER}({{0}})", _number_by_database(self.numbers))


def dates_clock(
    texts: pa.ChunkedArray, order: str
) -> tuple[Clock, DateNotation] | DoubtfulDates | None:
    """Find out how moments are written by all (different) ones; None where they are no dates."""
    found = find_dates(texts, order)
    if not isinstance(found, DateNotation):
        return found
    zoned = "TRUE" if found.zoned else "FALSE"
    moment = _quickly(f"{READ_MOMENT}({{0}})", _moment_by_database(found))
    return Clock(Sentence("dates such as {example}", example=found.name), moment, zoned), found


def digits_clock(texts: pa.ChunkedArray) -> tuple[Clock, CountedTime] | None:
    """Recognise digits in a row, as in 20241231; None for counts since 1970 and other numbers."""
    found = find_counted(_floats(texts), is_time=True)
    if found is None or found.zoned:
        return None
    return Clock(
        Sentence("dates such as {example}", example=found.name), f"{READ_MOMENT}({{0}})", "FALSE"
    ), found


def value_numbers(
    texts: pa.ChunkedArray, *, commas_part_cells: bool
) -> NumberNotation | DoubtfulNumbers | None:
    """Find out how values are written; None where they are plain numbers or none."""
    found = find_numbers(texts, commas_part_cells=commas_part_cells)
    # The database knows the digits of one script.
    plain = found == NumberNotation() and pc.all(pc.string_is_ascii(texts.drop_null())).as_py()
    return None if plain else found


def moment_reader(
    notation: DateNotation | CountedTime,
) -> Callable[[pa.ChunkedArray], pa.Array]:
    """Give the function that the database calls: texts to microseconds since 1970."""

    def read(texts: pa.ChunkedArray) -> pa.Array:
        counted = isinstance(notation, CountedTime)
        moments = notation.read(_floats(texts) if counted else texts)
        return pa.array(moments.astype(np.int64), mask=np.isnat(moments))

    return read


def number_reader(notation: NumberNotation) -> Callable[[pa.ChunkedArray], pa.Array]:
    """Give the function that the database calls: texts to numbers."""

    def read(texts: pa.ChunkedArray) -> pa.Array:
        numbers = notation.read(texts)
        return pa.array(numbers, mask=np.isnan(numbers))

    return read


def _quickly(surely: str, by_database: tuple[str, str] | None) -> str:
    """Let the database itself read texts of the usual shape, ten times as fast, others not.

    Parameters
    ----------
    surely : str
        SQL that reads ``{0}``.
    by_database : tuple of str, optional
        A pattern (RE2), and SQL that gives the same of texts that match it, or NULL.
    """
    if by_database is None:
        return surely
    pattern, sql = (part.replace("{", "{{").replace("}", "}}") for part in by_database)
    sql = sql.replace("{{0}}", "{0}")
    return f"coalesce(CASE WHEN regexp_matches({{0}}, '{pattern}') THEN {sql} END, {surely})"


def _moment_by_database(notation: DateNotation) -> tuple[str, str] | None:
    name = notation.form.name
    if notation.zoned and name == "2024-12-31":
        pattern = rf"^(\d{{4}}-\d{{2}}-\d{{2}}[ T]{_CLOCK}) ([+-](?:0\d|1[0-5]):?[0-5]\d)$"
        return pattern, _microseconds(pattern, r"\1\2", "TIMESTAMPTZ")
    order = {"dmy": r"\3-\2-\1 \4", "mdy": r"\3-\1-\2 \4"}.get(notation.order)
    if order is None or notation.zoned or notation.short_years:
        return None
    sign = "[.]" if name[2] == "." else name[2]
    pattern = rf"^(\d{{1,2}}){sign}(\d{{1,2}}){sign}(\d{{4}})(?:[ T]({_CLOCK}))?$"
    return pattern, _microseconds(pattern, order, "TIMESTAMP")


def _microseconds(pattern: str, written: str, kind: str) -> str:
    text = f"regexp_replace({{0}}, '{pattern}', '{written}')"
    return f"epoch_us(TRY_CAST({text} AS {kind}))"


def _number_by_database(notation: NumberNotation) -> tuple[str, str] | None:
    if notation.unit or "'" in notation.grouping:
        return None
    pattern = "^[+-]?" + body_pattern(notation.grouping, notation.decimal).removeprefix("^")
    digits = f"replace({{0}}, '{notation.grouping}', '')" if notation.grouping else "{0}"
    return pattern, f"TRY_CAST(replace({digits}, '{notation.decimal}', '.') AS DOUBLE)"


def _floats(texts: pa.ChunkedArray) -> np.ndarray:
    digits = pc.match_substring_regex(texts, r"^\d+(\.0*)?$")
    kept = pc.if_else(pc.fill_null(digits, False), texts, pa.scalar(None, texts.type))
    return np.asarray(pc.cast(kept, pa.float64()).to_numpy(), dtype=np.float64)
