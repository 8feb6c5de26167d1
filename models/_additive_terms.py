"""AdditiveTerms: what features and pairs add to the log odds, as tables over their bins."""

from collections.abc import Sequence

import numpy as np


class AdditiveTerms:
    """A sum of step functions of one feature each and of maps of pairs.

    Parameters
    ----------
    cuts : sequence of ndarray
        Of each column, ascending; a value falls into the bin above the cuts that it reaches.
    terms : sequence of tuple of int
        The columns of each term.
    tables : sequence of ndarray
        What each term adds, an axis a column: first for missing values, then for each bin.
    intercept : float
    """

    def __init__(
        self,
        cuts: Sequence[np.ndarray],
        terms: Sequence[tuple[int, ...]],
        tables: Sequence[np.ndarray],
        intercept: float,
    ):
        self.cuts = list(cuts)
        self.terms = [tuple(int(column) for column in term) for term in terms]
        self.tables = list(tables)
        self.intercept = intercept

    def log_odds(self, x: np.ndarray) -> np.ndarray:
        """Add the terms up for each case of ``x``, shape (n_cases, n_columns)."""
        bins = [
            np.where(np.isnan(column), 0, np.searchsorted(cuts, column, side="right") + 1)
            for column, cuts in zip(x.T, self.cuts, strict=True)
        ]
        total = np.full(len(x), self.intercept)
        for term, table in zip(self.terms, self.tables, strict=True):
            total += table[tuple(bins[column] for column in term)]
        return total
