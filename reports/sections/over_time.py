"""Does it hold next month?  Whether later cases were tested, and how far the base rate moved."""

from collections.abc import Sequence

import numpy as np

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.store.records import TaskRecord
from .. import formats
from .splits import is_dated, period_of


def over_time_sentence(judged: TaskJudgement) -> str:
    """Say in one sentence whether the figures are of later cases, and what moved until then."""
    task = judged.task
    if task.time is None:
        return _(_NOT_TESTED)
    fitted, tested = (_rate(task, folds) for folds in (_fit_rows(task), _test_rows(task)))
    before, then = formats.share(fitted), formats.share(tested)
    if not _all_later(task):
        return _(_IN_PART).format(before=before, then=then)
    if not is_dated(task):
        return _(_LATER).format(before=before, then=then)
    when = period_of(task, np.concatenate([fold.test for fold in task.folds]))
    return _(_LATER_AND_DATED).format(when=when, before=before, then=then)


_NOT_TESTED = marked(
    "Not tested: no time of the cases is known, so nobody can say whether those tested are later "
    "than those learnt from.  Name their column of time to find out."
)
_IN_PART = marked(
    "Tested in part only: some of the tested cases are earlier than cases learnt from.  Of those "
    "learnt from {before} are positive, of those tested {then}."
)
_LATER = marked(
    "Tested on cases later than all that was learnt from.  Positive were {before} before and "
    "{then} in the test."
)
_LATER_AND_DATED = marked(
    "Tested on cases later than all that was learnt from ({when}).  Positive were {before} before "
    "and {then} in the test."
)


def _all_later(task: TaskRecord) -> bool:
    pairs = zip(_fit_rows(task), _test_rows(task), strict=True)
    return all(task.time[fitted].max() <= task.time[tested].min() for fitted, tested in pairs)


def _fit_rows(task: TaskRecord) -> list[np.ndarray]:
    return [np.unique(np.concatenate([split.fit for split in fold.splits])) for fold in task.folds]


def _test_rows(task: TaskRecord) -> list[np.ndarray]:
    return [fold.test for fold in task.folds]


def _rate(task: TaskRecord, of_folds: Sequence[np.ndarray]) -> float:
    return sum(task.rate_of(rows) for rows in of_folds) / len(of_folds)
