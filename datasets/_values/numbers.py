"""Texts as numbers: the notation is found over a whole column, then read."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .number_notation import (
    CURRENCIES,
    DRESSED,
    SIGNS,
    NumberNotation,
    Pieces,
    accepted,
    body_pattern,
    marks_of,
    pieces_of,
    read_pieces,
    undressed,
)
from .texts import MOSTLY, different, matches, spelled

# Zip codes, articles, extensions: 07 is no seven.
LEADING_ZERO = r"^0\d+$"
# +49 151 ...: nobody writes an amount so.
_TELEPHONE = r"^\+\d{7,}$"
# 2024.12 and 12.2024, where all cells are so written, are months.
_MONTHS = r"^(?:(?:19|20)\d{2}\.(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])\.(?:19|20)\d{2})$"
# 1.234 may be a thousand and more where points part thousands.
_THREE_DECIMALS = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
# Nine digits in groups of three may also be telephone numbers, all of one length.
_LONG = 7
# Below, that every number with a mark has three digits after it may be chance.
_FEW_MARKED, _SOME = 10, 0.05
# Bodies with these marks, from the plainest on.
_MARKS = (
    ("", "."), ("", ","), (",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("'", ","),
)  # fmt: skip


@dataclass(frozen=True)
class DoubtfulNumbers:
    """Numbers, beyond doubt, that can be read in more than one way."""

    why: str


def find_numbers(
    texts: pa.Array | pa.ChunkedArray, *, commas_part_cells: bool = False
) -> NumberNotation | DoubtfulNumbers | None:
    """Find out how the numbers of a column are written.

    Parameters
    ----------
    texts : pyarrow array of strings
        Cleaned cells (see ``texts.clean``), or a fair sample of them.
    commas_part_cells : bool
        Whether the file separates its cells by commas, as is done where decimals have points.

    Returns
    -------
    NumberNotation, DoubtfulNumbers or None
        None where fewer than nine in ten cells are numbers in one notation.
    """
    texts = texts.drop_null()  # a column may begin late
    if not _may_be_numbers(texts):
        return None
    if _all_months(texts):
        return None
    if _plain(texts):
        return NumberNotation()
    values, codes = different(texts)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    total = counts.sum()
    for pattern in (LEADING_ZERO, _TELEPHONE):
        if counts[matches(values, pattern)].sum() >= (1 - MOSTLY) * total:
            return None
    pieces = pieces_of(values)
    notation = _united(pieces, counts)
    dressed = accepted(pieces, notation)
    if counts[dressed].sum() < MOSTLY * total:
        return None
    return _marked(pieces, notation, counts, dressed, commas_part_cells)


def _may_be_numbers(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Look at the first cells alone: a column of other texts need not be taken apart."""
    start = texts.slice(0, 200)
    if not len(start):
        return False
    start = spelled(start.combine_chunks() if isinstance(start, pa.ChunkedArray) else start)
    # A digit, which all numbers have, is looked for in no time.
    if matches(start, r"\d").mean() <= 0.5:
        return False
    return bool(matches(undressed(start), DRESSED).mean() > 0.5)


def _all_months(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Tell whether all cells are months of a year, as in 2024.12, and not all of them the same."""
    return (
        bool(matches(texts.slice(0, 200), _MONTHS).all())
        and bool(matches(texts, _MONTHS).all())
        and len(pc.unique(texts.slice(0, 1000))) > 1
    )


def _plain(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Tell whether all cells are numbers as programs write them, the quick way."""
    if matches(texts.slice(0, 1000), rf"{LEADING_ZERO}|{_TELEPHONE}|{_THREE_DECIMALS}").any():
        return False
    try:
        pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return False
    # A late zip code is one all the same.
    return not matches(texts, rf"{LEADING_ZERO}|{_TELEPHONE}").any()


def _united(pieces: Pieces, counts: np.ndarray) -> NumberNotation:
    """Find the unit that most numbers carry, and whether it may be left out."""
    by_unit: dict[str, int] = {}
    for unit, count in zip(pieces.unit[pieces.there], counts[pieces.there], strict=True):
        by_unit[unit] = by_unit.get(unit, 0) + int(count)
    bare = by_unit.pop("", 0)
    if not by_unit:
        return NumberNotation()
    unit = max(by_unit, key=lambda name: (by_unit[name], name))
    # An amount without its currency is one in the same; a number without "kg" may be pounds.
    money = unit in SIGNS or unit in CURRENCIES
    if not money and by_unit[unit] < bare:
        return NumberNotation()
    return NumberNotation(unit=unit, bare=money)


def _marked(
    pieces: Pieces,
    notation: NumberNotation,
    counts: np.ndarray,
    dressed: np.ndarray,
    commas_part_cells: bool,
) -> NumberNotation | DoubtfulNumbers | None:
    """Find the marks between the digits."""
    total = counts.sum()
    weight = np.where(dressed, counts, 0)
    fits = {marks: matches(pieces.body, body_pattern(*marks)) & dressed for marks in _MARKS}
    held = {marks: weight[found].sum() for marks, found in fits.items()}
    most = max(held.values())
    if most < MOSTLY * total:
        comma, point = (
            weight[fits["", mark] & matches(pieces.body, f"[{mark}]")].sum() for mark in ",."
        )
        mixed = weight[fits["", ","] | fits["", "."]].sum() >= MOSTLY * total
        if comma and point and mixed:
            return DoubtfulNumbers("some of its numbers have a comma, some a point")
        return None
    best = [marks for marks in _MARKS if held[marks] == most]
    grouping, decimal = best[0]
    # With a power of ten, 1,660E+03 has a decimal comma.
    powers = np.asarray(pc.not_equal(pieces.power, "")) & dressed
    either = [mark for mark in ",." if {("", mark), (mark, ",."[mark == ","])} <= set(best)]
    plain = matches(pieces.body, r"^\d+$") & dressed
    marked = fits[best[0]] & ~plain
    if either and weight[marked].any():
        mark = "," if weight[matches(pieces.body, ",") & dressed].any() else "."
        found = False
        if not weight[powers].any():
            found = _grouped(mark, pieces, plain, marked, weight, commas_part_cells)
        if found is None:
            return DoubtfulNumbers("a comma may part thousands or decimals")
        if found:
            grouping, decimal = mark, ",."[mark == ","]
        else:
            grouping, decimal = "", mark
    if grouping == " " and _of_one_length(pieces, fits[grouping, decimal]):
        return None
    notation = replace(notation, decimal=decimal, grouping=grouping)
    read = ~np.isnan(read_pieces(pieces, notation))
    if grouping and not weight[matches(pieces.body, f"[{grouping}]") & read].any():
        notation = replace(notation, grouping="")
    if decimal == "," and not weight[matches(pieces.body, ",") & read].any():
        notation = replace(notation, decimal=".")
    return replace(notation, marks=marks_of(pieces, notation, read, counts))


def _grouped(
    mark: str,
    pieces: Pieces,
    plain: np.ndarray,
    marked: np.ndarray,
    weight: np.ndarray,
    commas_part_cells: bool,
) -> bool | None:
    """Tell whether a mark with three digits after it parts thousands; None if nothing tells.

    It does where numbers below a thousand stand beside them without a mark, and none of a thousand
    and more: who writes three decimals writes them everywhere.
    """
    below = matches(pieces.body, r"^(0|[1-9]\d{0,2})$")
    beside = weight[plain & below].sum()
    above = weight[plain & ~below].sum()
    n_marked = weight[marked].sum()
    enough = n_marked >= _FEW_MARKED and min(beside, n_marked) >= _SOME * weight.sum()
    if mark == ".":
        return bool(enough and not above)
    if commas_part_cells:
        return True
    return True if enough and not above else None


def _of_one_length(pieces: Pieces, fits: np.ndarray) -> bool:
    digits = pc.utf8_length(pc.replace_substring(pieces.body, " ", ""))
    lengths = np.unique(np.asarray(digits)[fits])
    return len(lengths) == 1 and lengths[0] >= _LONG and fits.sum() > 1
