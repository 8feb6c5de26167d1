"""The place of a row in its file: it tells the outcome where files grow and times change."""

import math
from collections.abc import Sequence

import numpy as np

from ..language.sentence import Sentence
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

_LEAST_CASES = 200
_BLOCKS = 32
_TELLS, _ERRORS = 0.6, 5.0
_SORTED = 0.99


def row_position(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Rank cases by the share of positive ones among their neighbours in the file.

    Nothing is said where the task has times, by which it is split, or groups, which stand together
    in most files; nor of a file that is sorted by its outcome, which says nothing of times.
    """
    n = len(task)
    if task.time is not None or task.group is not None or n < _LEAST_CASES:
        return []
    y = task.target
    learn = np.random.default_rng([n, 1]).random(n) < 0.5
    block = np.arange(n) * _BLOCKS // n
    n_learn = np.bincount(block[learn], minlength=_BLOCKS) + 1.0
    share = (np.bincount(block[learn], y[learn], _BLOCKS) + y.mean()) / n_learn
    auc, error = _auc(share, block[~learn], y[~learn])
    if math.isnan(auc) or not _TELLS <= auc < _SORTED or auc - 0.5 < _ERRORS * error:
        return []
    return [
        Finding(
            marked("row position"),
            False,
            Sentence(
                "the place of a case in the file alone ranks outcomes with ROC AUC {auc:.2f}",
                auc=auc,
            ),
            Sentence(
                "The file was written in an order that has to do with the outcome, most often that "
                "of time.  Shuffled folds then test cases whose neighbours were trained on, which "
                "nobody has of next month's cases: figures can be too high."
            ),
            Sentence(
                "If the rows stand in the order of time, split by it: --in-order, or --time COLUMN "
                "where a column tells the moment."
            ),
        )
    ]


def _auc(share: np.ndarray, block: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """ROC AUC of the blocks' shares, and its standard error where it is one half."""
    n = np.bincount(block, minlength=len(share))
    yes = np.bincount(block, y, len(share))
    no = n - yes
    if min(yes.sum(), no.sum()) == 0:
        return math.nan, math.nan
    order = np.argsort(share, kind="stable")
    values, tied = np.unique(share[order], return_inverse=True)
    yes, no = (np.bincount(tied, counts[order], len(values)) for counts in (yes, no))
    below = np.cumsum(no) - no
    auc = float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))
    return auc, math.sqrt((len(y) + 1) / (12 * yes.sum() * no.sum()))
