"""Moments as a log writes them: timestamps, ISO texts or Unix times, all turned to UTC."""

import re
from dataclasses import dataclass

from ...bench.language.sentence import Sentence, Text
from ...bench.language.speaking import marked
from .request import SECOND

# From 1973-03-03 on, a Unix time has nine digits; below, a number is rather a date such as
# 20240301 or a count.  The end is that of the harness's own calendar arithmetic.
# Where a log counts from a start of its own: a Monday at midnight, 2001-01-01.
START = 978_307_200 * SECOND
EARLIEST, LATEST = 100_000_000 * SECOND, 8_000_000_000 * SECOND
_NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?([eE][+-]?\d+)?\s*", flags=re.ASCII)


@dataclass(frozen=True)
class Clock:
    """How the moments of a log are written.

    Parameters
    ----------
    name : str
        For messages.
    moment : str
        SQL that makes microseconds since 1970 of ``{0}``, NULL where that is not possible.
    zoned : str
        SQL that tells whether ``{0}`` names its zone; NULL where the question has no meaning.
    may_be_dates : bool, default=False
        Whether texts that it cannot read may be dates in another notation.
    is_relative : bool, default=False
        Whether it counts from a start that the log does not name.
    """

    name: Text
    moment: str
    zoned: str = "NULL::BOOLEAN"
    may_be_dates: bool = False
    is_relative: bool = False


_TIMESTAMP = Clock(Sentence("timestamps"), "epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))")
_ZONED = Clock(Sentence("timestamps of a zone"), _TIMESTAMP.moment, "TRUE")
_TEXT = Clock(
    Sentence("texts such as 2024-03-01 08:30:00"),
    "epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))",
    # What follows the date holds nothing but digits, colons and a point, unless it is a zone.
    "regexp_matches(substr({0}, 12), '[A-Za-z+-]')",
    may_be_dates=True,
)
_UNITS = (
    (marked("seconds"), 1e6, 1e8, 1e11),
    (marked("milliseconds"), 1e3, 1e11, 1e14),
    (marked("microseconds"), 1.0, 1e14, 1e17),
    (marked("nanoseconds"), 1e-3, 1e17, 1e20),
)


def counted_clock(name: str, unit: int) -> Clock:
    """Give the clock of numbers that count from a start which the log does not name.

    Parameters
    ----------
    name : str
        What they count.
    unit : int
        Microseconds.
    """
    return Clock(
        Sentence("{unit} since a start that the log does not name", unit=Sentence(name)),
        f"CAST(round(TRY_CAST({{0}} AS DOUBLE) * {unit}) AS BIGINT) + {START}",
        is_relative=True,
    )


def clock_of(kind: str, first: str) -> Clock | None:
    """Tell how moments are written, by the type of their column and the first of them.

    Parameters
    ----------
    kind : str
        "timestamp", "timestamp of a zone", "number" or "text".
    first : str
        The first moment that is not missing, as text.

    Returns
    -------
    Clock or None
        None for numbers that are no Unix times.
    """
    if kind.startswith("timestamp"):
        return _TIMESTAMP if kind == "timestamp" else _ZONED
    if kind == "text" and not _NUMBER.fullmatch(first):
        return _TEXT
    size = abs(float(first))
    for unit, factor, low, high in _UNITS:
        if low <= size < high:
            number = "TRY_CAST({0} AS DOUBLE)"
            # Numbers of another size are of another unit: they stay NULL, and are reported.
            return Clock(
                Sentence("Unix times in {unit}", unit=Sentence(unit)),
                f"CASE WHEN {number} >= {low} AND {number} < {high} "
                f"THEN CAST(round({number} * {factor}) AS BIGINT) END",
            )
    return None
