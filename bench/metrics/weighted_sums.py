"""Weighted sums over cases, under many weightings at once: what every metric is computed from.

A bootstrap resample is a weighting: how often each case was drawn.  The sums here take all
resamples in a few matrix products, and sort each prediction once.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse


@dataclass(frozen=True, eq=False)
class Weighted:
    """Outcomes and how much each case counts, in each of many draws.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
    weights : ndarray of float, shape (n_cases, n_draws)
        Not negative.  float32 holds counts exactly and is twice as fast.
    """

    y: np.ndarray
    weights: np.ndarray

    @cached_property
    def total(self) -> np.ndarray:
        """Weight of all cases, shape (n_draws,)."""
        return self.weights.sum(axis=0)

    @cached_property
    def positives(self) -> np.ndarray:
        """Weight of the positive cases, shape (n_draws,)."""
        return self.weights[self.y == 1].sum(axis=0)

    @cached_property
    def negatives(self) -> np.ndarray:
        """Weight of the negative cases, shape (n_draws,)."""
        return self.total - self.positives


class Evidence(Protocol):
    """What a metric sums: prepared once for a prediction, summed under any weighting."""

    def sums(self, cases: Weighted) -> np.ndarray | tuple[np.ndarray, ...]:
        """Sum under the weightings; the last axis is the draws."""


class Columns:
    """Plain sums of one or more numbers of each case, shape (n_columns, n_cases)."""

    def __init__(self, columns: np.ndarray) -> None:
        self.columns = columns

    def sums(self, cases: Weighted) -> np.ndarray:
        """Sum each column, shape (n_columns, n_draws)."""
        return self.columns.astype(cases.weights.dtype, copy=False) @ cases.weights


class Ranked:
    """Cases from the highest score down, gathered into the steps of the ROC curve.

    A step is a distinct score that some positive case has.  Between two of them no curve over
    ranks turns, so the negative cases there are added up before anything else is done.
    """

    def __init__(self, y: np.ndarray, p: np.ndarray) -> None:
        order = np.argsort(-p, kind="stable")
        yes = y[order] == 1
        group = np.cumsum(np.diff(p[order], prepend=p[order[:1]]) != 0)
        has_yes = np.bincount(group, weights=yes) > 0
        steps = np.flatnonzero(has_yes)
        self._n_steps = len(steps)
        step = np.searchsorted(steps, group)
        tied = has_yes[group] & ~yes
        self._has_ties = bool(tied.any())
        row = step + self._n_steps * np.where(yes, 0, np.where(tied, 2, 1))
        # Negative cases below the last positive one are counted in no step.
        kept = yes | (step < self._n_steps)
        self._gather = sparse.csr_matrix(
            (np.ones(kept.sum(), dtype=np.float32), (row[kept], order[kept])),
            shape=((2 + self._has_ties) * self._n_steps, len(y)),
        )

    def sums(self, cases: Weighted) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Sum each step, highest score first.

        Returns
        -------
        here, found, above, tied : ndarrays of shape (n_steps, n_draws)
            Weight of the step's positive cases, of these and all before, of the negative cases
            with a higher score, and of those with the same score.
        """
        n = self._n_steps
        gathered = self._gather @ cases.weights
        here, above = gathered[:n], gathered[n : 2 * n]
        found = accumulated(here.copy())
        if not self._has_ties:
            return here, found, accumulated(above), np.zeros((1, 1), dtype=here.dtype)
        tied = gathered[2 * n :]
        above[1:] += tied[:-1]
        return here, found, accumulated(above), tied


class Top:
    """The cases with the highest scores that make up a share of all weight."""

    def __init__(self, y: np.ndarray, p: np.ndarray, share: float) -> None:
        self._share = share
        self._order = np.argsort(-p, kind="stable")
        self._yes = (y[self._order] == 1).astype(np.float32)[:, None]
        self._last_of_tie = np.append(np.diff(p[self._order]) != 0, True)

    def sums(self, cases: Weighted) -> tuple[np.ndarray, np.ndarray]:
        """Sum the positive cases in the top share, and the share itself.

        The group of equal scores that holds the border counts with the fraction that fits in.

        Returns
        -------
        found, limit : ndarrays of shape (n_draws,)
        """
        limit = self._share * cases.total
        all_of = len(self._order)
        # Weights decide how many cases the share takes: read on until it is full in every draw.
        n_read = min(all_of, int(1.3 * self._share * all_of) + 20)
        while True:
            n_read = self._whole_ties(n_read)
            drawn = cases.weights[self._order[:n_read]]
            positive = accumulated(drawn * self._yes[:n_read].astype(drawn.dtype))
            drawn = accumulated(drawn)
            if n_read == all_of or (drawn[-1] >= limit).all():
                break
            n_read = min(all_of, 2 * n_read)
        ends = np.flatnonzero(self._last_of_tie[:n_read])
        drawn, positive = drawn[ends], positive[ends]
        border = np.minimum((drawn < limit).sum(axis=0), len(ends) - 1)[None]
        weight_to, found_to = (np.take_along_axis(a, border, 0)[0] for a in (drawn, positive))
        weight_before, found_before = (
            np.where(border[0] > 0, np.take_along_axis(a, np.maximum(border - 1, 0), 0)[0], 0)
            for a in (drawn, positive)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            fraction = (limit - weight_before) / (weight_to - weight_before)
        return found_before + fraction * (found_to - found_before), limit

    def _whole_ties(self, n_read: int) -> int:
        return n_read + int(np.argmax(self._last_of_tie[n_read - 1 :]))


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
