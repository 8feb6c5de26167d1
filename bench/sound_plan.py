"""Is a plan of splits honest?  Looked at before the first fit, whoever made the plan."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from .errors import RequestError
from .resampling import Fold
from .results import TaskRecord
from .task import Task


def verify_plan(task: Task | TaskRecord, folds: Sequence[Fold]) -> None:
    """Refuse a plan in which something is learnt from what it is judged on.

    The case numbers themselves are looked at, not how they were drawn: so this holds for every
    resampling and for plans that were read back.  In each fold no case is on two sides and none
    occurs twice on one side; no group is on two sides; where the task has times, the outcomes of
    the fit cases were known before the first valid case, and those of fit and valid cases before
    the first test case, had to be predicted; fit cases hold both outcomes.

    Raises
    ------
    RequestError
        Names the fold, what is wrong with it and how many cases are concerned.
    """
    group = None if task.group is None else pd.factorize(task.group)[0]
    for fold in folds:
        for number, split in enumerate(fold.splits):
            sides = {"fit": split.fit, "valid": split.valid, "test": fold.test}
            wrong = next(_faults(task, group, sides), "")
            if wrong:
                raise RequestError(
                    f"task {task.name!r}, fold {fold.number}, inner split {number}: {wrong}.  "
                    "No figure of such a plan could be believed, so nothing is run: mend the "
                    "resampling, or plan anew."
                )
        seen = {f"inner split {i}": [s.fit, s.valid] for i, s in enumerate(fold.splits)}
        for other, parts in seen.items():
            for part in parts:
                _same_train_part(task, fold, other, part)


def _same_train_part(task: Task | TaskRecord, fold: Fold, number: str, part: np.ndarray) -> None:
    """Placeholder."""
