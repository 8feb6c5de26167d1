"""Columns of a table as numbers that a generator can learn, and the way back to columns.

A number is its normal score: the quantile of the normal distribution that has its rank.  Whatever
else a column holds, and whether a number is missing, are levels, coded by how common they are.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype
from scipy import stats

from ..cases import is_numeric, numbers


@dataclass(frozen=True, eq=False)
class Levels:
    """The levels of a column: their codes, shape (n_cases,), and their shares, common ones first.

    ``column`` has a row of each level.
    """

    codes: np.ndarray
    shares: np.ndarray
    column: pd.Series

    @classmethod
    def of(cls, column: pd.Series) -> "Levels":
        """Find the levels of a column; missing values are one."""
        codes = pd.factorize(column, use_na_sentinel=False)[0]
        counts = np.bincount(codes)
        order = np.argsort(-counts, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        first = np.unique(codes, return_index=True)[1][order]
        return cls(rank[codes], counts[order] / len(codes), column.iloc[first])

    def scores(self) -> np.ndarray:
        """Give each case the normal score in the middle of its level's share."""
        upper = np.cumsum(self.shares)
        return stats.norm.ppf(upper - self.shares / 2)[self.codes]

    def at(self, u: np.ndarray) -> np.ndarray:
        """Give the codes at quantiles."""
        return np.minimum(np.searchsorted(np.cumsum(self.shares), u), len(self.shares) - 1)

    def values(self, codes: np.ndarray) -> pd.Series:
        """Give the values that codes stand for, in the column's type."""
        return self.column.iloc[codes].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Numbers:
    """A numeric column: its values in order, and what of it is missing, None where nothing is."""

    column: pd.Series
    known: np.ndarray
    missing: Levels | None

    @classmethod
    def of(cls, column: pd.Series) -> "Numbers":
        """Look at a column."""
        x = numbers(column)
        is_missing = np.isnan(x)
        return cls(
            column, np.sort(x[~is_missing]), Levels.of(pd.Series(is_missing)) if is_missing.any()
            else None,
        )  # fmt: skip

    def scores(self) -> np.ndarray:
        """Give the normal scores, of equal values that of their middle rank; 0 of missing ones."""
        x = numbers(self.column)
        low, high = (np.searchsorted(self.known, x, side) for side in ("left", "right"))
        u = (low + high) / (2 * max(len(self.known), 1))
        return np.where(np.isnan(x), 0.0, stats.norm.ppf(np.where(np.isnan(x), 0.5, u)))

    def values(self, u: np.ndarray, is_missing: np.ndarray) -> pd.Series:
        """Give the values at quantiles, in the column's type.

        Whole numbers are values that there are; others may lie between two that there are.
        """
        n = len(self.known)
        if not n:
            return self.column.iloc[np.zeros(len(u), dtype=int)].reset_index(drop=True)
        if (self.known == np.rint(self.known)).all():
            x = self.known[np.minimum((u * n).astype(int), n - 1)]
        else:
            x = np.interp(u * n - 0.5, np.arange(n), self.known)
        return pd.Series(np.where(is_missing, np.nan, x)).astype(self.column.dtype)


def looked_at(features: pd.DataFrame) -> dict[str, Numbers | Levels]:
    """Look at all columns, by name: in an order that is not the table's."""
    return {
        name: Numbers.of(features[name])
        if is_numeric(features[name]) and not is_bool_dtype(features[name])
        else Levels.of(features[name])
        for name in sorted(features)
    }
