"""Histories: what happened to many owners over time, and exact sums over any stretch of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_DAY = 86_400


@dataclass(frozen=True)
class Span:
    """For each of n questions the rows ``first`` to ``stop`` (exclusive) of some histories."""

    first: np.ndarray
    stop: np.ndarray

    @property
    def n_rows(self) -> np.ndarray:
        """Rows of each span, shape (n,)."""
        return self.stop - self.first

    def latest(self, most: int) -> "Span":
        """Keep at most the ``most`` latest rows of each span."""
        return Span(np.maximum(self.first, self.stop - most), self.stop)

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """Write the spans out: offsets, shape (n + 1,), and the row numbers end to end."""
        offsets = np.concatenate([[0], np.cumsum(self.n_rows)]).astype(np.int64)
        start = np.repeat(self.first - offsets[:-1], self.n_rows)
        return offsets, start + np.arange(offsets[-1])

    def total(self, values: np.ndarray) -> np.ndarray:
        """Add up the rows of each span.

        ``values`` must be integers, shape (n_rows,) or (n_rows, k): the sums are differences of
        running totals, and those of floats would carry rounding from one owner to the next, and
        from rows after a cut to those before it.
        """
        if not np.issubdtype(values.dtype, np.integer) and values.dtype != bool:
            raise TypeError(f"exact sums need integers; got {values.dtype}.")
        running = np.zeros((len(values) + 1, *values.shape[1:]), dtype=np.int64)
        np.cumsum(values, axis=0, out=running[1:])
        return running[self.stop] - running[self.first]


@dataclass(frozen=True, eq=False)
class Histories:
    """Rows sorted by owner, and by time inside each owner.

    Parameters
    ----------
    owner : ndarray of non-negative integers below 2**30, shape (n_rows,)
    time : ndarray of datetime64, shape (n_rows,)
        Read to the second; rows at one time keep their order.
    """

    owner: np.ndarray
    time: np.ndarray

    @cached_property
    def seconds(self) -> np.ndarray:
        """Time of each row, seconds since 1970, shape (n_rows,)."""
        return self.time.astype("datetime64[s]").astype(np.int64)

    @cached_property
    def gap(self) -> np.ndarray:
        """Seconds since the owner's row before, 0 for an owner's first, int64."""
        gap = np.diff(self.seconds, prepend=0)
        gap[np.diff(self.owner, prepend=-1) != 0] = 0
        return gap

    @cached_property
    def _key(self) -> np.ndarray:
        return _key(self.owner, self.seconds)

    def before(
        self, owner: np.ndarray, moment: np.ndarray, *, days: float | None = None, skip: float = 0
    ) -> Span:
        """Find each owner's rows strictly before a moment.

        Parameters
        ----------
        owner, moment : ndarrays of shape (n,)
            Whose rows, before when.
        days : float, optional
            Length of the stretch looked at; without it everything before the moment.
        skip : float, default=0
            Days between the end of the stretch and the moment.

        Returns
        -------
        Span
            Of n entries.
        """
        end = moment.astype("datetime64[s]").astype(np.int64) - round(skip * _DAY)
        begin = np.zeros_like(end) if days is None else end - round(days * _DAY)
        return Span(
            np.searchsorted(self._key, _key(owner, begin), side="left"),
            np.searchsorted(self._key, _key(owner, end), side="left"),
        )

    def after(self, owner: np.ndarray, moment: np.ndarray, *, days: float) -> Span:
        """Find each owner's rows in ``[moment, moment + days)``."""
        return self.before(owner, moment, days=days, skip=-days)

    def gap_moments(self, span: Span) -> tuple[np.ndarray, np.ndarray]:
        """Give mean and standard deviation of the gaps inside each span, in days.

        A span of n rows has n - 1 gaps; the mean is missing below one gap, the deviation (of the
        sample) below two.
        """
        inside = Span(np.minimum(span.first + 1, span.stop), span.stop)
        minutes = self.gap // 60  # squares of seconds could outgrow 64 bits
        n, total, squares = inside.n_rows, inside.total(minutes), inside.total(minutes**2)
        mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
        spread = np.maximum(squares - mean * total, 0.0)
        variance = np.divide(spread, n - 1, out=np.full(len(n), np.nan), where=n > 1)
        return mean / 1440, np.sqrt(variance) / 1440

    def days_since_last(self, span: Span, moment: np.ndarray) -> np.ndarray:
        """Give the days from each span's last row to the moment; missing for empty spans."""
        return self._days_to(moment, span.stop - 1, span)

    def days_since_first(self, span: Span, moment: np.ndarray) -> np.ndarray:
        """Give the days from each span's first row to the moment; missing for empty spans."""
        return self._days_to(moment, span.first, span)

    def _days_to(self, moment: np.ndarray, row: np.ndarray, span: Span) -> np.ndarray:
        days = np.full(len(row), np.nan)
        some = span.n_rows > 0
        until = moment[some].astype("datetime64[s]").astype(np.int64)
        days[some] = (until - self.seconds[row[some]]) / _DAY
        return days


def _key(owner: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """One sortable number for owner and time: seconds fit into 33 bits until the year 2242."""
    return (owner.astype(np.int64) << 33) + seconds
