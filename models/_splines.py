"""Encoder with spline terms: each number as a line that may bend at some of its quantiles."""

from typing import Self

import numpy as np
import pandas as pd

from ._zero_flags import ZeroFlaggedOneHot


class SplineOneHot(ZeroFlaggedOneHot):
    """ZeroFlaggedOneHot, and for each number columns ``max(0, number - knot)``.

    The scaled number and these make a linear spline [1]_.  Their coefficients are changes of its
    slope, so that a penalty draws the curve towards a straight line.

    Parameters
    ----------
    n_knots : int, default=6
        Most knots of a number, at evenly spread quantiles of the fit cases; fewer where many of
        them hold the same value.

    References
    ----------
    .. [1] Ruppert, Wand, Carroll (2003), Semiparametric regression, chapter 3 (the truncated line
       basis).
    """

    def __init__(self, skewed_above: float = 1.0, clip: float = 8.0, n_knots: int = 6):
        super().__init__(skewed_above, clip)
        self.n_knots = n_knots

    def fit(
        self,
        features: pd.DataFrame,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Learn scales, categories, flags and knots."""
        super().fit(features, y, weight)
        self.owners_ = [name for name in self.columns_ for _ in range(self._width(name))]
        self.places_ = {name: self.owners_.index(name) for name in self.numeric_}
        straight = super()._encode(features)
        shares = np.arange(1, self.n_knots + 1) / (self.n_knots + 1)
        self.knots_: dict[str, np.ndarray] = {}
        for name, place in self.places_.items():
            z = straight[:, place]
            knots = np.unique(np.quantile(z, shares, method="inverted_cdf"))
            self.knots_[name] = knots[(knots > z.min()) & (knots < z.max())]
            self.names_ += [f"{name} from knot {n + 1}" for n in range(len(self.knots_[name]))]
        self.owners_ += [*self.flagged_, *(name for name in self.knots_ for _ in self.knots_[name])]
        return self

    def fit_transform(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Learn from the fit cases and encode them; ``owners_`` names each column's feature."""
        encoded = super().fit_transform(features, y, weight)
        self.owners_ += self.rates_
        return encoded

    def _width(self, name: str) -> int:
        if name in self.numeric_:
            return 1 + int(self.numeric_[name]["flag"])
        return len(self.categories_[name].labels_)

    def _encode(self, features: pd.DataFrame) -> np.ndarray:
        straight = super()._encode(features)
        bends = [
            np.maximum(0.0, straight[:, [self.places_[name]]] - knots)
            for name, knots in self.knots_.items()
        ]
        return np.hstack([straight, *bends])
