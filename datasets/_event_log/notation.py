"""How a log writes its moments and numbers where that is not plain: the rules of tables."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .._values.counted_times import CountedTime, find_counted
from .._values.dates import DateNotation, DoubtfulDates, find_dates
from .._values.number_notation import NumberNotation
from .._values.numbers import DoubtfulNumbers, find_numbers
from .times import Clock

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
    """

    clock: Clock
    numbers: NumberNotation | None = None

    @property
    def number(self) -> str:
        """SQL that makes a number of ``{0}``, NULL where that is not possible."""
        plain = "TRY_CAST({0} AS DOUBLE)"
        return plain if self.numbers is None else f"{READ_NUMBER}({{0}})"


def dates_clock(
    texts: pa.ChunkedArray, order: str
) -> tuple[Clock, DateNotation] | DoubtfulDates | None:
    """Find out how moments are written by all (different) ones; None where they are no dates."""
    found = find_dates(texts, order)
    if not isinstance(found, DateNotation):
        return found
    zoned = "TRUE" if found.zoned else "FALSE"
    return Clock(f"dates such as {found.name}", f"{READ_MOMENT}({{0}})", zoned), found


def digits_clock(texts: pa.ChunkedArray) -> tuple[Clock, CountedTime] | None:
    """Recognise digits in a row, as in 20241231; None for counts since 1970 and other numbers."""
    found = find_counted(_floats(texts), is_time=True)
    if found is None or found.zoned:
        return None
    return Clock(f"dates such as {found.name}", f"{READ_MOMENT}({{0}})", "FALSE"), found


def value_numbers(
    texts: pa.ChunkedArray, *, commas_part_cells: bool
) -> NumberNotation | DoubtfulNumbers | None:
    """Find out how values are written; None where they are plain numbers or none."""
    found = find_numbers(texts, commas_part_cells=commas_part_cells)
    return None if found == NumberNotation() else found


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


def _floats(texts: pa.ChunkedArray) -> np.ndarray:
    digits = pc.match_substring_regex(texts, r"^\d+(\.0*)?$")
    kept = pc.if_else(pc.fill_null(digits, False), texts, pa.scalar(None, texts.type))
    return np.asarray(pc.cast(kept, pa.float64()).to_numpy(), dtype=np.float64)
