"""Is a plan of splits honest?  Looked at before the first fit, whoever made the plan."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Protocol

import numpy as np
import pandas as pd

from ..errors import RequestError
from .fold import Fold
from .known import Timed, horizon_words, known_moments
from .parts import keeps_groups_apart


class SplitTask(Timed, Protocol):
    """What of a task, or of its record, a plan must respect."""

    name: str
    target: np.ndarray
    group: np.ndarray | None


def verify_plan(task: SplitTask, folds: Sequence[Fold], *, strangers: bool = False) -> None:
    """Refuse a plan in which something is learnt from what it is judged on.

    The case numbers themselves are looked at, not how they were drawn: so this holds for every
    resampling, and for plans that are read back.  In each fold and inner split no case stands on
    two sides, or twice on one; no group stands on two sides, but in time, where people may be known
    from earlier unless ``strangers`` are asked for; where the task has times, outcomes of fit cases
    were known before the first valid case had to be predicted, and those of fit and
    valid cases before the first test case; fit cases hold both outcomes, and no side is empty.

    Parameters
    ----------
    task : Task, or its record
    folds : sequence of Fold
        Its plan.
    strangers : bool, default=False
        Whether the plan was to keep groups apart in time, too.

    Raises
    ------
    RequestError
        Names the fold, what is wrong with it, and how many cases are concerned.
    """
    apart = keeps_groups_apart(task, strangers)
    group = pd.factorize(np.asarray(task.group))[0] if apart else None
    for fold in folds:
        for number, split in enumerate(fold.fits):
            sides = {"fit": split.fit, "valid": split.valid, "test": fold.test}
            for fault in _faults(task, group, sides):
                raise RequestError(
                    f"task {task.name!r}, fold {fold.number}, inner split {number}: {fault}.  No "
                    "figure of such a plan could be believed, so it is refused.  Mend what made "
                    "the plan."
                )


def _faults(
    task: SplitTask, group: np.ndarray | None, sides: Mapping[str, np.ndarray]
) -> Iterator[str]:
    n = len(task.target)
    for name, rows in sides.items():
        if len(rows) == 0:
            yield f"there are no {name} cases"
        elif rows.min() < 0 or rows.max() >= n:
            yield f"{name} case {rows.max() if rows.max() >= n else rows.min()} is not one of {n:,}"
        elif n_again := len(rows) - int(_held(rows, n).sum()):
            yield f"{n_again:,} cases stand in {name} more than once"
    for one, other in combinations(sides, 2):
        if n_shared := int(_held(sides[one], n)[sides[other]].sum()):
            yield f"{n_shared:,} {other} cases are {one} cases, too"
        if group is not None:
            held = _held(group[sides[one]], n)
            if n_shared := int(held[group[sides[other]]].sum()):
                yield f"{n_shared:,} {other} cases are about a group that {one} cases are about"
    if task.time is not None:
        yield from _too_late(task, sides)
    n_positive = int(task.target[sides["fit"]].sum())
    if n_positive in (0, len(sides["fit"])):
        yield f"all {len(sides['fit']):,} fit cases have the outcome {int(n_positive > 0)}"


def _held(rows: np.ndarray, n: int) -> np.ndarray:
    held = np.zeros(n, dtype=bool)
    held[rows] = True
    return held


def _too_late(task: SplitTask, sides: Mapping[str, np.ndarray]) -> Iterator[str]:
    time = task.time.astype("datetime64[s]")
    known_at = known_moments(task)
    for earlier, later in combinations(sides, 2):
        first = time[sides[later]].min()
        rows = sides[earlier]
        known = (time[rows] < first) & (known_at[rows] <= first)
        if n_open := int((~known).sum()):
            yield (
                f"the outcomes of {n_open:,} {earlier} cases were not known "
                f"({horizon_words(task)}) when the first {later} case had to be predicted, {first}"
            )
