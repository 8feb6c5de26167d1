"""Outcome rates of a category's values, learnt from counts: of all fit cases, and out of fold."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ...bench.categories import ValueRates
from ...bench.fit_blocks import FitBlocks

_FOLDS = 5


@dataclass(frozen=True, eq=False)
class RatedColumn:
    """What ``ValueRates`` gives of a category, without a row of text for each case.

    Parameters
    ----------
    name : str
    rates : ValueRates
        Learnt from all fit cases.
    fold : ndarray of int8, shape (n_cases,)
        The fifth of each case: the one that ``ValueRates.out_of_fold`` deals it to.
    table : ndarray of float, shape (5, n_values + 1)
        Log odds of each value by the cases of the other fifths; last, of what is missing.
    """

    name: str
    rates: ValueRates
    fold: np.ndarray
    table: np.ndarray

    @classmethod
    def of(cls, blocks: FitBlocks, name: str, alike: np.ndarray | None) -> Self:
        """Count the values of a column, and learn their rates.

        Cases that ``alike`` gives one number, from 0 on, are in one fifth.
        """
        n_dealt = blocks.n_cases if alike is None else alike.max() + 1
        dealt = np.random.default_rng(0).permutation(n_dealt)
        fold = ((dealt if alike is None else dealt[alike]) % _FOLDS).astype(np.int8)
        names = [*blocks.values(name), None]
        known = blocks.as_texts(name, names)
        tables = []
        for number in range(_FOLDS):
            counted = blocks.counted(name, fold != number)
            tables.append(ValueRates().fit(*counted).transform(known))
        return cls(name, ValueRates().fit(*blocks.counted(name)), fold, np.stack(tables))

    def out_of_fold(self, blocks: FitBlocks, start: int, stop: int) -> np.ndarray:
        """Give the log odds of neighbouring fit cases, each learnt without its fifth."""
        return self.of_codes(blocks.array(self.name, start, stop), np.arange(start, stop))

    def of_codes(self, codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Give the log odds of the fit cases ``rows``, which hold the values ``codes``."""
        return self.table[self.fold[rows], codes]  # a missing value's code counts from the end


def rated_columns(blocks: FitBlocks, most: int = 30) -> list[RatedColumn]:
    """Rate the categories of more than ``most`` values among the fit cases."""
    rated = [
        name
        for name in blocks.names
        if blocks.is_category(name) and blocks.counted(name).column.nunique() > most
    ]
    # The yes and the no cases of one row must not tell each other's outcome.
    alike = None if blocks.weight is None or not rated else blocks.look_alike()
    return [RatedColumn.of(blocks, name, alike) for name in rated]
