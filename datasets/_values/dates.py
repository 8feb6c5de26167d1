"""Texts as moments: the notation is found over a whole column, then read."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .date_forms import AFTERNOON, FORMS, MONTH_OF, ZONES, Form
from .texts import MOSTLY, different, group_of, matches, spelled

ORDERS = ("dmy", "mdy", "ymd")
# Two digits of a year, as POSIX reads them: 69 is 1969, 68 is 2068.
_PIVOT = 69
# A month alone looks like many a code; of a year nearby it is one.
_YEARS_OF_MONTHS = (1800, 2200)
_NOTHING = np.datetime64("NaT", "us")
_PART_OF = {"d": "day", "m": "month", "y": "year"}


@dataclass(frozen=True)
class DateNotation:
    """How the dates of a column are written.

    Parameters
    ----------
    form : Form
    order : str
        What the numbers of a form without a fixed order are: "dmy", "mdy" or "ymd"; else empty.
    zoned : bool
        Whether its moments name their zone.
    """

    form: Form
    order: str = ""
    zoned: bool = False

    @property
    def name(self) -> str:
        """The notation by an example, as in ``31/12/2024``."""
        if not self.order:
            return self.form.name
        sign = self.form.name[2]
        year = self.form.name.rpartition(sign)[2]
        return sign.join({"d": "31", "m": "12", "y": year}[part] for part in self.order)

    @property
    def short_years(self) -> bool:
        """Whether years may have two digits."""
        return self.form.name.endswith("24") and not self.form.name.endswith("2024")

    def read(self, texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
        """Read texts, datetime64[us]: NaT where one is missing or not so written.

        Moments with a zone become UTC; those without stay as they stand.  Where the notation has
        zones, a moment without one cannot be read, and the other way round.
        """
        values, codes = different(texts)
        return np.append(_read(spelled(values), self), _NOTHING)[codes]


@dataclass(frozen=True)
class DoubtfulDates:
    """Dates, beyond doubt, that can be read in more than one way.

    Parameters
    ----------
    why : str
        Completes "this column cannot be read: ...".
    texts : tuple of str
        Cells that show it.
    readings : tuple of str
        Orders that are possible for all cells; empty where naming one would not help.
    """

    why: str
    texts: tuple[str, ...]
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Parts:
    """The different texts of a column, in one form.

    ``shaped`` tells which have the form, ``counts`` how many cells hold each text.
    """

    form: Form
    texts: pa.Array
    shaped: np.ndarray
    counts: np.ndarray
    zoned: np.ndarray = field(repr=False)


def find_dates(
    texts: pa.Array | pa.ChunkedArray, order: str = ""
) -> DateNotation | DoubtfulDates | None:
    """Find out how the dates of a column are written.

    Parameters
    ----------
    texts : pyarrow array of strings
        Cleaned cells (see ``texts.clean``), or a fair sample of them.
    order : str
        "dmy", "mdy" or "ymd": what to take where the column itself does not tell.

    Returns
    -------
    DateNotation, DoubtfulDates or None
        None where nine in ten cells are not written as dates.
    """
    start = texts.drop_null().slice(0, 200)
    if not len(start):
        return None
    start = spelled(_array(start))
    # Every date has a digit; the many patterns need not be tried on words.
    if matches(start, r"\d").mean() < 0.5:
        return None
    if not any(matches(start, form.pattern).any() for form in FORMS):
        return None
    values, codes = different(texts)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    values = spelled(values)
    found = _by_form(values, counts)
    total = counts.sum()
    if sum(counts[parts.shaped].sum() for parts in found) < MOSTLY * total:
        return None
    found.sort(key=lambda parts: -counts[parts.shaped].sum())
    first = found[0]
    if counts[first.shaped].sum() < MOSTLY * total:
        names = [f"{parts.form.name}" for parts in found]
        shown = tuple(values[int(np.argmax(parts.shaped))].as_py() for parts in found)
        why = f"its dates are written in {len(found)} ways ({', '.join(names)})"
        return DoubtfulDates(why, shown)
    n_zoned, n_plain = (counts[first.shaped & side].sum() for side in (first.zoned, ~first.zoned))
    if min(n_zoned, n_plain) > (1 - MOSTLY) * total:
        shown = tuple(
            values[int(np.argmax(first.shaped & side))].as_py()
            for side in (first.zoned, ~first.zoned)
        )
        return DoubtfulDates("some of its moments name their zone, some do not", shown)
    notation = DateNotation(first.form, "", bool(n_zoned > n_plain))
    return _ordered(first, notation, order) if "a" in first.form.groups else _named(first, notation)


def _array(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _by_form(values: pa.Array, counts: np.ndarray) -> list[_Parts]:
    """Sort texts by the first form that they have."""
    left = np.ones(len(values), dtype=bool)
    found = []
    for form in FORMS:
        shaped = left & matches(values, form.pattern)
        if not shaped.any():
            continue
        zoned = np.zeros(len(values), dtype=bool)
        if "zone" in form.groups:
            zone = group_of(pc.extract_regex(values.filter(pa.array(shaped)), form.pattern), "zone")
            zoned[shaped] = np.asarray(pc.not_equal(zone, ""))
        found.append(_Parts(form, values, shaped, counts, zoned))
        left &= ~shaped
        if not left.any():
            break
    return found


def _named(parts: _Parts, notation: DateNotation) -> DateNotation | None:
    """Accept a form of fixed order if its dates exist: other things look like 2010-11 too."""
    values = parts.texts.filter(pa.array(parts.shaped))
    read = _read(values, notation)
    counts = parts.counts[parts.shaped]
    if counts[~np.isnat(read)].sum() < MOSTLY * parts.counts.sum():
        return None
    if notation.form.name == "2024-12":
        # 2010-11, 2011-12 and 2012-13 are seasons and business years.
        found = pc.extract_regex(values, notation.form.pattern)
        year, month = (_whole(group_of(found, name)) for name in "ym")
        if len(values) > 1 and ((year + 1) % 100 == month).all():
            return None
    return notation


def _ordered(
    parts: _Parts, notation: DateNotation, asked: str
) -> DateNotation | DoubtfulDates | None:
    """Find out which number is the day, by the evidence of the whole column."""
    form = notation.form
    shaped = np.flatnonzero(parts.shaped)
    found = pc.extract_regex(parts.texts.take(pa.array(shaped)), form.pattern)
    a, b, c = (_whole(group_of(found, name)) for name in "abc")
    counts = parts.counts[shaped]
    if "." in form.name:  # wherever points part the numbers, the day comes first
        orders = ("dmy",)
    else:
        orders = ("dmy", "mdy") if "2024" in form.name else ORDERS
    by_order = {}
    for order in orders:
        numbers = dict(zip(order, (a, b, c), strict=True))
        day, month = numbers["d"], numbers["m"]
        by_order[order] = (day >= 1) & (day <= 31) & (month >= 1) & (month <= 12)
    total = parts.counts.sum()
    # One date that only another order can read is evidence against this one.
    against = {order: _against(order, by_order) for order in orders}
    possible = [order for order in orders if not against[order].any()]
    if not possible and counts[np.any(list(by_order.values()), axis=0)].sum() >= MOSTLY * total:
        rows = dict.fromkeys(int(shaped[np.argmax(cells)]) for cells in against.values())
        shown = tuple(parts.texts[row].as_py() for row in rows)
        return DoubtfulDates("some of its dates put the day first, some do not", shown)
    possible = [order for order in possible if counts[by_order[order]].sum() >= MOSTLY * total]
    if not possible:
        return None
    if len(possible) > 1 and "ymd" in possible:
        # Years take few values beside days: the number with fewer of them is the year.
        first, last = len(np.unique(a)), len(np.unique(c))
        if first != last:
            possible = [order for order in possible if (order == "ymd") == (first < last)]
    readings = {order: DateNotation(form, order, notation.zoned) for order in possible}
    values = parts.texts.take(pa.array(shaped))
    moments = [_read(values, reading) for reading in readings.values()]
    if all(np.array_equal(moments[0], other) for other in moments[1:]):
        return readings[possible[0]]
    if asked in possible:
        return readings[asked]
    row = int(np.argmax(moments[0] != moments[1]))
    text = values[row].as_py()
    told = " or ".join(
        f"{_day(read[row])} ({order})" for order, read in zip(possible, moments, strict=True)
    )
    return DoubtfulDates(f"{text!r} may be {told}, and so may all others", (text,), tuple(possible))


def _against(order: str, by_order: dict[str, np.ndarray]) -> np.ndarray:
    """Tell which cells another order can read and this one cannot."""
    return np.any(list(by_order.values()), axis=0) & ~by_order[order]


def _day(moment: np.datetime64) -> str:
    day = moment.astype("datetime64[D]").item()
    return "no date" if day is None else f"{day.day} {day:%B %Y}"


def _whole(texts: pa.Array) -> np.ndarray:
    """Read digits as whole numbers; 0 for none."""
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar("0", texts.type), texts)
    return np.asarray(pc.cast(texts, pa.int64()))


def _read(values: pa.Array, notation: DateNotation) -> np.ndarray:
    if notation.form is FORMS[0]:
        try:  # a hundred times faster, where all are written in full
            kind = pa.timestamp("us", "UTC" if notation.zoned else None)
            moments = pc.cast(pc.cast(values, kind), pa.int64())
            return np.array(moments.to_numpy(zero_copy_only=False), dtype="datetime64[us]")
        except pa.ArrowInvalid:
            pass
    found = pc.extract_regex(values, notation.form.pattern)
    there = np.asarray(pc.is_valid(found))
    groups = notation.form.groups
    empty = np.zeros(len(values), dtype=np.int64)
    texts = {name: group_of(found, name) for name in groups}
    number = {
        name: _whole(texts[name]) if name in groups else empty
        for name in ("y", "m", "d", "q", "week", "wday", "a", "b", "c", "H", "M", "S")
    }
    year_text = texts.get("y")
    if notation.order:
        for name, at in zip(notation.order, "abc", strict=True):
            number[name] = number[at]
        year_text = texts["abc"[notation.order.index("y")]]
    year, month, day = number["y"], number["m"], number["d"]
    if "month" in groups:
        month = _months(texts["month"])
    elif "q" in groups:
        month = 3 * number["q"] - 2
    elif "week" in groups:
        month = month + 1
    plausible = np.ones(len(values), dtype=bool)
    if "d" not in groups and not notation.order:
        day = day + 1
        plausible = (year >= _YEARS_OF_MONTHS[0]) & (year < _YEARS_OF_MONTHS[1])
        plausible |= year < 100
    elif "d" in groups and notation.form.name.startswith("2024年"):
        day = np.where(day == 0, 1, day)
    short = np.asarray(pc.utf8_length(year_text)) == 2
    year = np.where(short, np.where(year >= _PIVOT, 1900, 2000) + year, year)
    hour = _of_day(number["H"], texts["half"]) if "half" in groups else number["H"]
    ok = there & plausible & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1)
    ok &= (hour >= 0) & (hour < 24) & (number["M"] < 60) & (number["S"] < 60)
    months = np.where(ok, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(ok, day - 1, 0)
    ok &= days.astype("datetime64[M]") == months  # there is no 31st of June
    if "week" in groups:
        days, exists = _of_weeks(days, number["week"], number["wday"])
        ok &= exists
    micros = (hour * 3600 + number["M"] * 60 + number["S"]) * 1_000_000
    if "f" in groups:
        digits = pc.utf8_slice_codeunits(pc.utf8_rpad(texts["f"], 6, "0"), 0, 6)
        micros = micros + _whole(digits)
    if "zone" in groups:
        zone = texts["zone"]
        ok &= np.asarray(pc.not_equal(zone, "")) == notation.zoned
        offset, exists = _offset(zone)
        micros = micros - offset * 60_000_000
        ok &= exists
    moments = days.astype("datetime64[us]") + np.where(ok, micros, 0)
    moments[~ok] = _NOTHING
    return moments


def _of_weeks(
    new_year: np.ndarray, week: np.ndarray, weekday: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give days of ISO weeks (their Mondays, where no weekday is told), and whether they exist.

    The first week of a year is the one with its 4th of January.
    """
    fourth = new_year + 3
    # 1970 began on a Thursday.
    monday = fourth - (fourth.astype(np.int64) + 3) % 7
    days = monday + 7 * (week - 1)
    thursday = days + 3
    exists = (week >= 1) & (thursday.astype("datetime64[Y]") == new_year.astype("datetime64[Y]"))
    return days + np.maximum(weekday - 1, 0), exists


def _months(names: pa.Array) -> np.ndarray:
    values, codes = different(pc.utf8_lower(names))
    lookup = [MONTH_OF.get(name, 0) for name in values.to_pylist()]
    return np.array([*lookup, 0], dtype=np.int64)[codes]


def _of_day(hour: np.ndarray, half: pa.Array) -> np.ndarray:
    """Give the hour of 24 from one of 12 and its half of the day; -1 where there is no such."""
    names, codes = different(pc.replace_substring(pc.utf8_lower(half), ".", ""))
    later = np.array([*(name in AFTERNOON for name in names.to_pylist()), False])[codes]
    halved = np.array([*(name != "" for name in names.to_pylist()), False])[codes]
    twelve = np.where(hour == 12, 0, hour) + 12 * later
    return np.where(halved, np.where(hour <= 12, twelve, -1), hour)


def _offset(zone: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Give minutes east of Greenwich, and whether there is such a zone."""
    names, codes = different(zone)
    minutes, exists = [], []
    for name in names.to_pylist():
        if name in ZONES:
            minutes.append(ZONES[name])
            exists.append(True)
            continue
        name = name.removeprefix("UTC").removeprefix("GMT")
        digits = name[1:].replace(":", "").ljust(4, "0") if name[:1] in "+-" and name else "0000"
        size = int(digits[:2]) * 60 + int(digits[2:])
        minutes.append(-size if name.startswith("-") else size)
        exists.append(size < 24 * 60 and int(digits[2:]) < 60)
    return np.array([*minutes, 0])[codes], np.array([*exists, False])[codes]
