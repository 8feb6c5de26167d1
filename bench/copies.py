"""Cases that look the same to every model: copies, near copies, and contradictions among them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .cases import Cases, is_numeric, texts
from .findings import Finding
from .resampling import Fold
from .task import Task

# Of the test cases, from which on copies are worth a word.
_WORTH_A_WORD = 0.001
_WORTH_A_WORD_NEARLY = 0.01
_GRAVE = 0.05
_NEARLY = 2  # digits of a number that near copies share


def copies(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for test cases with a copy among train cases, exact or to two digits."""
    exact = case_codes(task.cases)
    share, n = _across(exact, folds)
    found = []
    if share > _WORTH_A_WORD:
        found.append(
            Finding(
                "copies",
                share > _GRAVE,
                f"{n:,} test cases ({share:.1%}) are exact copies of train cases of their fold; "
                f"{_repeated(exact):,} of all {len(task):,} cases are there more than once",
                "A model that remembers cases is rewarded as if it had understood them: figures "
                "are too high for new cases, most of all those of trees and nearest neighbours.",
                "If rows were stored twice, keep one of each.  If they are different people who "
                "look the same, keep them, and name whom a case is about as its group.",
            )
        )
    near, n_near = _across(case_codes(task.cases, digits=_NEARLY), folds)
    if near - share > _WORTH_A_WORD_NEARLY:
        found.append(
            Finding(
                "near copies",
                near - share > _GRAVE,
                f"{n_near - n:,} more test cases ({near - share:.1%}) agree with a train case in "
                f"every category and event, and in every number to {_NEARLY} digits",
                "The same visit stored twice with rounding, or one person's neighbouring moments, "
                "let a model answer from memory.",
                "Look at a few pairs.  Where they are about the same person or visit, give the "
                "task a group.",
            )
        )
    return found


def contradictions(task: Task) -> list[Finding]:
    """Look for cases that no model can tell apart and that ended differently."""
    code = np.unique(case_codes(task.cases), return_inverse=True)[1]
    size = np.bincount(code)
    positive = np.bincount(code, task.target)
    rarer = np.minimum(positive, size - positive)
    unavoidable = rarer.sum() / len(task)
    if unavoidable <= _WORTH_A_WORD:
        return []
    n_mixed = int(size[rarer > 0].sum())
    return [
        Finding(
            "contradictions",
            False,
            f"{n_mixed:,} cases ({n_mixed / len(task):.1%}) look exactly like another case that "
            "ended differently",
            f"No model can answer all of them rightly: accuracy cannot exceed {1 - unavoidable:.1%}"
            " on these data.",
            "Nothing needs mending if the data hold no more than this.  If a column that tells "
            "them apart was dropped or rounded, bring it back.",
        )
    ]


def case_codes(cases: Cases, digits: int | None = None) -> np.ndarray:
    """Give equal numbers to cases that look the same, shape (n_cases,), uint64.

    Parameters
    ----------
    cases : Cases
    digits : int, optional
        Significant digits to which numbers are compared; all of them where not given.
    """
    code = np.zeros(len(cases), dtype=np.uint64)
    for name in cases.features.columns:
        code = _mixed(code) + _column_code(cases.features[name], digits)
    return _mixed(code) + _events_code(cases, digits)


def _column_code(column: pd.Series, digits: int | None) -> np.ndarray:
    if is_numeric(column):
        column = pd.Series(_rounded(column.to_numpy(dtype=float, na_value=np.nan), digits) + 0.0)
    else:
        column = texts(column).astype("object")
    return pd.util.hash_pandas_object(column, index=False).to_numpy()


def _events_code(cases: Cases, digits: int | None) -> np.ndarray:
    events = cases.events
    position = np.arange(events.n_events) - events.offsets[:-1][events.owner]
    code = _mixed(position.astype(np.uint64))
    for name in sorted(events.marks):
        mark = events.marks[name].astype(float)
        value = mark if name in events.vocabulary else _rounded(mark, digits)
        code = _mixed(code) + (value + 0.0).view(np.uint64)
    total = np.zeros(len(cases), dtype=np.uint64)
    np.add.at(total, events.owner, _mixed(code))
    return total


def _rounded(x: np.ndarray, digits: int | None) -> np.ndarray:
    if digits is None:
        return x
    size = np.abs(np.where(np.isfinite(x) & (x != 0), x, 1.0))
    unit = 10.0 ** (np.floor(np.log10(size)) + 1 - digits)
    return np.round(x / unit) * unit


def _mixed(code: np.ndarray) -> np.ndarray:
    """Spread the bits of each number over all 64 (the finaliser of splitmix64)."""
    code = code + np.uint64(0x9E3779B97F4A7C15)
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return code ^ (code >> np.uint64(31))


def _across(code: np.ndarray, folds: Sequence[Fold]) -> tuple[float, int]:
    """Share and number of the test cases that look like a train case of their fold."""
    n_copies = n_tested = 0
    for fold in folds:
        train = np.concatenate([part for split in fold.splits for part in (split.fit, split.valid)])
        n_copies += int(np.isin(code[fold.test], code[train]).sum())
        n_tested += len(fold.test)
    return n_copies / max(n_tested, 1), n_copies


def _repeated(code: np.ndarray) -> int:
    counts = np.unique(code, return_counts=True)[1]
    return int(counts[counts > 1].sum())
