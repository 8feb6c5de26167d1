"""Weighted sums over cases, under many weightings at once: what every metric is computed from.

A bootstrap resample is a weighting: how often each unit (a case, or a group of them) was drawn.
The sums here take all resamples in a few matrix products, and sort each prediction once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
from scipy import sparse


@dataclass(frozen=True, eq=False)
class Weighted:
    """Units, and how much each counts in each of many draws.

    Parameters
    ----------
    n_cases, n_positive : ndarray, shape (n_units,)
        Cases of each unit, and those of them that are positive.
    weights : ndarray of float, shape (n_units, n_draws)
        Not negative.  Those in float32 are counts, which it holds exactly, twice as fast.
    """

    n_cases: np.ndarray
    n_positive: np.ndarray
    weights: np.ndarray

    @cached_property
    def counts(self) -> np.ndarray | None:
        """The weights in int16, where they are counts and no sum of them is too large for it."""
        if self.weights.dtype != np.float32 or self.total.max(initial=0) > np.iinfo(np.int16).max:
            return None
        return self.weights.astype(np.int16)

    @cached_property
    def _sums(self) -> np.ndarray:
        # Of negative cases not as a difference of the sums: where there are none it must be 0.
        columns = np.stack([self.n_cases, self.n_positive, self.n_cases - self.n_positive])
        return columns.astype(self.weights.dtype) @ self.weights  # in one walk over the weights

    @property
    def total(self) -> np.ndarray:
        """Weight of all cases, shape (n_draws,)."""
        return self._sums[0]

    @property
    def positives(self) -> np.ndarray:
        """Weight of the positive cases, shape (n_draws,)."""
        return self._sums[1]

    @property
    def negatives(self) -> np.ndarray:
        """Weight of the negative cases, shape (n_draws,)."""
        return self._sums[2]


class Evidence(Protocol):
    """What a metric sums: prepared once for a prediction, summed under any weighting."""

    def weighed(self, weight: np.ndarray) -> Self:
        """Let each case stand for as many as its weight, shape (n_cases,), says."""

    def by_unit(self, unit: np.ndarray, n_units: int) -> Self:
        """Sum over units instead of cases; ``unit`` numbers that of each case."""

    def sums(self, cases: Weighted) -> Any:
        """Sum under many weightings; the last axis of all arrays is the draws."""


class Columns:
    """Plain sums of one or more numbers of each case.

    Parameters
    ----------
    columns : ndarray, shape (n_columns, n_cases)
    """

    def __init__(self, columns: np.ndarray) -> None:
        self.columns = columns

    def weighed(self, weight: np.ndarray) -> "Columns":
        """Multiply each case's numbers by its weight."""
        return Columns(self.columns * weight)

    def by_unit(self, unit: np.ndarray, n_units: int) -> "Columns":
        """Add the columns of each unit's cases up."""
        if is_itself(unit, n_units):
            return self
        return Columns(np.stack([np.bincount(unit, row, n_units) for row in self.columns]))

    def sums(self, cases: Weighted) -> np.ndarray:
        """Sum each column, shape (n_columns, n_draws)."""
        return self.columns @ cases.weights


class Bins:
    """Sums of a number of each case by the bin that the case is in.

    Parameters
    ----------
    columns : csr_matrix, shape (n_bins, n_cases)
    """

    def __init__(self, columns: sparse.csr_matrix) -> None:
        self.columns = columns

    @classmethod
    def of(cls, values: np.ndarray, bin_of: np.ndarray, n_bins: int) -> "Bins":
        """Put each value into its bin; both of shape (n_cases,)."""
        order = np.argsort(bin_of.astype(np.int16), kind="stable")
        starts = np.cumsum([0, *np.bincount(bin_of, minlength=n_bins)])
        return cls(sparse.csr_matrix((values[order], order, starts), (n_bins, len(values))))

    def weighed(self, weight: np.ndarray) -> "Bins":
        """Multiply each case's number by its weight."""
        return Bins(weighed(self.columns, weight))

    def by_unit(self, unit: np.ndarray, n_units: int) -> "Bins":
        """Add up what each unit's cases have in a bin."""
        return self if is_itself(unit, n_units) else Bins(of_units(self.columns, unit, n_units))

    def sums(self, cases: Weighted) -> np.ndarray:
        """Sum each bin, shape (n_bins, n_draws)."""
        return self.columns @ cases.weights


def weighed(rows: sparse.csr_matrix, weight: np.ndarray) -> sparse.csr_matrix:
    """Multiply each column, a case, by its weight."""
    return sparse.csr_matrix(
        (rows.data * weight[rows.indices], rows.indices, rows.indptr), rows.shape
    )


def of_units(rows: sparse.csr_matrix, unit: np.ndarray, n_units: int) -> sparse.csr_matrix:
    """Add the columns, cases, of each unit up."""
    found = sparse.csr_matrix(
        (rows.data.copy(), unit[rows.indices], rows.indptr.copy()), (rows.shape[0], n_units)
    )
    found.sum_duplicates()
    return found


def is_itself(unit: np.ndarray, n_units: int) -> bool:
    """Tell whether each unit is a case."""
    return np.array_equal(unit, np.arange(n_units))
