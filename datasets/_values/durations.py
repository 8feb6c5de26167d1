"""Texts as durations or times of the day: 1:23:45, PT4M13S, 2 days 03:00:00, 1h 20m, 0yrs 11mon."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.language.sentence import Sentence
from .texts import MOSTLY, different, group_of, matches, spelled

_CLOCK = (
    r"^(?P<minus>-)?(?:(?P<d>\d{1,5}) ?(?:days?|d),? ?\+?)?(?P<a>\d{1,4}):(?P<b>[0-5]\d)"
    r"(?::(?P<c>[0-5]\d))?(?:[.,](?P<f>\d{1,9}))?(?: ?(?P<half>(?i:[ap]\.?m\.?)))?$"
)
_ISO_8601 = (
    r"^(?P<minus>-)?P(?:(?P<y>\d+)Y)?(?:(?P<mo>\d+)M)?(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:[.,](?P<f>\d{1,9}))?S)?)?$"
)
_WORDS = (
    r"^(?P<minus>-)?(?:(?P<y>\d+) ?(?i:y|yrs?|years?)\b,? ?)?"
    r"(?:(?P<mo>\d+) ?(?i:mos?|mons?|mths?|months?)\b,? ?)?"
    r"(?:(?P<w>\d+) ?(?i:w|wks?|weeks?)\b,? ?)?"
    r"(?:(?P<d>\d+) ?(?i:d|days?|tage?)\b,? ?)?(?:(?P<h>\d+) ?(?i:h|hrs?|hours?|std)\b\.?,? ?)?"
    r"(?:(?P<m>\d+) ?(?i:m|mins?|minutes?)\b\.?,? ?)?"
    r"(?:(?P<s>\d+)(?:[.,](?P<f>\d{1,9}))? ?(?i:s|secs?|seconds?)\b\.?)?$"
)
_PATTERNS = {"1:23:45": _CLOCK, "PT1H23M45S": _ISO_8601, "1h 23m 45s": _WORDS}
# Of a year and of a month, as the Gregorian calendar has them on average.
_SECONDS = {"y": 31_556_952, "mo": 2_629_746, "w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_BEGINS = r"\d:\d\d|^-?P\d*[A-Z]|^-?\d+ ?\pL"


@dataclass(frozen=True)
class DurationNotation:
    """How the durations of a column are written.

    Parameters
    ----------
    example : str
        One hour, 23 minutes and 45 seconds written so.
    of_seconds : bool
        Whether 4:13 is minutes and seconds; else it may be hours and minutes, and counts in the
        smaller of the two, whichever they are.
    """

    example: str
    of_seconds: bool = True

    @property
    def name(self) -> Sentence:
        """Say how they are written, as in "written as 1:23:45"."""
        example = self.example if self.of_seconds else "1:23"
        return Sentence("written as {notation}", notation=example)

    def read(self, texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
        """Read cleaned texts, float64: NaN where one is missing or not so written.

        Returns
        -------
        ndarray of float64
            Seconds; minutes where two numbers alone are hours and minutes.
        """
        values, codes = different(texts)
        return np.append(_read(spelled(values), self), np.nan)[codes]


def find_durations(texts: pa.Array | pa.ChunkedArray) -> DurationNotation | None:
    """Find out how the durations of a column are written; None where nine in ten cells are none."""
    start = texts.drop_null().slice(0, 200)
    if isinstance(start, pa.ChunkedArray):
        start = start.combine_chunks()
    if not len(start) or matches(spelled(start), _BEGINS).mean() < 0.5:
        return None
    values, codes = different(texts)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    values = spelled(values)
    for example, pattern in _PATTERNS.items():
        notation = DurationNotation(example)
        if example == "1:23:45":
            three = pc.extract_regex(values, pattern)
            with_seconds = np.asarray(pc.not_equal(group_of(three, "c"), ""))
            notation = DurationNotation(example, bool(with_seconds.any()))
        there = ~np.isnan(_read(values, notation))
        if counts[there].sum() >= MOSTLY * counts.sum():
            return notation
    return None


def _read(values: pa.Array, notation: DurationNotation) -> np.ndarray:
    found = pc.extract_regex(values, _PATTERNS[notation.example])
    there = np.asarray(pc.is_valid(found)).copy()
    names = [field.name for field in found.type]
    number = {name: _whole(group_of(found, name)) for name in names if name not in ("f", "half")}
    of_second = _whole(pc.utf8_slice_codeunits(pc.utf8_rpad(group_of(found, "f"), 6, "0"), 0, 6))
    if "a" in names:
        a, b, c = (number[name] for name in "abc")
        three = np.asarray(pc.not_equal(group_of(found, "c"), ""))
        half = pc.utf8_lower(group_of(found, "half"))
        of_day = np.asarray(pc.not_equal(half, ""))
        there &= ~of_day | ((a >= 1) & (a <= 12))
        a = np.where(of_day, a % 12 + 12 * np.asarray(pc.starts_with(half, "p")), a)
        minutes = a * 60 + b
        if notation.of_seconds:
            total = np.where(three | of_day, minutes * 60 + c, minutes) + number["d"] * 86_400
        else:
            total = minutes + number["d"] * 1440
    else:
        total = sum(number[name] * size for name, size in _SECONDS.items())
        told = [np.asarray(pc.not_equal(group_of(found, name), "")) for name in _SECONDS]
        there &= np.any(told, axis=0)
    total = np.where(np.asarray(pc.equal(group_of(found, "minus"), "-")), -1, 1) * (
        total + of_second / 1e6
    )
    return np.where(there, total, np.nan)


def _whole(digits: pa.Array) -> np.ndarray:
    digits = pc.utf8_slice_codeunits(digits, 0, 12)
    digits = pc.if_else(
        pc.match_substring_regex(digits, r"^\d+$"), digits, pa.scalar("0", digits.type)
    )
    return np.asarray(pc.cast(digits, pa.float64()))
