"""Feature columns as one vector a case, for networks: scaled numbers beside their bins."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ..bench.cases import is_numeric
from ..bench.encoding import Bins, ScaledOneHot


class ColumnVectors(BaseEstimator):
    """Scaled numbers and one-hot categories, with the quantile bin of every number one-hot too.

    A network that sees a number's bin need not spend its first layer on finding thresholds, which
    trees get for nothing [1]_.

    Parameters
    ----------
    n_bins : int, default=4
        Most bins of a numeric column, besides those for zero and missing.

    References
    ----------
    .. [1] Y. Gorishniy, I. Rubachev and A. Babenko, "On embeddings for numerical features in
       tabular deep learning", NeurIPS 2022.
    """

    def __init__(self, n_bins: int = 4):
        self.n_bins = n_bins

    def fit(self, features: pd.DataFrame) -> Self:
        """Learn scales, categories and cuts."""
        self.names_ = list(features.columns)
        self.numeric_ = [name for name, column in features.items() if is_numeric(column)]
        self.scaled_ = ScaledOneHot(clip=5.0).fit(features)
        self.bins_ = Bins(self.n_bins).fit(features[self.numeric_])
        return self

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
        features = features[self.names_]
        codes = self.bins_.transform(features[self.numeric_])
        one_hot = [np.eye(n)[codes[:, j]] for j, n in enumerate(self.bins_.n_values_)]
        return np.hstack([self.scaled_.transform(features), *one_hot]).astype(np.float32)
