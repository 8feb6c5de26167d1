"""Fit cases of which most are on disk, as a model learns from them: a column or a block at a time.

A model learns from them that has a method ``fit_blocks(blocks, *, valid, valid_weight=None)``: like
``Model.fit`` with ``FitBlocks`` in the place of cases, outcomes and weights.  It must learn what
``fit`` would of the same cases, up to rounding and to what its documentation states.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .cases import Cases, coded, is_numeric
from .stored_cases import MISSING_CODE, StoredCases

_BLOCK = 65_536


class Counted(NamedTuple):
    """How many cases of either outcome hold each value of a category: a line each.

    As values, outcomes and weights they teach whatever takes weights what all cases would.
    """

    column: pd.Series
    y: np.ndarray
    weight: np.ndarray


class FitBlocks:
    """The fit cases of a split: some in memory, and after them some of those on disk.

    Parameters
    ----------
    cases : Cases
        Those in memory.
    y : ndarray of int8
        Their outcomes.
    stored : StoredCases
        Of the same columns.
    rows : ndarray of int, optional
        Those of the stored cases that may be learnt from, ascending; all by default.
    weight : ndarray of float, optional
        For how many cases each in memory stands; those on disk then say it, too.

    Attributes
    ----------
    target : ndarray of int8, shape (n_cases,)
    weight : ndarray of float, shape (n_cases,), or None
        Of all, those in memory first.
    held_weight : ndarray of float, or None
        Of those in memory.
    """

    def __init__(
        self,
        cases: Cases,
        y: np.ndarray,
        stored: StoredCases,
        rows: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> None:
        self._features, self._stored, self._rows = cases.features, stored, rows
        self.cases, self.y = cases, y
        n_stored = stored.n_cases if rows is None else len(rows)
        self.n_cases = len(y) + n_stored
        further = stored.target if rows is None else stored.target[rows]
        self.target = np.concatenate([y, further]).astype(np.int8)
        self.held_weight = self.weight = weight
        if weight is not None:
            of_further = stored.weight if rows is None else stored.weight[rows]
            self.weight = np.concatenate([weight, of_further])
        self._values: dict[str, list[str]] = {}
        self._codes: dict[str, np.ndarray] = {}
        for name, values in stored.values.items():
            code_of = {value: code for code, value in enumerate(values)}
            for value in self._features[name].dropna().unique():
                code_of.setdefault(str(value), len(code_of))
            self._values[name] = list(code_of)
            self._codes[name] = coded(
                self._features[name], code_of, missing=MISSING_CODE, other=MISSING_CODE
            )

    def __len__(self) -> int:
        return self.n_cases

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return list(self._features)

    def is_category(self, name: str) -> bool:
        """Tell whether a column is a category."""
        return name in self._values

    def values(self, name: str) -> list[str]:
        """Give the values that the codes of a category number."""
        return self._values[name]

    def array(self, name: str, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Give a column's numbers, float64, or codes, int32: -1 where missing, shape (n,).

        Parameters
        ----------
        name : str
        start, stop : int, optional
            Which cases; all by default.
        """
        stop = self.n_cases if stop is None else stop
        held = len(self.y)
        if name in self._values:
            first = self._codes[name][start:stop].astype(np.int32)
        else:
            column = self._features[name].iloc[start:stop]
            first = column.to_numpy(dtype=float, na_value=np.nan)
        low, high = max(start - held, 0), max(stop - held, 0)
        if low >= high:
            return first
        if self._rows is None:
            return np.concatenate([first, self._stored.read(name, low, high)])
        rows = self._rows[low:high]
        read = self._stored.read(name, int(rows[0]), int(rows[-1]) + 1)
        return np.concatenate([first, read[rows - rows[0]]])

    def column(self, name: str, start: int = 0, stop: int | None = None) -> pd.Series:
        """Give a column as ``Cases`` would hold it; see ``array``."""
        return self._as_column(name, self.array(name, start, stop))

    def _as_column(self, name: str, values: np.ndarray) -> pd.Series:
        if name in self._values:
            return pd.Series(pd.Categorical.from_codes(values, self._values[name]), name=name)
        return pd.Series(values, name=name)

    def counted(self, name: str, chosen: np.ndarray | None = None) -> Counted:
        """Count the values of a category by outcome and weight, among all cases or some.

        Parameters
        ----------
        name : str
        chosen : ndarray of bool, shape (n_cases,), optional
        """
        codes, y, weight = self.array(name), self.target, self.weight
        if chosen is not None:
            codes, y = codes[chosen], y[chosen]
            weight = None if weight is None else weight[chosen]
        n_values = len(self._values[name])
        of_missing = n_values  # stands last
        cells = np.where(codes == MISSING_CODE, of_missing, codes) * 2 + y
        counts = np.bincount(cells, weight, minlength=2 * (n_values + 1))
        held = np.flatnonzero(counts)
        named = [*self._values[name], None]
        column = self.as_texts(name, [named[value] for value in held // 2])
        return Counted(column, held % 2, counts[held].astype(float))

    def as_texts(self, name: str, values: Sequence[str | None]) -> pd.Series:
        """Give values of a category as a column."""
        return pd.Series(values, dtype="str", name=name)

    def take(self, rows: np.ndarray) -> pd.DataFrame:
        """Give the features of some cases, in that order."""
        held = len(self.y)
        in_memory = rows < held
        on_disk = rows[~in_memory] - held
        if self._rows is not None:
            on_disk = self._rows[on_disk]
        taken = {}
        for name in self.names:
            kind = np.int32 if name in self._values else float
            values = np.empty(len(rows), kind)
            first = self.array(name, 0, held)
            values[in_memory] = first[rows[in_memory]]
            if len(on_disk):
                values[~in_memory] = self._stored.take(name, on_disk)
            taken[name] = self._as_column(name, values)
        return pd.DataFrame(taken, index=pd.RangeIndex(len(rows)))

    def block(self, start: int, stop: int) -> pd.DataFrame:
        """Give the features of neighbouring cases."""
        columns = {name: self.column(name, start, stop) for name in self.names}
        return pd.DataFrame(columns, index=pd.RangeIndex(stop - start))

    def look_alike(self) -> np.ndarray:
        """Number the cases by what they look like, as ``categories.look_alike`` does."""
        hashed = [
            pd.util.hash_pandas_object(self.block(*ends), index=False).to_numpy()
            for ends in self.bounds()
        ]
        return pd.factorize(np.concatenate(hashed))[0]

    def bounds(self, size: int = _BLOCK) -> Iterator[tuple[int, int]]:
        """Give where blocks of at most so many cases begin and end."""
        for start in range(0, self.n_cases, size):
            yield start, min(start + size, self.n_cases)


def learns_from_blocks(model: object) -> bool:
    """Tell whether a model, or a class of models, can learn from cases on disk."""
    return callable(getattr(model, "fit_blocks", None))


def same_columns(features: pd.DataFrame, stored: StoredCases) -> bool:
    """Tell whether cases have the columns of stored ones, each of the same kind."""
    return tuple(features) == stored.names and all(
        is_numeric(features[name]) != (name in stored.values) for name in features
    )
