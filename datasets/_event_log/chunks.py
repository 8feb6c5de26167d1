"""A log as a stream of whole histories: people one after another, their events in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .._histories import Span
from .database import RawLog

_ROWS = 400_000
_COLUMNS = ("who", "moment", "kind", "item", "value", "content")
_SORTED = """
SELECT people.code AS who, moment, kinds.code AS kind, coalesce(items.code, -1) AS item,
    coalesce(value, 'nan'::DOUBLE) AS value, content
FROM log JOIN people USING (who) JOIN kinds ON kinds.name = log.kind
    LEFT JOIN items ON items.name = log.item
WHERE moment IS NOT NULL
ORDER BY people.code, moment, row
"""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Whole histories of some people: rows by person, by moment, and as the files have them.

    Parameters
    ----------
    who : ndarray of int32, shape (n_rows,)
        Number of the person.
    moment : ndarray of int64
        Microseconds since 1970.
    kind : ndarray of int32
    item : ndarray of int32
        -1 where there is none.
    value : ndarray of float64
        NaN where there is none.
    n_copies : int
        Rows that equal another in every column of the file.
    n_repeats : int
        Rows that repeat person, moment, kind and item of another, and differ elsewhere.
    """

    who: np.ndarray
    moment: np.ndarray
    kind: np.ndarray
    item: np.ndarray
    value: np.ndarray
    n_copies: int
    n_repeats: int

    def __len__(self) -> int:
        return len(self.who)

    @cached_property
    def begins(self) -> np.ndarray:
        """Row on which each person begins, shape (n_people,)."""
        return np.flatnonzero(np.diff(self.who, prepend=-1))

    @cached_property
    def ends(self) -> np.ndarray:
        """Row after each person's last, shape (n_people,)."""
        return np.append(self.begins[1:], len(self))

    @cached_property
    def person(self) -> np.ndarray:
        """Number of each row's person inside this chunk, shape (n_rows,)."""
        return np.repeat(np.arange(len(self.begins)), self.ends - self.begins)

    @cached_property
    def place(self) -> np.ndarray:
        """Number of each row inside its person's history, shape (n_rows,)."""
        return self.place_in(self.person)

    def place_in(self, part: np.ndarray) -> np.ndarray:
        """Number each row inside its part, such as a visit; parts are stretches of rows."""
        row = np.arange(len(self))
        begins = np.diff(part, prepend=-1) != 0
        return row - np.maximum.accumulate(np.where(begins, row, 0))

    @cached_property
    def gap(self) -> np.ndarray:
        """Microseconds since the person's row before, 0 for the first, shape (n_rows,)."""
        gap = np.diff(self.moment, prepend=self.moment[0])
        gap[self.begins] = 0
        return gap

    @cached_property
    def repeated(self) -> np.ndarray:
        """Whether the person had to do with the row's item before, shape (n_rows,)."""
        return self.seen_before(self.person)

    def seen_before(self, part: np.ndarray) -> np.ndarray:
        """Tell of each row whether its item occurs in an earlier row of the same part.

        Parameters
        ----------
        part : ndarray of int, shape (n_rows,)
            Number of the part, such as a visit, that a row belongs to.
        """
        key = part.astype(np.int64) << 32 | self.item.astype(np.int64)
        seen = pd.Series(key).duplicated().to_numpy()
        return seen & (self.item >= 0)

    def last_of(self, which: np.ndarray) -> np.ndarray:
        """For each row, the latest row of the same person up to it where ``which`` holds, or -1."""
        row = np.maximum.accumulate(np.where(which, np.arange(len(self)), -1))
        return np.where(row >= self.begins[self.person], row, -1)

    def total_before(self, values: np.ndarray, span: Span) -> np.ndarray:
        """Add up the rows of spans that begin where their person does; 0 for empty spans."""
        if not len(span.first):
            return np.zeros(0)
        total = self.running(values, self.place)[span.stop - 1]
        return np.where(span.n_rows > 0, total, 0.0)

    def running(self, values: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Add up from the first row of each row's part to the row itself.

        A plain running total would carry rounding from one person to the next.  Here a sum is made
        of the part's own rows only: of pairs, then of pairs of pairs (Hillis and Steele 1986, Data
        parallel algorithms, Communications of the ACM 29(12), 1170-1183).

        Parameters
        ----------
        values : ndarray of float, shape (n_rows,)
        place : ndarray of int, shape (n_rows,)
            Number of each row inside its part.
        """
        total = values.astype(float)
        step, longest = 1, int(place.max(initial=0))
        while step <= longest:
            total[step:] += np.where(place[step:] >= step, total[:-step], 0.0)
            step *= 2
        return total


def chunks(raw: RawLog, *, keep_copies: bool) -> Iterator[Chunk]:
    """Give all histories, a few hundred thousand rows at a time; nobody's is cut.

    Rows that equal another in every column are kept, or counted once.
    """
    waiting: list[dict[str, np.ndarray]] = []
    n_waiting = 0
    for batch in raw.database.sql(_SORTED).to_arrow_reader(_ROWS // 4):
        rows = {name: batch.column(name).to_numpy() for name in _COLUMNS}
        waiting.append(rows)
        n_waiting += batch.num_rows
        # A person who fills all that waits may go on in the next batch.
        if n_waiting >= _ROWS and waiting[0]["who"][0] != rows["who"][-1]:
            joined = _joined(waiting)
            border = int(np.searchsorted(joined["who"], joined["who"][-1]))
            whole = {name: column[:border] for name, column in joined.items()}
            yield _chunk(whole, keep_copies=keep_copies)
            waiting = [{name: column[border:].copy() for name, column in joined.items()}]
            n_waiting = len(waiting[0]["who"])
    yield _chunk(_joined(waiting), keep_copies=keep_copies)


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in _COLUMNS}


def _chunk(rows: dict[str, np.ndarray], *, keep_copies: bool) -> Chunk:
    copies, n_repeats = _copies(rows)
    keep = np.ones_like(copies) if keep_copies else ~copies
    kept = {name: rows[name][keep] for name in _COLUMNS if name != "content"}
    return Chunk(**kept, n_copies=int(copies.sum()), n_repeats=n_repeats)


def _copies(rows: dict[str, np.ndarray]) -> tuple[np.ndarray, int]:
    """Mark rows that equal an earlier one, and count those that only look like one.

    Copies have the same moment, so few rows are compared.
    """
    tied = np.zeros(len(rows["who"]), dtype=bool)
    same = (np.diff(rows["who"]) == 0) & (np.diff(rows["moment"]) == 0)
    tied[1:] |= same
    tied[:-1] |= same
    compared = pd.DataFrame({name: rows[name][tied] for name in _COLUMNS})
    copies = compared.duplicated(["who", "moment", "content"]).to_numpy()
    repeats = compared.duplicated(["who", "moment", "kind", "item"]).to_numpy()
    tied[tied] = copies
    return tied, int((repeats & ~copies).sum())
