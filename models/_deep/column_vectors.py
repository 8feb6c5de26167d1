"""Feature columns for networks: one vector a case, and codes of the categories to embed."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...bench.cases import is_numeric
from ...bench.categories import CategoryCodes
from ...bench.encoding import Bins, ScaledOneHot
from ...bench.one_case import NotPlainError, row_of

# On the way components are of double precision, and there several times in memory.
_AT_ONCE = 100_000


class ColumnVectors(BaseEstimator):
    """Scaled numbers and one-hot categories, with the quantile bin of every number one-hot too.

    A network that sees a number's bin need not spend its first layer on finding thresholds, which
    trees get for nothing [1]_.

    Parameters
    ----------
    n_bins : int, default=4
        Most bins of a numeric column, besides those for zero and missing.
    most_codes : int, default=500
        Values of a categorical column that get a code of their own, to be embedded; far more than
        get a one-hot component.

    References
    ----------
    .. [1] Y. Gorishniy, I. Rubachev and A. Babenko, "On embeddings for numerical features in
       tabular deep learning", NeurIPS 2022.
    """

    def __init__(self, n_bins: int = 4, most_codes: int = 500):
        self.n_bins = n_bins
        self.most_codes = most_codes

    def fit(self, features: pd.DataFrame) -> Self:
        """Learn scales, categories and cuts."""
        self.names_ = list(features.columns)
        self.numeric_ = [name for name, column in features.items() if is_numeric(column)]
        self.scaled_ = ScaledOneHot(clip=5.0).fit(features)
        self.bins_ = Bins(self.n_bins).fit(features[self.numeric_])
        self.codes_ = {
            name: CategoryCodes(self.most_codes, share=0.0005).fit(features[name])
            for name in self.names_
            if name not in self.numeric_
        }
        return self

    @property
    def categorical_(self) -> list[str]:
        """Names of the columns that have codes, in the order of ``codes``."""
        return list(self.codes_)

    @property
    def n_codes_(self) -> tuple[int, ...]:
        """Number of codes of each categorical column, with the one that all other values share."""
        return tuple(len(codes.labels_) for codes in self.codes_.values())

    @property
    def owner_(self) -> np.ndarray:
        """Number of the column behind each component, shape (n_components,)."""
        scaled = [
            1 + int(self.scaled_.numeric_[name]["flag"])
            if name in self.scaled_.numeric_
            else len(self.scaled_.categories_[name].labels_)
            for name in self.names_
        ]
        binned = [self.names_.index(name) for name in self.numeric_]
        return np.concatenate(
            [np.repeat(np.arange(len(scaled)), scaled), np.repeat(binned, self.bins_.n_values_)]
        ).astype(np.int64)

    def transform(self, features: pd.DataFrame) -> np.ndarray:
        """Give the vectors, float32, shape (n_cases, n_components).

        Without columns there is one component, always 0: a layer of no inputs ends the process in
        TensorFlow's oneDNN kernels.
        """
        if not self.names_:
            return np.zeros((len(features), 1), dtype=np.float32)
        if len(features) <= _AT_ONCE:
            return self._vectors(features)
        vectors = np.empty((len(features), len(self.owner_)), dtype=np.float32)
        for start in range(0, len(features), _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            vectors[rows] = self._vectors(features.iloc[rows])
        return vectors

    def _vectors(self, features: pd.DataFrame) -> np.ndarray:
        """Give the vectors of so many cases as can be encoded at once."""
        scaled, codes = self.scaled_.transform(features), self.bins_.transform(features)
        n_values, n_scaled = self.bins_.n_values_, scaled.shape[1]
        vectors = np.zeros((len(features), n_scaled + n_values.sum()), dtype=np.float32)
        vectors[:, :n_scaled] = scaled
        first_of_column = n_scaled + np.cumsum(n_values) - n_values
        vectors[np.arange(len(features))[:, None], first_of_column + codes] = 1.0
        return vectors

    def codes(self, features: pd.DataFrame) -> np.ndarray:
        """Give the codes of the categorical columns, int32, shape (n_cases, n_categorical)."""
        row = row_of(features)
        if row is not None and self.codes_:
            try:
                return np.array(
                    [[codes.of_one()(row[name]) for name, codes in self.codes_.items()]], np.int32
                )
            except NotPlainError:
                pass
        columns = [codes.transform(features[name]) for name, codes in self.codes_.items()]
        return np.column_stack(columns) if columns else np.empty((len(features), 0), np.int32)
