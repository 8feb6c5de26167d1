"""A single case without pandas: its values as Python has them, and encoders as arrays over them.

To take one column out of a data frame costs as much as to encode it.  Of a single case all values
are taken at once, and looked up in arrays and dictionaries that were made once; the encoded numbers
are the same to the bit.  A value that is not plain makes the caller fall back on the frame.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

_NUMBERS = (float, int, np.floating, np.integer, np.bool_)

Row = Mapping[str, Any]


class NotPlainError(Exception):
    """A value is of a kind that pandas must read."""


class _Asked(threading.local):
    """The frame that several models are being asked about, and its row once it was taken out."""

    frame: pd.DataFrame | None = None
    row: Row | None = None


_asked = _Asked()


@contextmanager
def asked_of_all(features: pd.DataFrame) -> Iterator[None]:
    """Take the values out of a frame once, however many models are asked about it meanwhile.

    Nobody may change the frame until then.
    """
    before = _asked.frame, _asked.row
    _asked.frame, _asked.row = features, None
    try:
        yield
    finally:
        _asked.frame, _asked.row = before


def row_of(features: pd.DataFrame) -> Row | None:
    """Give the values of an only case by column; None of any other number of cases."""
    if len(features) != 1 or not features.shape[1]:
        return None
    is_shared = features is _asked.frame
    if is_shared and _asked.row is not None:
        return _asked.row
    row = dict(zip(features.columns.tolist(), features.iloc[0].tolist(), strict=True))
    if is_shared:
        _asked.row = row
    return row


def number_of(value: Any) -> float:
    """Read a number; missing is NaN."""
    if isinstance(value, _NUMBERS):
        return float(value)
    if value is None or value is pd.NA:
        return np.nan
    raise NotPlainError


def text_of(value: Any) -> str | None:
    """Read a category; missing is None."""
    if isinstance(value, str):
        return value
    if is_missing(value):
        return None
    raise NotPlainError  # 3 and 3.0 are told apart by the column's type


def is_missing(value: Any) -> bool:
    """Tell whether a value is missing."""
    if isinstance(value, np.ndarray):  # a vector that is there
        return False
    return value is None or value is pd.NA or value is pd.NaT or value != value


class OneCategory:
    """Codes of a category, as ``CategoryCodes`` and its kin give them.

    Parameters
    ----------
    number_of_value : mapping of str to int
    missing, other : int
        Codes of a missing value, and of one that is not known.
    """

    def __init__(self, number_of_value: Mapping[str, int], missing: int, other: int):
        self._number_of_value = number_of_value
        self._missing = missing
        self._other = other

    def __call__(self, value: Any) -> int:
        """Give the code."""
        text = text_of(value)
        return self._missing if text is None else self._number_of_value.get(text, self._other)


class Compiled:
    """What was learnt, once more as arrays and dictionaries that encode a single case.

    They are made when the first such case comes, and are not part of what is kept.
    """

    _compiled: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_compiled"}


class OneScaled:
    """Numbers put on their scales, all at once: the arithmetic of ``ScaledOneHot``.

    Parameters
    ----------
    scales : mapping of str to mapping
        ``median``, ``log``, ``mean`` and ``sd`` of each number.
    largest, clip : float
        Bounds before and after.
    """

    def __init__(self, scales: Mapping[str, Mapping[str, float]], largest: float, clip: float):
        self._names = list(scales)
        self._median, self._log, self._mean, self._sd = (
            np.array([scale[what] for scale in scales.values()], dtype=float)
            for what in ("median", "log", "mean", "sd")
        )
        self._skewed = np.flatnonzero(self._log)
        self._log = self._log[self._skewed]
        self._largest, self._clip = largest, clip

    def __call__(self, row: Row) -> tuple[np.ndarray, np.ndarray]:
        """Give the scaled numbers, and which of them are missing."""
        x = np.array([number_of(row[name]) for name in self._names], dtype=float)
        x = np.minimum(np.maximum(x, -self._largest), self._largest)
        missing = np.isnan(x)
        x = np.where(missing, self._median, x)
        if len(self._skewed):
            skewed = x[self._skewed]
            x[self._skewed] = np.sign(skewed) * np.log1p(np.abs(skewed) / self._log)
        z = (x - self._mean) / self._sd
        return np.minimum(np.maximum(z, -self._clip), self._clip), missing


class OneBinned:
    """The bin of a number, as ``Bins`` gives it.

    Parameters
    ----------
    cuts : sequence of float
        Ascending.
    zero : int or None
        The code of 0, where it has one of its own.
    missing : int
        The code of a missing value.
    """

    def __init__(self, cuts: Sequence[float], zero: int | None, missing: int):
        self._cuts = [float(cut) for cut in cuts]
        self._zero = zero
        self._missing = missing

    def __call__(self, value: Any) -> int:
        """Give the code."""
        x = number_of(value)
        if x != x:
            return self._missing
        if x == 0 and self._zero is not None:
            return self._zero
        return bisect_left(self._cuts, x)
