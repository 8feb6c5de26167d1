"""Weighted sums over cases, under many weightings at once: what every metric is computed from.

A bootstrap resample is a weighting: how often each unit (a case, or a group of them) was drawn.
The sums here take all resamples in a few matrix products, and sort each prediction once.
"""

from bisect import bisect_left
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

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

    def sums(self, cases: Weighted) -> "np.ndarray | Steps":
        """Sum under many weightings; the last axis is the draws."""


class Columns:
    """Plain sums of one or more numbers of each case.

    Parameters
    ----------
    columns : ndarray, shape (n_columns, n_cases)
    place : ndarray of int, shape (n_columns,), optional
        The rows of the sums that they give, of ``n_rows``; the others are 0.  All in this order
        where not given.
    n_rows : int, optional
    """

    def __init__(
        self, columns: np.ndarray, place: np.ndarray | None = None, n_rows: int | None = None
    ) -> None:
        self.columns = columns
        self.place = np.arange(len(columns)) if place is None else place
        self.n_rows = len(columns) if n_rows is None else n_rows

    @classmethod
    def below_each_other(cls, parts: Sequence["Columns"]) -> "Columns":
        """Put the sums of several below each other."""
        starts = np.cumsum([0, *(part.n_rows for part in parts)])
        return cls(
            np.concatenate([part.columns for part in parts]),
            np.concatenate(
                [start + part.place for start, part in zip(starts, parts, strict=False)]
            ),
            int(starts[-1]),
        )

    def _with(self, columns: np.ndarray) -> "Columns":
        return Columns(columns, self.place, self.n_rows)

    def weighed(self, weight: np.ndarray) -> "Columns":
        """Multiply each case's numbers by its weight."""
        return self._with(self.columns * weight)

    def by_unit(self, unit: np.ndarray, n_units: int) -> "Columns":
        """Add the columns of each unit's cases up."""
        if _is_itself(unit, n_units):
            return self
        return self._with(np.stack([np.bincount(unit, row, n_units) for row in self.columns]))

    def in_single_precision(self) -> "Columns":
        """Give the same numbers in float32."""
        return self._with(self.columns.astype(np.float32))

    def sums(self, cases: Weighted) -> np.ndarray:
        """Sum each column, shape (n_rows, n_draws)."""
        sums = self.columns @ cases.weights
        if len(sums) == self.n_rows:
            return sums
        of_all = np.zeros((self.n_rows, sums.shape[1]), sums.dtype)
        of_all[self.place] = sums
        return of_all


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of the ROC curve, highest score first: distinct scores that a positive case has.

    Parameters
    ----------
    here, found, above : ndarrays of shape (n_steps, n_draws)
        Weight of the step's positive cases, of these and all before, and of the negative cases
        with a higher score.  Counts are in int16, which holds any sum of them.
    tied : ndarray of shape (n_steps, n_draws), or None
        Weight of the negative cases with the same score; None where there are none.
    """

    here: np.ndarray
    found: np.ndarray
    above: np.ndarray
    tied: np.ndarray | None

    @cached_property
    def read(self) -> np.ndarray:
        """Weight of all cases with the step's score or a higher one."""
        read = self.found + self.above
        if self.tied is not None:
            read += self.tied
        return read

    def found_in(self, limit: np.ndarray) -> np.ndarray:
        """Sum the positive cases among those with the highest scores.

        Cases of equal score at the border count with the fraction that fits in.

        Parameters
        ----------
        limit : ndarray, shape (n_draws,)
            Weight of the cases that are looked at.

        Returns
        -------
        ndarray, shape (n_draws,)
        """
        n_steps = len(self.here)
        if n_steps == 0:
            return np.zeros_like(limit)
        step = self._first_reaching(limit)
        at, before = np.minimum(step, n_steps - 1)[None], np.maximum(step - 1, 0)[None]
        to, above, found = (
            np.take_along_axis(of_steps, at, 0)[0]
            for of_steps in (self.read, self.above, self.found)
        )
        earlier = np.where(step > 0, np.take_along_axis(self.found, before, 0)[0], 0)
        start = above + earlier
        # Elsewhere the border lies among negative cases, or below the last positive one.
        inside = (step < n_steps) & (limit > start)
        fraction = (limit - start) / np.where(inside, to - start, 1)
        return np.where(inside, earlier + fraction * (found - earlier), earlier)

    def _first_reaching(self, limit: np.ndarray) -> np.ndarray:
        """Number the first step at which the limit is reached; ``n_steps`` where none does."""
        # No draw reaches it before the one of these steps, every draw has at the other.
        begin = bisect_left(
            range(len(self.read)), True, key=lambda s: (self.read[s] >= limit).any()
        )
        end = bisect_left(range(len(self.read)), True, key=lambda s: (self.read[s] >= limit).all())
        return begin + (self.read[begin:end] < limit).sum(axis=0)


class Ranked:
    """Cases from the highest score down, gathered into the steps of the ROC curve.

    Between two steps no curve over ranks turns, so the negative cases there are added up before
    anything else is done.
    """

    def __init__(self, y: np.ndarray, p: np.ndarray) -> None:
        order = np.argsort(-p)
        yes = y[order] == 1
        group = np.cumsum(np.diff(p[order], prepend=p[order[:1]]) != 0)
        has_yes = np.bincount(group, weights=yes) > 0
        self._n_steps = int(has_yes.sum())
        step = (np.cumsum(has_yes) - has_yes)[group]
        tied = has_yes[group] & ~yes
        self._has_ties = bool(tied.any())
        row = step + self._n_steps * np.where(yes, 0, np.where(tied, 2, 1))
        # Negative cases below the last positive one are counted in no step.
        kept = yes | (step < self._n_steps)
        self._gather = sparse.csr_matrix(
            (np.ones(kept.sum(), dtype=np.float32), (row[kept], order[kept])),
            shape=((2 + self._has_ties) * self._n_steps, len(y)),
        )

    def weighed(self, weight: np.ndarray) -> "Ranked":
        """Gather each case as often as its weight says."""
        of_weights, cases = copy(self), self._gather
        of_weights._gather = sparse.csr_matrix(
            (cases.data * weight[cases.indices], cases.indices, cases.indptr), shape=cases.shape
        )
        return of_weights

    def by_unit(self, unit: np.ndarray, n_units: int) -> "Ranked":
        """Gather units instead of cases: draws of groups then cost less than of cases."""
        if _is_itself(unit, n_units):
            return self
        of_units, cases = copy(self), self._gather
        of_units._gather = sparse.csr_matrix(
            (cases.data.copy(), unit[cases.indices], cases.indptr.copy()),
            shape=(cases.shape[0], n_units),
        )
        of_units._gather.sum_duplicates()
        return of_units

    def sums(self, cases: Weighted) -> Steps:
        """Sum each step."""
        n = self._n_steps
        gathered = self._gathered(cases)
        here, above = gathered[:n], gathered[n : 2 * n]
        found = accumulated(here.copy())
        if not self._has_ties:
            return Steps(here, found, accumulated(above), None)
        tied = gathered[2 * n :]
        above[1:] += tied[:-1]
        return Steps(here, found, accumulated(above), tied)

    def _gathered(self, cases: Weighted) -> np.ndarray:
        # Memory is what it costs: half as wide numbers take half the time.
        # Weighed cases, in double precision, are no counts.
        if cases.counts is None or self._gather.dtype != np.float32:
            return self._gather @ cases.weights
        return self._narrow @ cases.counts

    @cached_property
    def _narrow(self) -> sparse.csr_matrix:
        wide = self._gather
        return sparse.csr_matrix(
            (wide.data.astype(np.int16), wide.indices, wide.indptr), shape=wide.shape
        )


def _is_itself(unit: np.ndarray, n_units: int) -> bool:
    """Tell whether each unit is a case."""
    return np.array_equal(unit, np.arange(n_units))


def accumulated(rows: np.ndarray) -> np.ndarray:
    """Add up from the first row on, in place, shape (n_rows, n_draws).

    NumPy's ``cumsum`` down the rows walks column by column through memory; adding whole rows,
    first inside blocks and then block to block, is some ten times faster.
    """
    width = max(1, int(np.sqrt(len(rows))))
    whole = len(rows) // width * width
    blocks = rows[:whole].reshape(-1, width, rows.shape[1])
    for i in range(1, width):
        blocks[:, i] += blocks[:, i - 1]
    for i in range(1, len(blocks)):
        blocks[i] += blocks[i - 1, -1]
    for i in range(max(1, whole), len(rows)):
        rows[i] += rows[i - 1]
    return rows
