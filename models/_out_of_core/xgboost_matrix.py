"""Fit cases on disk as the matrix of bins that XGBoost learns from."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .encoder_of_blocks import EncodedBlocks

if TYPE_CHECKING:
    from xgboost import QuantileDMatrix

# More at a time make the sketch of a column's quantiles no better, fewer make it slower.
_BATCH = 262_144


def quantile_matrix(encoded: EncodedBlocks) -> "QuantileDMatrix":
    """Read the cases a few times, and keep the bin of each number."""
    from xgboost import DataIter, QuantileDMatrix

    class Batches(DataIter):
        def __init__(self) -> None:
            super().__init__()
            self._start = 0

        def next(self, input_data: Callable[..., None]) -> bool:
            start, self._start = self._start, min(self._start + _BATCH, encoded.n_cases)
            if start == self._start:
                return False
            x = encoded.encoded(start, self._start)
            place = slice(start, self._start)
            weight = None if encoded.weight is None else encoded.weight[place]
            input_data(data=x, label=encoded.target[place], weight=weight)
            return True

        def reset(self) -> None:
            self._start = 0

    return QuantileDMatrix(Batches(), nthread=1)
