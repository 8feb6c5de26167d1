"""Texts as numbers and as moments: what can be read without a doubt, and what cannot."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NO_VALUE = (
    "", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan",
    "null",
)  # fmt: skip

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_INFINITE = r"^[+-]?(?i:inf|infinity)$"
_DECIMAL_COMMA = r"^[+-]?\d+,\d+$"
# 1,234 is a thousand to some and little more than one to others.
_EITHER_COMMA = r"^[+-]?[1-9]\d{0,2},\d{3}$"
_LEADING_ZERO = r"^0\d+$"

_CLOCK = r"([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?"
_ZONE = r" ?(Z|UTC|[+-]\d{2}:?\d{2})$"
_SHAPES = {
    "2024-12-31": rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_CLOCK}$",
    "2024-12-31 with a zone": rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_CLOCK}{_ZONE}",
    "2024/12/31": rf"^\d{{4}}/\d{{1,2}}/\d{{1,2}}{_CLOCK}$",
    "31.12.2024": rf"^\d{{1,2}}\.\d{{1,2}}\.\d{{4}}{_CLOCK}$",
    "12/31/2024": rf"^\d{{1,2}}/\d{{1,2}}/\d{{4}}{_CLOCK}$",
}
_PLAIN = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$"
_ANY_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
# Share of a column's values that make it numbers, or moments, with some unreadable cells.
MOSTLY = 0.9
MIXED = 0.25


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of texts as numbers, NaN where a cell is missing or cannot be read.

    ``share`` is that of the numbers among the cells that are not missing.
    """

    values: np.ndarray
    share: float
    unreadable: np.ndarray
    infinite: np.ndarray
    decimal_comma: bool = False
    doubtful: str = ""


@dataclass(frozen=True, eq=False)
class Moments:
    """A column of texts as moments, NaT where a cell is missing or cannot be read."""

    values: np.ndarray
    unreadable: np.ndarray
    zoned: bool = False
    doubtful: str = ""
    doubtful_row: int = 0


def clean(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take blanks from both ends, and make missing what stands for no value."""
    texts = pc.utf8_trim_whitespace(texts)
    none = pc.is_in(texts, value_set=pa.array(NO_VALUE, texts.type))
    return pc.if_else(none, pa.scalar(None, texts.type), texts)


def _matches(texts: pa.ChunkedArray, pattern: str) -> np.ndarray:
    """Tell which texts match; missing ones do not."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, pattern), False))


def as_numbers(texts: pa.ChunkedArray, *, may_be_comma: bool) -> Numbers:
    """Read cleaned texts as numbers.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of strings
    may_be_comma : bool
        Whether a comma can be a decimal one: not in a file that separates cells by commas.
    """
    n_present = len(texts) - texts.null_count
    codes = _matches(texts, _LEADING_ZERO)
    try:
        values = _floats(texts)
        numeric = ~np.isnan(values)
    except pa.ArrowInvalid:
        numeric = _matches(texts, _NUMBER) | _matches(texts, _INFINITE)
        if may_be_comma and (comma := _with_commas(texts, numeric, n_present)):
            return comma
        kept = pc.if_else(pa.array(numeric), texts, pa.scalar(None, texts.type))
        values = _floats(kept)
    present = np.asarray(pc.is_valid(texts))
    share = 0.0 if codes.sum() >= 0.1 * n_present else numeric.sum() / n_present
    return Numbers(values, share, present & ~numeric, np.isinf(values))


def _floats(texts: pa.ChunkedArray) -> np.ndarray:
    values = pc.cast(texts, pa.float64()).to_numpy()
    return np.array(values, dtype=np.float64)


def _with_commas(texts: pa.ChunkedArray, plain: np.ndarray, n_present: int) -> Numbers | None:
    comma = _matches(texts, _DECIMAL_COMMA)
    numeric = plain | comma
    if not comma.any() or numeric.sum() < MOSTLY * n_present:
        return None
    kept = pc.if_else(pa.array(numeric), texts, pa.scalar(None, texts.type))
    values = _floats(pc.replace_substring(kept, ",", "."))
    unreadable = np.asarray(pc.is_valid(texts)) & ~numeric
    either = _matches(texts, _EITHER_COMMA)
    doubtful = ""
    if (either == comma).all():
        doubtful = "a comma may part thousands or decimals"
    elif _matches(texts, r"\.").any():
        doubtful = "some numbers have a comma, some a point"
    share = numeric.sum() / n_present
    return Numbers(values, share, unreadable, np.isinf(values), not doubtful, doubtful)


def as_moments(texts: pa.ChunkedArray) -> Moments | None:
    """Read cleaned texts as moments, or give None where most of them are none.

    Moments with zones become UTC; those without stay as they stand.
    """
    start = texts.slice(0, 200).drop_null()
    if len(start) and _matches(start, _ANY_DATE).mean() < 0.5:
        return None
    encoded = texts.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    different, codes = encoded.dictionary, encoded.indices
    codes = pc.fill_null(codes, -1).to_numpy(zero_copy_only=False)
    shape = np.full(len(different), "", dtype=object)
    for name, pattern in _SHAPES.items():
        shape[_matches(different, pattern)] = name
        if (shape != "").all():
            break
    dated = (shape != "")[codes] & (codes >= 0)
    if dated.sum() < MOSTLY * (codes >= 0).sum() or not dated.any():
        return None
    counts = pd.Series(shape[codes[dated]]).value_counts()
    if counts.iloc[0] >= MOSTLY * counts.sum():
        shape[shape != counts.index[0]] = ""
        dated = (shape != "")[codes] & (codes >= 0)
    names = [name for name in _SHAPES if (shape == name).any()]
    nothing = np.full(len(codes), "NaT", "datetime64[s]")
    if len(names) > 1:
        rows = {name: int(np.argmax((shape == name)[codes] & (codes >= 0))) for name in names}
        last = max(names, key=rows.get)
        doubtful = f"its dates are written in {len(names)} ways ({', '.join(names)})"
        return Moments(nothing, ~dated & (codes >= 0), False, doubtful, rows[last])
    plain, doubtful = _in_order(different, names[0])
    if doubtful:
        return Moments(nothing, ~dated & (codes >= 0), False, doubtful, int(np.argmax(dated)))
    zoned = names[0].endswith("zone")
    plain = pd.Series(plain.to_pandas()).where(shape == names[0])
    read = pd.to_datetime(plain, format="ISO8601", errors="coerce", utc=zoned)
    read = read.dt.tz_localize(None) if zoned else read
    values = np.append(read.to_numpy().astype("datetime64[s]"), np.datetime64("NaT", "s"))[codes]
    return Moments(values, np.isnat(values) & (codes >= 0), zoned)


def _in_order(dates: pa.Array, shape: str) -> tuple[pa.Array, str]:
    """Write dates as year, month, day; or say why their order is in doubt."""
    if _matches(dates, _PLAIN).all():
        return dates, ""
    dates = pc.replace_substring(dates, ",", ".")
    parts = pc.extract_regex(dates, r"^(?P<a>\d+)[-/.](?P<b>\d+)[-/.](?P<c>\d+)(?P<clock>.*)$")
    part = {name: pc.struct_field(parts, name) for name in ("a", "b", "c", "clock")}
    order = "abc"
    if not shape.startswith("2024"):
        order = "cba"
        if shape.startswith("12/31"):
            a, b = (pc.max(pc.cast(part[name], pa.int64())).as_py() for name in "ab")
            if a > 12 and b > 12:
                return dates, "some of its dates put the day first, some the month"
            if a <= 12 and b <= 12:
                return dates, "its dates may put the day or the month first"
            order = "cba" if a > 12 else "cab"
    year, *rest = (part[name] for name in order)
    month, day = (pc.utf8_lpad(short, 2, "0") for short in rest)
    clock = part["clock"]
    for pattern, instead in (
        (r"^[ T]", "T"),
        (r"^T(\d:)", r"T0\1"),
        (r" ?(UTC|Z)$", "Z"),
        (" ", ""),
    ):
        clock = pc.replace_substring_regex(clock, pattern, instead)
    day = pc.binary_join_element_wise(year, month, day, pa.scalar("-", year.type))
    return pc.binary_join_element_wise(day, clock, pa.scalar("", year.type)), ""


def looks_like_a_name(name: str) -> bool:
    """Tell whether a column's name says that it holds names of people, visits or rows."""
    return bool(re.search(r"(^|[^a-zA-Z])(?i:ids?|uuid|guid)$|[a-z]I[dD]$", name))
