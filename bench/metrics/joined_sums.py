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
        dense, in_dense, binned, in_binned, start = [], [], [], [], 0
        for part in (part for group in groups for part in group):
            rows = np.arange(start, start + part.columns.shape[0])
            start += len(rows)
            parts, places = (dense, in_dense) if isinstance(part, Columns) else (binned, in_binned)
            parts.append(part.columns)
            places.append(rows)
        self._products: list[tuple[np.ndarray | sparse.csc_matrix, np.ndarray]] = []
        if binned:
            bins, places = sparse.vstack(binned, "csr", np.float32), np.concatenate(in_binned)
            share = np.diff(bins.indptr) / bins.shape[1]
            crowded, thin = share > _CROWDED, (share > 0) & (share <= _CROWDED)
            dense.append(bins[crowded].toarray())
            in_dense.append(places[crowded])
            # By column, each weight is read from memory once.
            self._products.append((bins[thin].tocsc(), places[thin]))
        if dense:
            self._products.append(
                (np.concatenate(dense, dtype=np.float32), np.concatenate(in_dense))
            )

    def sums(self, cases: Weighted) -> list[np.ndarray]:
        """Sum them all: of each group an array of shape (n_rows, n_draws)."""
        sums = np.zeros((self._ends[-1], cases.weights.shape[1]), cases.weights.dtype)
        for columns, rows in self._products:
            sums[rows] = columns @ cases.weights
        return np.split(sums, self._ends[:-1])
