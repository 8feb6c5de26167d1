"""Fit cases on disk as rows that LightGBM asks for: some of them, and then all in order."""

from typing import TYPE_CHECKING

import numpy as np

from .encoder_of_blocks import EncodedBlocks

if TYPE_CHECKING:
    from lightgbm import Sequence

_BATCH = 65_536


def rows_of(encoded: EncodedBlocks) -> "Sequence":
    """Give the rows; those asked for one by one, in ascending order, are read a block at a time."""
    from lightgbm import Sequence

    class Rows(Sequence):
        batch_size = _BATCH
        _first, _block = 0, np.empty((0, 0))

        def __len__(self) -> int:
            return encoded.n_cases

        def __getitem__(self, asked: int | slice | list[int]) -> np.ndarray:
            if isinstance(asked, slice):
                return encoded.encoded(asked.start, min(asked.stop, encoded.n_cases))
            if isinstance(asked, list):
                return np.stack([self[row] for row in asked])
            if not self._first <= asked < self._first + len(self._block):
                self._first = asked - asked % _BATCH
                last = min(self._first + _BATCH, encoded.n_cases)
                self._block = encoded.encoded(self._first, last)
            return self._block[asked - self._first]

    return Rows()
