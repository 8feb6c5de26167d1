"""Moments as a log writes them: timestamps, ISO texts or Unix times, all turned to UTC."""

import re
from dataclasses import dataclass

from .request import SECOND

# From 1973-03-03 on, a Unix time has nine digits; below, a number is rather a date such as
# 20240301 or a count.  The end is that of the harness's own calendar arithmetic.
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
    """

    name: str
    moment: str
    zoned: str = "NULL::BOOLEAN"


_TIMESTAMP = Clock("timestamps", "epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))")
_ZONED = Clock("timestamps of a zone", _TIMESTAMP.moment, "TRUE")
_TEXT = Clock(
    "texts such as 2024-03-01 08:30:00",
    "epoch_us(TRY_CAST({0} AS TIMESTAMPTZ))",
    # What follows the date holds nothing but digits, colons and a point, unless it is a zone.
    "regexp_matches(substr({0}, 12), '[A-Za-z+-]')",
)
_UNITS = (
    ("seconds", 1e6, 1e8, 1e11),
    ("milliseconds", 1e3, 1e11, 1e14),
    ("microseconds", 1.0, 1e14, 1e17),
    ("nanoseconds", 1e-3, 1e17, 1e20),
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
                f"Unix times in {unit}",
                f"CASE WHEN {number} >= {low} AND {number} < {high} "
                f"THEN CAST(round({number} * {factor}) AS BIGINT) END",
            )
    return None
