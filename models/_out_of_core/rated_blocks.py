"""Fit cases on disk with one more number for every category of many values, as models read them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...bench.categories import RATED, RatedCases
from ...bench.fit_blocks import Counted, FitBlocks
from .rated_column import rated_columns


class RatedBlocks:
    """What ``RatedCases.fit_transform`` gives of fit cases, a column or a block at a time.

    ``rated_`` rates further cases.
    """

    def __init__(self, blocks: FitBlocks) -> None:
        self._blocks = blocks
        self._rated = {RATED.format(one.name): one for one in rated_columns(blocks)}
        self.rated_ = RatedCases()
        self.rated_.rates_ = {one.name: one.rates for one in self._rated.values()}
        self.target, self.weight, self.n_cases = blocks.target, blocks.weight, blocks.n_cases

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [*self._blocks.names, *self._rated]

    def is_category(self, name: str) -> bool:
        """Tell whether a column is a category."""
        return name not in self._rated and self._blocks.is_category(name)

    def column(self, name: str) -> pd.Series:
        """Give a column of all cases."""
        if name not in self._rated:
            return self._blocks.column(name)
        return pd.Series(self._rated[name].out_of_fold(self._blocks, 0, self.n_cases), name=name)

    def counted(self, name: str) -> Counted:
        """Count the values of a category by outcome."""
        return self._blocks.counted(name)

    def take(self, rows: np.ndarray) -> pd.DataFrame:
        """Give the features of some cases, in that order."""
        features = self._blocks.take(rows)
        for name, one in self._rated.items():
            codes = features[one.name].cat.codes.to_numpy()
            features[name] = one.of_codes(codes, rows)
        return features

    def block(self, start: int, stop: int) -> pd.DataFrame:
        """Give the features of neighbouring cases."""
        features = self._blocks.block(start, stop)
        for name, one in self._rated.items():
            features[name] = one.out_of_fold(self._blocks, start, stop)
        return features

    def bounds(self) -> Iterator[tuple[int, int]]:
        """Give where blocks begin and end."""
        return self._blocks.bounds()
