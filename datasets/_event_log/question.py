"""What a question makes of a chunk: cases, each with what was seen before its cut."""

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
    decided : int
        The longest time from a prediction to the moment when its outcome was known.
    """

    seen: Span
    moment: np.ndarray
    target: np.ndarray
    features: dict[str, np.ndarray]
    left_out: dict[str, int] = field(default_factory=dict)
    decided: int = 0


class Question(Protocol):
    """Cuts histories into cases.

    ``kind_columns`` are the features that are codes of kinds, ``marks`` what the question adds to
    the marks of events: the days from each event to a cut that is no event itself.
    """

    kind_columns: tuple[str, ...]
    marks: tuple[str, ...]

    def cut(self, chunk: Chunk) -> Cut:
        """Make the cases of a chunk."""


def counted_kinds(facts: Facts, target: str) -> dict[str, int]:
    """Give the kinds that get columns of their own, and their codes; the target is among them."""
    counted = {name: code for code, name in enumerate(facts.kinds[:MOST_COUNTED])}
    return counted | {target: facts.kinds.index(target)}


def shares(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Divide; missing where there is nothing to divide by."""
    return np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)


def at(values: np.ndarray, row: np.ndarray, *, otherwise: float) -> np.ndarray:
    """Read the values of some rows; where a row is -1, there is none."""
    return np.where(row >= 0, values[row], otherwise)


def days_since(chunk: Chunk, row: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Give the days from each row to a moment; missing where the row is -1."""
    return np.where(row >= 0, (moment - chunk.moment[row]) / DAY, np.nan)
