"""What a question makes of a chunk: cases, each with what was seen before its cut."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from .._histories import Span
from .chunks import Chunk
from .facts import Facts
from .request import DAY

# Kinds that are counted one by one, in the order in which the log shows them first.
MOST_COUNTED = 24


@dataclass(frozen=True, eq=False)
class Cut:
    """The cases of a chunk.

    Parameters
    ----------
    seen : Span
        Rows of the person's history before the cut.
    moment : ndarray of int64, shape (n_cases,)
        Of the prediction, in microseconds.
    target : ndarray of bool
    features : dict of str to ndarray
        Numbers; of ``kind_columns`` codes of kinds, -1 for none.
    left_out : dict of str to int
        By the reason.
    known_at : ndarray of int64, optional
        When each outcome was known, in microseconds; without it ``horizon`` after its moment.
    is_open : ndarray of bool, optional
        Whether the log ends before the outcome is known; without it, it is known of all.
    until : ndarray of int64, optional
        The row behind the last one of each case's course, where that is asked for.
    """

    seen: Span
    moment: np.ndarray
    target: np.ndarray
    features: dict[str, np.ndarray]
    left_out: dict[str, int] = field(default_factory=dict)
    known_at: np.ndarray | None = None
    is_open: np.ndarray | None = None
    until: np.ndarray | None = None


class Question(Protocol):
    """Cuts histories into cases.

    ``kind_columns`` are the features that are codes of kinds, ``marks`` what the question adds to
    the marks of events: the days from each event to a cut that is no event itself.  ``horizon`` is
    the time from every cut to its outcome in microseconds, 0 where each case has its own.

    A question is asked of cases whose outcome the log tells, to learn from them.  Made with
    ``open_too``, it is asked of every case whose cut the log has reached, to score it.
    """

    kind_columns: tuple[str, ...]
    marks: tuple[str, ...]
    horizon: int

    def cut(self, chunk: Chunk) -> Cut:
        """Make the cases of a chunk."""


def counted_kinds(facts: Facts, targets: Sequence[str]) -> dict[str, int]:
    """Give the kinds that get columns of their own, and their codes; targets are among them."""
    counted = {name: code for code, name in enumerate(facts.kinds[:MOST_COUNTED])}
    return counted | {name: facts.kinds.index(name) for name in targets}


def marked_kinds(facts: Facts, targets: Sequence[str]) -> np.ndarray:
    """Tell of each kind whether it is a target, shape (n_kinds,)."""
    return np.array([name in targets for name in facts.kinds])


def shares(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Divide; missing where there is nothing to divide by."""
    return np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)


def at(values: np.ndarray, row: np.ndarray, *, otherwise: float) -> np.ndarray:
    """Read the values of some rows; where a row is -1, there is none."""
    return np.where(row >= 0, values[row], otherwise)


def days_since(chunk: Chunk, row: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Give the days from each row to a moment; missing where the row is -1."""
    return np.where(row >= 0, (moment - chunk.moment[row]) / DAY, np.nan)
