"""Boosting many cases: half as many trees, each a step twice as long."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_MANY = 100_000
_LONGER = 2


@dataclass(frozen=True)
class BoostingSteps:
    """How far boosting goes a tree, how many trees it may grow, and how many without progress.

    Parameters
    ----------
    learning_rate : float
    max_trees : int
    patience : int or None
        None where nothing is watched and all trees are grown.
    """

    learning_rate: float
    max_trees: int
    patience: int | None

    def for_cases(self, n_cases: int) -> "BoostingSteps":
        """Give the steps on so many fit cases: of more than 100,000, half as many, twice as long.

        Short steps keep trees from learning a few cases by heart, and many cases leave little of
        that to fear; there each tree is what costs.  What is watched by nothing stands as given.
        """
        if self.patience is None or n_cases <= _MANY:
            return self
        return BoostingSteps(
            self.learning_rate * _LONGER,
            -(-self.max_trees // _LONGER),
            -(-self.patience // _LONGER),
        )


def stopped(steps: Sequence[BoostingSteps], n_trees: Sequence[int]) -> BoostingSteps:
    """Give the steps that go as far as some fits went on average, and watch nothing.

    Parameters
    ----------
    steps : sequence of BoostingSteps
        Of each fit.  Where their lengths differ, those to come are the longest.
    n_trees : sequence of int
        That each kept.
    """
    longest = max(one.learning_rate for one in steps)
    lengths = np.array([one.learning_rate / longest for one in steps])
    went = round(float(np.mean(lengths * np.array(n_trees))))
    return BoostingSteps(longest, max(went, 1), None)
