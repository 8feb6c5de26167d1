"""Plain sums of many entries in many draws, in as few matrix products as there can be."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from .weighted_sums import Bins, Columns, Weighted

# A number costs about seven times as much in a sparse product as in a dense one.
_CROWDED = 0.15


class JoinedSums:
    """The sums of several, made together.

    A product walks over all weights, which costs more than the few rows of one entry.  Draws are
    counts: single precision is enough for sums of them, and twice as fast.

    Parameters
    ----------
    groups : sequence of sequence of Columns or Bins
        Of the same units.
    """

    def __init__(self, groups: Sequence[Sequence[Columns | Bins]]) -> None:
        heights = [sum(part.columns.shape[0] for part in group) for group in groups]
        self._ends = np.cumsum(heights, dtype=int)
        dense, thin, in_dense, in_thin, start = [], [], [], [], 0
        for part in (part for group in groups for part in group):
            columns, rows = part.columns, start + np.arange(part.columns.shape[0])
            start += len(rows)
            if isinstance(part, Bins):
                share = np.diff(columns.indptr) / columns.shape[1]
                few = (share > 0) & (share <= _CROWDED)
                thin.append(columns[few].astype(np.float32))
                in_thin.append(rows[few])
                columns, rows = columns[share > _CROWDED].toarray(), rows[share > _CROWDED]
            dense.append(columns.astype(np.float32))
            in_dense.append(rows)
        self._products = [
            (join(of_parts), np.concatenate(rows))
            for join, of_parts, rows in (
                (np.concatenate, dense, in_dense),
                # By column, each weight is read from memory once.
                (lambda of_parts: sparse.vstack(of_parts, "csc"), thin, in_thin),
            )
            if of_parts
        ]

    def sums(self, cases: Weighted) -> list[np.ndarray]:
        """Sum them all: of each group an array of shape (n_rows, n_draws)."""
        sums = np.zeros((self._ends[-1], cases.weights.shape[1]), cases.weights.dtype)
        for columns, rows in self._products:
            sums[rows] = columns @ cases.weights
        return np.split(sums, self._ends[:-1])
