"""Feature columns for networks, with every number piecewise linear between its quantiles."""

from typing import Self

import numpy as np
import pandas as pd

from .column_vectors import ColumnVectors


class PiecewiseColumns(ColumnVectors):
    """ColumnVectors whose numbers tell, besides their scaled value, how far they are in each bin.

    Bins lie between quantiles of the fit cases.  A component is 0 below its bin, 1 above it and
    rises in a line between [1]_, so that a network's first layer can give a number any piecewise
    linear curve.  A missing number stands at the median; the flag of ``ScaledOneHot`` says so.

    Parameters
    ----------
    n_pieces : int, default=16
        Most bins of a number; fewer where many cases hold the same value.

    References
    ----------
    .. [1] Y. Gorishniy, I. Rubachev and A. Babenko, "On embeddings for numerical features in
       tabular deep learning", NeurIPS 2022.
    """

    def __init__(self, n_pieces: int = 16):
        super().__init__()
        self.n_pieces = n_pieces

    def fit(self, features: pd.DataFrame) -> Self:
        """Learn scales, categories and quantiles."""
        super().fit(features)
        places = np.cumsum([0, *self._widths()])[:-1]
        self.places_ = dict(zip(self.names_, places.tolist(), strict=True))
        scaled = self.scaled_.transform(features)
        self.edges_: dict[str, np.ndarray] = {}
        for name in self.numeric_:
            shares = np.linspace(0.0, 1.0, self.n_pieces + 1)
            edges = np.unique(np.quantile(scaled[:, self.places_[name]], shares))
            if len(edges) > 2:  # one piece is the scaled number over again
                self.edges_[name] = edges
        return self

    @property
    def owner_(self) -> np.ndarray:
        """Number of the column behind each component, shape (n_components,)."""
        pieces = [len(self.edges_.get(name, [0])) - 1 for name in self.names_]
        columns = np.arange(len(self.names_))
        return np.concatenate([np.repeat(columns, self._widths()), np.repeat(columns, pieces)])

    def _vectors(self, features: pd.DataFrame) -> np.ndarray:
        scaled = self.scaled_.transform(features)
        pieces = [
            np.clip((scaled[:, [self.places_[name]]] - edges[:-1]) / np.diff(edges), 0.0, 1.0)
            for name, edges in self.edges_.items()
        ]
        return np.hstack([scaled, *pieces]).astype(np.float32)

    def _widths(self) -> list[int]:
        """Components of each column in ``ScaledOneHot``, in its order."""
        return [
            1 + int(self.scaled_.numeric_[name]["flag"])
            if name in self.scaled_.numeric_
            else len(self.scaled_.categories_[name].labels_)
            for name in self.names_
        ]
