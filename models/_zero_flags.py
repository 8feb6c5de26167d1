"""Scaled one-hot columns, and a flag for each number that is often zero."""

from typing import Self

import numpy as np
import pandas as pd

from ..bench.encoding import ScaledOneHot
from ..bench.one_case import Row, number_of

# Outside these shares of zeros the flag would be nearly constant.
_LEAST_ZEROS, _MOST_ZEROS = 0.05, 0.95


class ZeroFlaggedOneHot(ScaledOneHot):
    """ScaledOneHot, and a column ``"name = 0"`` for each number that is often zero.

    Nothing bought, no page seen, no day passed: often the step from none to some says more than
    any number of steps after it, and no line through a scaled number has such a step.
    """

    def fit(
        self,
        features: pd.DataFrame,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Learn scales and categories, and which numbers get a flag."""
        super().fit(features, y, weight)
        self.flagged_ = [name for name in self.numeric_ if _is_often_zero(features[name])]
        self.names_ += [f"{name} = 0" for name in self.flagged_]
        return self

    def _encode(self, features: pd.DataFrame) -> np.ndarray:
        flags = [_is_zero(features[name])[:, None].astype(float) for name in self.flagged_]
        return np.hstack([super()._encode(features), *flags])

    def _encode_row(self, row: Row) -> np.ndarray | None:
        encoded = super()._encode_row(row)
        flags = [float(number_of(row[name]) == 0) for name in self.flagged_]
        return np.append(encoded, flags)[None, :]


def _is_zero(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=float, na_value=np.nan) == 0


def _is_often_zero(column: pd.Series) -> bool:
    # A column of two values is a flag already.
    share = _is_zero(column).mean()
    return _LEAST_ZEROS < share < _MOST_ZEROS and column.nunique() > 2
