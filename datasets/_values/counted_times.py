"""Numbers that are moments: counts since 1970, digits in a row, days of a spreadsheet."""

from dataclasses import dataclass

import numpy as np

from .texts import MOSTLY

# Counts since 1970 by their unit, as parts of a microsecond or microseconds.
_UNITS = {"seconds": 1e6, "milliseconds": 1e3, "microseconds": 1.0, "nanoseconds": 1e-3}
# A column that nobody called a time must lie between 2000 and 2040; one that somebody did, from
# March 1973 (nine digits) to 2223.
_LIKELY = (946_684_800, 2_208_988_800)
_POSSIBLE = (100_000_000, 8_000_000_000)
_YEARS = (1900, 2100)
# Six digits may be an amount.
_YEARS_OF_MONTHS = (1980, 2040)
_NOTHING = np.datetime64("NaT", "us")
# Days since the end of 1899 of 2000 and 2040, as spreadsheets count.
_SERIALS = (36_526, 51_136)
# Different numbers of which all may be days in six digits.
_FEWEST_SHORT = 10


@dataclass(frozen=True)
class CountedTime:
    """How numbers tell moments.

    Parameters
    ----------
    unit : str
        "seconds", "milliseconds", "microseconds" or "nanoseconds" since 1970, UTC; or
        "202412", "20241231", "202412312359", "20241231235959".
    bounds : tuple of float
        Seconds since 1970 between which a count is a moment.
    """

    unit: str
    bounds: tuple[float, float] = _LIKELY

    @property
    def name(self) -> str:
        """The notation, as in ``seconds since 1970, UTC`` or ``20241231``."""
        return f"{self.unit} since 1970, UTC" if self.unit in _UNITS else self.unit

    @property
    def zoned(self) -> bool:
        """Whether the moments are those of UTC by definition."""
        return self.unit in _UNITS

    def read(self, values: np.ndarray) -> np.ndarray:
        """Read numbers, datetime64[us]; NaT where one is missing or no such moment."""
        if self.unit not in _UNITS:
            return _read_digits(values, len(self.unit))
        factor = _UNITS[self.unit]
        with np.errstate(invalid="ignore"):
            low, high = (bound * 1e6 / factor for bound in self.bounds)
            fits = (values >= low) & (values < high)
        micros = np.where(fits, np.rint(np.where(fits, values, 0) * factor), 0).astype(np.int64)
        moments = micros.astype("datetime64[us]")
        moments[~fits] = _NOTHING
        return moments


def find_counted(values: np.ndarray, *, is_time: bool = False) -> CountedTime | None:
    """Find out whether numbers count time, and how; None where nine in ten do not.

    Parameters
    ----------
    values : ndarray of float64
        NaN where missing.
    is_time : bool
        Whether somebody said that they are moments; dates from 1973 on then count.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    middle = float(np.median(known))
    bounds = _POSSIBLE if is_time else _LIKELY
    for notation in _candidates(middle, bounds):
        read = notation.read(known)
        if (~np.isnat(read)).sum() < MOSTLY * len(known):
            continue
        # Numbers that lie within a day of each other are counts of something else.
        if is_time or len(np.unique(read.astype("datetime64[D]"))) > 1:
            return notation
    return None


def _candidates(middle: float, bounds: tuple[float, float]) -> list[CountedTime]:
    found = [
        CountedTime(unit, bounds)
        for unit, factor in _UNITS.items()
        if bounds[0] <= middle * factor / 1e6 < bounds[1]
    ]
    for form in ("202412", "20241231", "202412312359", "20241231235959"):
        size = 10.0 ** (len(form) - 4)
        years = _YEARS_OF_MONTHS if form == "202412" else _YEARS
        if years[0] * size <= middle < years[1] * size:
            found.insert(0, CountedTime(form))
    return found


def _read_digits(values: np.ndarray, n_digits: int) -> np.ndarray:
    """Read year, month, day, hour, minute and second that stand in a row."""
    whole = ~np.isnan(values) & (values == np.rint(values)) & (np.abs(values) < 1e15)
    left = np.where(whole, values, 0).astype(np.int64)
    parts = {}
    for name in ("second", "minute", "hour")[max(0, (14 - n_digits) // 2) :]:
        left, parts[name] = np.divmod(left, 100)
    left, day = np.divmod(left, 100) if n_digits > 6 else (left, np.ones_like(left))
    year, month = np.divmod(left, 100)
    ok = whole & (year >= _YEARS[0]) & (year < _YEARS[1])
    ok &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    second, minute, hour = (
        parts.get(name, np.zeros_like(day)) for name in ("second", "minute", "hour")
    )
    ok &= (second < 60) & (minute < 60) & (hour < 24)
    months = np.where(ok, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(ok, day - 1, 0)
    ok &= days.astype("datetime64[M]") == months
    seconds = np.where(ok, hour * 3600 + minute * 60 + second, 0)
    moments = days.astype("datetime64[us]") + seconds * 1_000_000
    moments[~ok] = _NOTHING
    return moments


def like_spreadsheet_days(values: np.ndarray, *, named: bool = False) -> bool:
    """Tell whether numbers look like days that a spreadsheet counts, with times of the day.

    Such numbers lie between 36,526 and 51,136 (2000 to 2040), within ten years of each other, and
    their fractions are whole seconds in more digits than amounts of money have.

    Parameters
    ----------
    values : ndarray of float64
    named : bool
        Whether the column is called a date; whole numbers then count as well.
    """
    known = values[~np.isnan(values)]
    if not len(known) or known.min() < _SERIALS[0] or known.max() > _SERIALS[1]:
        return False
    if np.ptp(known) > 3660 and not named:
        return False
    seconds = known * 86_400
    of_seconds = np.abs(seconds - np.rint(seconds)) < 0.01
    cents = np.abs(known * 100 - np.rint(known * 100)) < 1e-6
    return bool(of_seconds.mean() >= MOSTLY and (named or cents.mean() < 0.5))


def like_short_dates(values: np.ndarray) -> str:
    """Name the digits that whole numbers look like: "241231" or "24123123"; empty for neither.

    All must be days between 2000 and 2040; of other numbers one in thirty is by chance.
    """
    known = np.unique(values[~np.isnan(values)])
    if len(known) < _FEWEST_SHORT or not (known == np.rint(known)).all():
        return ""
    for name, size in (("241231", 1), ("24123123", 100)):
        if not (known >= size).all() or known.max() >= 1e6 * size:
            continue
        day, hour = np.divmod(known, size)
        moments = _read_digits(20_000_000 + day, 8)
        if not np.isnat(moments).any() and (hour < 24).all() and day.max() < 400_000:
            return name
    return ""
