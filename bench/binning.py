"""Bins of columns learnt on fit cases, and the event view of a table that is made of them."""

from collections.abc import Callable
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier

from .cases import is_numeric, numbers
from .categories import MISSING, CategoryCodes
from .events import Events
from .one_case import Compiled, NotPlainError, OneBinned, OneCategory, Row, row_of

Cuts = Callable[[np.ndarray, np.ndarray, int, np.ndarray | None], np.ndarray]


class Bins(Compiled, BaseEstimator):
    """Every column as a few codes, with bins of their own for missing values and frequent zeros.

    Parameters
    ----------
    n_bins : int, default=6
        Most bins of a numeric column, besides those for zero and missing.
    cuts : {"tree", "quantile"} or callable, default="quantile"
        ``"tree"`` cuts where a decision tree on this one column would (needs ``y``);
        ``"quantile"`` cuts at equal shares of the cases.  A callable is given a column's known
        numbers, their outcomes, ``n_bins`` and the weights of the cases, None without, and gives
        the cuts in ascending order.
    n_categories : int, default=12
        Most values of a categorical column; the rest share one code.
    """

    def __init__(self, n_bins: int = 6, cuts: str | Cuts = "quantile", n_categories: int = 12):
        self.n_bins = n_bins
        self.cuts = cuts
        self.n_categories = n_categories

    def fit(
        self,
        features: pd.DataFrame,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Learn the cuts and the categories; equal shares of the cases are of rows.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        y : ndarray, optional
            Not looked at.
        weight : ndarray, shape (n_cases,), optional
            How many cases each stands for.
        """
        self._compiled = None
        self.names_ = list(features.columns)
        self.cuts_: dict[str, np.ndarray] = {}
        self.zero_: dict[str, bool] = {}
        self.categories_: dict[str, CategoryCodes] = {}
        self.labels_: list[list[str]] = []
        for name, column in features.items():
            if is_numeric(column):
                x = numbers(column)
                # Zero spent, zero pages, zero days: a state of its own rather than a small number.
                self.zero_[name] = bool((x == 0).mean() > 0.05 and len(np.unique(x)) > 2)
                known = ~np.isnan(x) & ~(self.zero_[name] & (x == 0))
                seen = (None if of is None else of[known] for of in (y, weight))
                self.cuts_[name] = self._learn_cuts(x[known], *seen)
                self.labels_.append(self._name_bins(name))
            else:
                codes = CategoryCodes(most=self.n_categories, share=0.005).fit(column, weight)
                self.categories_[name] = codes
                self.labels_.append(codes.labels_)
        self.n_values_ = np.array([len(labels) for labels in self.labels_], dtype=np.int64)
        return self

    def _learn_cuts(
        self, x: np.ndarray, y: np.ndarray | None, weight: np.ndarray | None
    ) -> np.ndarray:
        if len(x) == 0:
            return np.empty(0)
        if callable(self.cuts):
            return self.cuts(x, y, self.n_bins, weight)
        if self.cuts == "tree" and y is not None:
            leaf = max(20, len(x) // 100)
            tree = DecisionTreeClassifier(
                max_leaf_nodes=self.n_bins, min_samples_leaf=leaf, random_state=0
            )
            tree.fit(x[:, None], y, weight)
            return np.sort(tree.tree_.threshold[tree.tree_.feature == 0])
        shares = np.linspace(0, 1, self.n_bins + 1)[1:-1]
        cuts = np.unique(np.quantile(x, shares, method="inverted_cdf"))
        return cuts[cuts < x.max()]

    def _name_bins(self, name: str) -> list[str]:
        cuts = self.cuts_[name]
        # As few digits as tell the cuts apart, four at least; seventeen always do.
        edges = next(
            texts
            for digits in range(4, 18)
            if len(set(texts := [f"{cut:.{digits}g}" for cut in cuts])) == len(cuts)
        )
        if not edges:
            ranges = ["not 0" if self.zero_[name] else "any"]
        else:
            between = [f"{low} to {high}" for low, high in zip(edges, edges[1:], strict=False)]
            ranges = [f"<= {edges[0]}", *between, f"> {edges[-1]}"]
        return [*ranges, "0", MISSING] if self.zero_[name] else [*ranges, MISSING]

    def transform(self, features: pd.DataFrame) -> np.ndarray:
        """Give codes below ``n_values_``, shape (n_cases, n_features), int32.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        """
        row = row_of(features)
        if row is not None:
            try:
                return self.of_row(row)
            except NotPlainError:
                pass
        codes = np.empty((len(features), len(self.names_)), dtype=np.int32)
        for j, name in enumerate(self.names_):
            if name in self.categories_:
                codes[:, j] = self.categories_[name].transform(features[name])
                continue
            x = numbers(features[name])
            codes[:, j] = np.searchsorted(self.cuts_[name], x, side="left")
            if self.zero_[name]:
                codes[x == 0, j] = len(self.cuts_[name]) + 1
            codes[np.isnan(x), j] = self.n_values_[j] - 1
        return codes

    def of_row(self, row: Row) -> np.ndarray:
        """Give the codes of a single case, shape (1, n_features), int32.

        Parameters
        ----------
        row : mapping of str to object
            Its values by column.

        Raises
        ------
        NotPlainError
            If a value is none that can be read without pandas.
        """
        if self._compiled is None:
            self._compiled = [
                (name, self._one(number, name)) for number, name in enumerate(self.names_)
            ]
        return np.array([[code_of(row[name]) for name, code_of in self._compiled]], np.int32)

    def _one(self, number: int, name: str) -> OneCategory | OneBinned:
        if name in self.categories_:
            return self.categories_[name].of_one()
        cuts = self.cuts_[name]
        zero = len(cuts) + 1 if self.zero_[name] else None
        return OneBinned(cuts, zero, int(self.n_values_[number]) - 1)


class ColumnTokens(BaseEstimator):
    """The derived event view of a table: each column's bin as one event, in column order.

    Every case gets one event a column, with the kind ``"column=bin"`` and no gap, so that sequence
    models run on tasks that have no events.
    """

    def fit(self, features: pd.DataFrame, y: np.ndarray | None = None) -> Self:
        """Learn the bins; never looks at outcomes.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        y : ndarray, optional
            Not looked at.
        """
        self.bins_ = Bins(n_bins=8, cuts="quantile").fit(features)
        self.starts_ = np.concatenate([[0], np.cumsum(self.bins_.n_values_)[:-1]]).astype(np.int32)
        pairs = zip(self.bins_.names_, self.bins_.labels_, strict=True)
        self.kinds_ = tuple(f"{name}={label}" for name, labels in pairs for label in labels)
        return self

    def transform(self, features: pd.DataFrame) -> Events:
        """Give the events, ``n_features`` for every case.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        """
        if not self.kinds_:
            return Events.none(len(features))
        codes = (self.bins_.transform(features) + self.starts_).astype(np.int32)
        n_cases, n_columns = codes.shape
        return Events(
            offsets=np.arange(n_cases + 1, dtype=np.int64) * n_columns,
            marks={"kind": codes.ravel(), "gap": np.zeros(codes.size, np.float32)},
            vocabulary={"kind": self.kinds_},
        )
