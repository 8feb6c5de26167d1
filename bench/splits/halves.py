"""Halves: an only split is fitted twice more, to see how far fits of one method disagree."""

from dataclasses import replace

import numpy as np

from ..task import Task
from .fold import Fold, Split
from .thinning import places_by_chance

# A half with fewer cases of an outcome says little about a fit on all.
_FEWEST_OF_AN_OUTCOME = 5
_SEED = 20_261_126


def with_halves(task: Task, fold: Fold) -> Fold:
    """Part the fit cases of a fold's only split in two halves by chance, the same ones every time.

    Groups stay whole, and each half has as much of each outcome.  Both halves watch the cases that
    the split watches.  Where they would be too small, or there are several splits, whose models
    can be compared, the fold stays as it is.
    """
    if len(fold.splits) > 1:
        return fold
    (split,) = fold.splits
    first = places_by_chance(task, split.fit, np.random.default_rng(_SEED)) <= 0.5
    halves = tuple(Split(split.fit[rows], split.valid) for rows in (first, ~first))
    fewest = min(np.bincount(task.target[half.fit], minlength=2).min() for half in halves)
    return fold if fewest < _FEWEST_OF_AN_OUTCOME else replace(fold, halves=halves)
