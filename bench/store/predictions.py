"""What a cell predicts, and what a fold's cells predict together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Predictions:
    """P(target = 1) of a cell, for its split's valid cases and its fold's test cases."""

    valid: np.ndarray
    test: np.ndarray


def pooled(of_splits: Sequence[Sequence[Predictions]]) -> Predictions:
    """Give a fold's out-of-sample predictions from those of its cells.

    Parameters
    ----------
    of_splits : sequence of sequences of Predictions
        For each inner split those of each seed.

    Returns
    -------
    Predictions
        Valid: the mean over seeds, one inner split after the other.  Test: the mean over all.
    """
    valid = [np.mean([cell.valid for cell in seeds], axis=0) for seeds in of_splits]
    test = np.mean([cell.test for seeds in of_splits for cell in seeds], axis=0)
    return Predictions(np.concatenate(valid), test)
