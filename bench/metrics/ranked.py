"""The steps of the ROC curve under many weightings: what every metric of ranks sums."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import sparse

from .weighted_sums import Weighted, is_itself, of_units, weighed


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of the ROC curve, highest score first: distinct scores that a positive case has.

    Parameters
    ----------
    here, above : ndarrays of shape (n_steps, n_draws)
        Weight of the step's positive cases, and of the negative cases with a higher score.  Counts
        are in int16, which holds any sum of them.
    tied : ndarray of shape (n_steps, n_draws), or None
        Weight of the negative cases with the same score; None where there are none.
    """

    here: np.ndarray
    above: np.ndarray
    tied: np.ndarray | None

    @cached_property
    def found(self) -> np.ndarray:
        """Weight of the positive cases of each step and of all before."""
        return accumulated(self.here.copy())

    @cached_property
    def read(self) -> np.ndarray:
        """Weight of all cases with the step's score or a higher one."""
        return self._read(self.found, slice(None))

    @cached_property
    def _blocks(self) -> tuple[int, np.ndarray, np.ndarray]:
        """Cut the steps into blocks.

        Gives their width, the weight found before each and in all, and the weight read until the
        end of each.
        """
        n_steps, n_draws = self.here.shape
        width = max(1, int(np.sqrt(n_steps)))
        n_whole = n_steps // width
        blocks = self.here[: n_whole * width].reshape(n_whole, width, n_draws)
        before = np.zeros((-(-n_steps // width) + 1, n_draws), self.here.dtype)
        blocks.sum(axis=1, dtype=before.dtype, out=before[1 : n_whole + 1])
        if n_whole * width < n_steps:
            self.here[n_whole * width :].sum(axis=0, dtype=before.dtype, out=before[-1])
        last = np.minimum(width * np.arange(1, len(before)), n_steps) - 1
        return width, accumulated(before), self._read(before[1:], last)

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
        # Draws reach the limit near each other, so that few blocks are looked at step by step.
        width, before, until_end = self._blocks
        block = (until_end < limit).sum(axis=0)
        start = width * int(min(block.min(), len(until_end) - 1))
        some = slice(start, min(width * (int(block.max()) + 1), n_steps))
        found = np.empty((some.stop - start + 1, len(limit)), self.here.dtype)
        found[0], found[1:] = before[start // width], self.here[some]
        accumulated(found)
        read = self._read(found[1:], some)
        step = (read < limit).sum(axis=0)
        inside = step < len(read)
        at, draws = np.minimum(step, len(read) - 1), np.arange(len(limit))
        to, above, until = read[at, draws], self.above[start + at, draws], found[1 + at, draws]
        earlier = found[step, draws]
        begin = above + earlier
        # Elsewhere the border lies among negative cases, or below the last positive one.
        inside &= limit > begin
        fraction = (limit - begin) / np.where(inside, to - begin, 1)
        return np.where(inside, earlier + fraction * (until - earlier), earlier)

    def _read(self, found: np.ndarray, steps: np.ndarray | slice) -> np.ndarray:
        read = found + self.above[steps]
        if self.tied is not None:
            read += self.tied[steps]
        return read


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
        return self._with(weighed(self._gather, weight))

    def by_unit(self, unit: np.ndarray, n_units: int) -> "Ranked":
        """Gather units instead of cases: draws of groups then cost less than of cases."""
        if is_itself(unit, n_units):
            return self
        return self._with(of_units(self._gather, unit, n_units))

    def joined(self) -> "Ranked":
        """Make one step of those that follow each other with no negative case between.

        The curve goes straight up there: the area beside it, and how many are found among so many,
        stay what they are.  The better a model, the longer are these runs.
        """
        n, starts = self._n_steps, self._gather.indptr
        n_negative = np.diff(starts)[n:].reshape(1 + self._has_ties, n)
        alone = n_negative[1] > 0 if self._has_ties else np.zeros(n, dtype=bool)
        begins = (n_negative[0] > 0) | alone
        begins[1:] |= alone[:-1]
        begins[:1] = True
        # Rows that are left out of a run hold nothing, or follow in place what they are added to.
        kept = np.append(starts[:-1].reshape(2 + self._has_ties, n)[:, begins].ravel(), starts[-1])
        shape = len(kept) - 1, self._gather.shape[1]
        joined = self._with(
            sparse.csr_matrix((self._gather.data, self._gather.indices, kept), shape)
        )
        joined._n_steps = int(begins.sum())
        return joined

    def _with(self, gather: sparse.csr_matrix) -> "Ranked":
        ranked = copy(self)
        ranked._gather = gather
        return ranked

    def sums(self, cases: Weighted) -> Steps:
        """Sum each step."""
        n = self._n_steps
        gathered = self._gathered(cases)
        here, above = gathered[:n], gathered[n : 2 * n]
        if not self._has_ties:
            return Steps(here, accumulated(above), None)
        tied = gathered[2 * n :]
        above[1:] += tied[:-1]
        return Steps(here, accumulated(above), tied)

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


def accumulated(rows: np.ndarray) -> np.ndarray:
    """Add up from the first row on, in place, shape (n_rows, n_draws).

    NumPy's ``cumsum`` down the rows walks column by column through memory; adding whole rows,
    first inside blocks and then block to block, is some ten times faster.
    """
    width = max(1, int(np.sqrt(len(rows))))
    whole = len(rows) // width * width
    blocks = rows[:whole].reshape(-1, width, rows.shape[1])
    columns = blocks.swapaxes(0, 1)
    for before, here in pairwise(columns):
        np.add(here, before, out=here)
    for before, here in pairwise(blocks):
        np.add(here, before[-1], out=here)
    for before, here in pairwise(rows[max(0, whole - 1) :]):
        np.add(here, before, out=here)
    return rows
