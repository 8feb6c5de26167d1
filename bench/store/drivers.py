"""What a cell notes of its drivers: what it predicts of test cases that were changed."""

import base64
import math
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from ..language.sentence import Sentence, Text

PERMUTED, REMOVED, SHUFFLED, SWAPPED = "permuted", "removed", "shuffled", "swapped"
CHANGES = (PERMUTED, REMOVED, SHUFFLED, SWAPPED)
PARTIAL_DEPENDENCE, LOCAL_EFFECTS = "partial dependence", "accumulated local effects"
METHODS = (PARTIAL_DEPENDENCE, LOCAL_EFFECTS)


@dataclass(frozen=True)
class Point:
    """The mean prediction where a column has some values.

    ``step`` numbers these values, the same ones in all folds; ``label`` names a category and is
    empty of numbers, which lie from ``low`` to ``high``; ``error`` is the standard error over the
    ``n`` cases asked, NaN of too few.
    """

    step: int
    label: str
    low: float
    high: float
    p: float
    error: float
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1 or self.error < 0 or self.n < 0:
            raise ValueError(f"{self} is no mean of probabilities")
        if any(math.isinf(number) for number in (self.low, self.high, self.error)):
            raise ValueError(f"{self} is not finite")


@dataclass(frozen=True)
class Curve:
    """How the prediction goes with a column's values, in their order.

    ``method`` is one of ``METHODS``; ``is_ordered`` says that the points are of numbers, a last one
    of missing values aside.
    """

    column: str
    method: str
    is_ordered: bool
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if self.method not in METHODS or not self.points:
            raise ValueError(f"{self.column!r} has no curve")


@dataclass(frozen=True)
class Change:
    """A change that was made to test cases before a model was asked again.

    Parameters
    ----------
    kind : str
        ``"permuted"``: columns have another case's values; ``"removed"``: events of some kinds are
        gone; ``"shuffled"``: marks have another event's values; ``"swapped"``: all events are
        another case's.
    names : tuple of str
        The columns, kinds of events, or marks.
    others : bool
        Whether these are all that were not changed one by one.
    curves : tuple of Curve
        Of permuted columns, where the predictions moved most.
    share, p_with, p_without : float
        Of removed events: the share of the cases asked that have some, and their mean prediction
        with and without them; NaN otherwise.
    """

    kind: str
    names: tuple[str, ...]
    others: bool = False
    curves: tuple[Curve, ...] = ()
    share: float = math.nan
    p_with: float = math.nan
    p_without: float = math.nan

    def __post_init__(self) -> None:
        if self.kind not in CHANGES:
            raise ValueError(f"{self.kind!r} is no change")
        for share in (self.share, self.p_with, self.p_without):
            if not (math.isnan(share) or 0 <= share <= 1):
                raise ValueError(f"{share} is no share of cases and no probability")


@dataclass(frozen=True)
class CellDrivers:
    """What a cell's model predicts of some test cases, as they are and changed.

    Parameters
    ----------
    rows, p : str
        Base 64 of little-endian int32 and float32: see ``cases`` and ``predictions``.
    repeats : int
        How often each change was made, with other cases' values.
    changes : tuple of Change
    missing : str
        Why there are none; empty where there are.
    """

    rows: str = ""
    p: str = ""
    repeats: int = 0
    changes: tuple[Change, ...] = ()
    missing: Text = Sentence("they were not asked for")

    @classmethod
    def of(
        cls, rows: np.ndarray, p: np.ndarray, changed: np.ndarray, changes: tuple[Change, ...]
    ) -> Self:
        """Put them together.

        Parameters
        ----------
        rows : ndarray of int, shape (n_cases,)
        p : ndarray, shape (n_cases,)
        changed : ndarray, shape (n_changes, n_repeats, n_cases)
        changes : tuple of Change
        """
        whole = np.concatenate([p, changed.ravel()]).astype("<f4")
        return cls(_text(rows.astype("<i4")), _text(whole), changed.shape[1], changes, "")

    def __post_init__(self) -> None:
        if not self.missing:
            rows, p = self.cases(), _numbers(self.p, "<f4")
            if self.repeats < 1 or len(p) != len(rows) * (1 + len(self.changes) * self.repeats):
                raise ValueError(f"there are {len(p)} predictions of {len(rows)} changed cases")
            if not ((p >= 0) & (p <= 1)).all():
                raise ValueError("some predictions of changed cases are no probabilities")

    def plain(self) -> dict[str, Any]:
        """Give what JSON holds; None for NaN."""
        return _plain(asdict(self))

    def cases(self) -> np.ndarray:
        """Give the cases asked, as positions among the fold's test cases, shape (n_cases,)."""
        rows = _numbers(self.rows, "<i4").astype(int)
        if len(np.unique(rows)) != len(rows) or (rows < 0).any():
            raise ValueError("the cases that were changed are no different test cases")
        return rows

    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """Give P(target = 1) of these cases as they are, and changed.

        Returns
        -------
        p : ndarray, shape (n_cases,)
        changed : ndarray, shape (n_changes, n_repeats, n_cases)
        """
        p, n = _numbers(self.p, "<f4").astype(float), len(self.cases())
        return p[:n], p[n:].reshape(len(self.changes), self.repeats, n)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _text(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def _numbers(text: str, kind: str) -> np.ndarray:
    content = base64.b64decode(text, validate=True)
    return np.frombuffer(content, dtype=kind)
