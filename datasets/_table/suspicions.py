"""What numbers may be in truth: codes for "not known", and codes of categories."""

import re
from collections.abc import Collection, Sequence

import numpy as np

from ...bench.language.sentence import AFTER_A_COMMA, Sentence, joined
from .column import Column, Note

# Written by programs and people where nothing is known.
_CODES = (-999_999.0, -99_999.0, -9_999.0, -999.0, -99.0, 999.0, 9_999.0, 99_999.0, 999_999.0)
# A code fills at least so much of a column, and so many cells.
_SHARE, _FEWEST = 0.005, 5
# It lies as many times the width of all other numbers away from them, or is as many times more
# frequent than they.
_APART, _MORE_FREQUENT = 2.0, 10.0
_OTHER_VALUES = 5
# Dates of data about people end before.
_LAST_YEAR = 2200
# Whole numbers that may be categories: so many values, and so many cells of each.
_FEWEST_VALUES, _MOST_VALUES, _CELLS_OF_EACH = 3, 1000, 5
# Counts and ages fill their range; codes leave gaps, or are called what they are.
_GAPS = 4.0
_CALLED_CODES = re.compile(
    r"(?i:(^|[^a-z])(id|code|zip|plz|postal|app|channel|slot|device|os|region|type|class|category|"
    r"cat|kind|store|shop|campaign|product|item|brand|group|segment|branch|city|country|state|"
    r"plan|source|medium|site|publisher|browser|sku)s?([^a-z]|$))|(Id|ID|Code|Type)$"
)
_MOST_NAMED = 12


def suspicions(columns: Sequence[Column], numbers: Collection[str]) -> list[Note]:
    """Note what the user should look at.

    Parameters
    ----------
    columns : sequence of Column
        As they were understood.
    numbers : collection of str
        Columns that the user calls numbers.
    """
    notes, codes = [], []
    for column in columns:
        if column.kind == "date":
            notes += _of_dates(column)
        if column.kind != "number":
            continue
        known = column.values[~np.isnan(column.values)]
        values, counts = np.unique(known, return_counts=True)
        notes += [
            Note(
                Sentence(
                    "{column!r}: {told}; is it a code for a value that is not known?",
                    column=column.name,
                    told=told,
                )
            )
            for told in _sentinels(values, counts, len(column.values))
        ]
        whole = (values == np.rint(values)).all()
        few = _FEWEST_VALUES <= len(values) <= min(_MOST_VALUES, len(known) // _CELLS_OF_EACH)
        if whole and few and column.name not in numbers and _like_codes(column.name, values):
            codes.append(column.name)
    if codes:
        told = joined(AFTER_A_COMMA, map(repr, codes[:_MOST_NAMED]))
        if len(codes) > _MOST_NAMED:
            told = Sentence("{columns} and {n:,} more", columns=told, n=len(codes) - _MOST_NAMED)
        notes.append(
            Note(
                Sentence(
                    "Whole numbers with few different values are read as amounts: {columns}.  "
                    "Where they are codes (of an app, a region, a channel), say so: "
                    "--category {first!r}",
                    columns=told,
                    first=codes[0],
                )
            )
        )
    return notes


def _of_dates(column: Column) -> list[Note]:
    """Note days that stand for something else, and years of another calendar."""
    days = column.values[~np.isnat(column.values)].astype("datetime64[D]")
    values, counts = np.unique(days.astype(np.int64), return_counts=True)
    apart = _apart(values, counts, len(column.values))
    notes = [
        Note(
            Sentence(
                "{column!r}: {day} stands apart in {share:.1%} of the cells (all others lie "
                "between {low} and {high}); is it a code for a date that is not known?",
                column=column.name,
                day=str(_day(day)),
                share=share,
                low=str(_day(low)),
                high=str(_day(high)),
            )
        )
        for day, share, low, high in apart
    ]
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    if len(years) and not notes and np.median(years) > _LAST_YEAR:
        notes.append(
            Note(
                Sentence(
                    "{column!r}: its years, such as {year}, are read as they stand.  If they are "
                    "those of another calendar (the Buddhist one is 543 years ahead), weekdays are "
                    "wrong: write the dates as 2024-12-31",
                    column=column.name,
                    year=int(np.median(years)),
                )
            )
        )
    return notes


def _day(number: float) -> np.datetime64:
    return np.datetime64(int(number), "D")


def _like_codes(name: str, values: np.ndarray) -> bool:
    gaps = values[-1] - values[0] + 1 > _GAPS * len(values)
    return gaps or _CALLED_CODES.search(name) is not None


def _apart(
    values: np.ndarray, counts: np.ndarray, n_rows: int
) -> list[tuple[float, float, float, float]]:
    """Find values far from all others: each with its share, and the range of the others.

    Parameters
    ----------
    values, counts : ndarray
        Different values in ascending order, and how many rows hold each.
    n_rows : int
    """
    found: list[tuple[float, float, float, float]] = []
    while len(values) > _OTHER_VALUES and len(found) < 2:
        for at, next_to in ((-1, -2), (0, 1)):
            rest = values[:-1] if at == -1 else values[1:]
            enough = counts[at] >= max(_FEWEST, _SHARE * n_rows)
            if enough and abs(values[at] - values[next_to]) > _APART * (rest[-1] - rest[0]):
                found.append((values[at], counts[at] / n_rows, rest[0], rest[-1]))
                keep = slice(0, -1) if at == -1 else slice(1, None)
                values, counts = values[keep], counts[keep]
                break
        else:
            break
    return found


def _sentinels(values: np.ndarray, counts: np.ndarray, n_rows: int) -> list[Sentence]:
    apart = _apart(values, counts, n_rows)
    found = [
        Sentence(
            "{value:,.10g} stands apart in {share:.1%} of the cells (all others lie between "
            "{low:,.10g} and {high:,.10g})",
            value=value,
            share=share,
            low=low,
            high=high,
        )
        for value, share, low, high in apart
    ]
    other = ~np.isin(values, [value for value, *_ in apart])
    values, counts = values[other], counts[other]
    if len(values) > _OTHER_VALUES:
        usual = float(np.median(counts))
        for code in _CODES:
            at = int(np.searchsorted(values, code))
            if (
                at < len(values)
                and values[at] == code
                and counts[at] >= max(_FEWEST, _SHARE * n_rows, _MORE_FREQUENT * usual)
            ):
                found.append(
                    Sentence(
                        "{value:,.0f} fills {share:.1%} of the cells, far more than other numbers "
                        "do",
                        value=code,
                        share=counts[at] / n_rows,
                    )
                )
    return found
