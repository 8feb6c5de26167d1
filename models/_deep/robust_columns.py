"""Feature columns for networks, numbers first: centred at medians, scaled by quartiles, bent."""

from typing import Self

import numpy as np
import pandas as pd

from ...bench.cases import numbers
from .column_vectors import ColumnVectors

_BEND = 3.0


class RobustColumns(ColumnVectors):
    """Numbers that stay within 3 and keep their order however wild they are; bins and categories.

    A number is centred at its median, divided by its quartile distance (by half its range, where
    the quartiles are one value) and bent by ``x / sqrt(1 + (x / 3)^2)`` [1]_.  A missing one stands
    at the median and has a flag.  Its bin is one-hot too, as in ``ColumnVectors``: where half of
    the cases are zero, quartiles tell little about the rest.

    References
    ----------
    .. [1] D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by default: strong pre-tuned
       MLPs and boosted trees on tabular data", NeurIPS 2024.
    """

    def fit(self, features: pd.DataFrame) -> Self:
        """Learn medians, distances, cuts and categories."""
        super().fit(features)
        self.scales_ = [_centre_and_scale(numbers(features[name])) for name in self.numeric_]
        of_component = super().owner_
        # The first component of a numeric column is its number, which is scaled here by itself.
        first = [int(np.argmax(of_component == self.names_.index(n))) for n in self.numeric_]
        self.kept_ = np.setdiff1d(np.arange(len(of_component)), first)
        return self

    @property
    def n_numbers_(self) -> int:
        """Number of numeric columns, whose values are the first components."""
        return len(self.numeric_)

    @property
    def owner_(self) -> np.ndarray:
        """Number of the column behind each component, shape (n_components,)."""
        numeric = [self.names_.index(name) for name in self.numeric_]
        return np.concatenate([numeric, super().owner_[self.kept_]]).astype(np.int64)

    def _vectors(self, features: pd.DataFrame) -> np.ndarray:
        bent = [
            _bent(numbers(features[name]), *scale)
            for name, scale in zip(self.numeric_, self.scales_, strict=True)
        ]
        others = super()._vectors(features)[:, self.kept_]
        return np.column_stack([*bent, others]).astype(np.float32)


def _centre_and_scale(x: np.ndarray) -> tuple[float, float]:
    known = x[~np.isnan(x)]
    if len(known) == 0:
        return 0.0, 0.0
    low, centre, high = np.quantile(known, [0.25, 0.5, 0.75])
    distance = high - low or (known.max() - known.min()) / 2
    return float(centre), float(1 / distance) if distance > 0 else 0.0


def _bent(x: np.ndarray, centre: float, scale: float) -> np.ndarray:
    z = (np.where(np.isnan(x), centre, x) - centre) * scale
    return z / np.hypot(1.0, z / _BEND)
