"""Columns that were computed from the outcome: mean outcomes of a category, written as a feature.

Encoding a category by the mean outcome of its cases is sound where the mean is learnt on fit cases.
Computed once over all cases it holds each test case's own outcome.  Such a column betrays itself by
arithmetic: its values *are* the mean outcomes, up to a scale.  No column that was measured agrees
with the outcomes of dozens of groups to six digits, so this raises no alarm by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import is_numeric, texts
from ..content_columns import without_content
from ..language.sentence import AFTER_A_SEMICOLON, Sentence, Text, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

# Fewer groups, or fewer different means, could agree by chance: whole numbers do.
_LEAST_GROUPS, _LEAST_MEANS = 8, 5
_LEAST_SHARE = 0.5  # of all cases, that stand in groups of two or more
_EXACT = 1e-5  # of a mean outcome; columns kept as float32 have seven digits
_OWN = 1e-3  # of an outcome, where a case's own was left out
_CASES_LOOKED_AT_FIRST = 20_000


def target_encodings(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Find numeric columns that hold mean outcomes of all cases, with or without the case's own.

    Found are means over the cases that share the column's value or a category of another column,
    as they are, smoothed towards any constant, scaled, or computed without the case itself.

    References
    ----------
    Micci-Barreca (2001), "A preprocessing scheme for high-cardinality categorical attributes in
    classification and prediction problems", ACM SIGKDD Explorations 3.
    """
    y = task.target.astype(float)
    groupings = [
        (name, pd.factorize(texts(column))[0])
        for name, column in without_content(task.cases.features).items()
        if not is_numeric(column)
    ]
    told = []
    for name, column in task.cases.features.items():
        if is_numeric(column) and (found := _encodes(column, y, groupings)):
            told.append(Sentence("the column {name!r} ({found})", name=name, found=found))
    if not told:
        return []
    return [
        Finding(
            marked("columns computed from the outcome"),
            True,
            Sentence(
                "{columns} can be computed from the outcomes of the very cases it stands in",
                columns=joined(AFTER_A_SEMICOLON, told),
            ),
            Sentence(
                "The value of a test case holds its own outcome, and those of other test cases: "
                "every figure is too good."
            ),
            Sentence(
                "Drop it, and give the category itself: models encode it on fit cases.  A rate of "
                "earlier outcomes is sound if it is counted before each case's moment."
            ),
        )
    ]


def _encodes(column: pd.Series, y: np.ndarray, groupings: list[tuple[str, np.ndarray]]) -> Text:
    """Say what mean a column holds; empty if none is known."""
    x = column.to_numpy(dtype=float, na_value=np.nan)
    own, values = pd.factorize(x)
    if len(values) < _LEAST_GROUPS:
        return ""
    x = (x - np.nanmean(x)) / np.nanstd(x)
    if _is_mean(Groups.of(own, x, y), len(x), smoothed=False):
        return Sentence("the mean outcome of the cases that share its value")
    for name, code in groupings:
        if not _has_few_values(own, code):
            continue
        groups = Groups.of(code, x, y)
        if groups.is_told_apart and _is_mean(groups, len(x), smoothed=True):
            return Sentence("the mean outcome by {name!r}", name=name)
        if _leaves_own_out(groups, column.to_numpy(dtype=float, na_value=np.nan), y):
            return Sentence("the mean outcome by {name!r}, of the other cases", name=name)
    return ""


def _has_few_values(own: np.ndarray, code: np.ndarray) -> bool:
    """Tell from some cases whether the column can have at most two values in each group.

    A mean has one, and one without the case's own outcome has two.
    """
    own, code = own[:_CASES_LOOKED_AT_FIRST], code[:_CASES_LOOKED_AT_FIRST]
    known = (own >= 0) & (code >= 0)
    n_values = int(own.max(initial=0)) + 1
    pairs = np.unique(code[known].astype(np.int64) * n_values + own[known])
    return bool(np.bincount(pairs // n_values, minlength=1).max() <= 2)


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of two or more cases: whose each case is (-1: nobody's), sizes and sums.

    ``x`` is the column's mean in each group; ``is_told_apart`` says that it has one value in each.
    """

    code: np.ndarray
    n: np.ndarray
    positive: np.ndarray
    x: np.ndarray
    is_told_apart: bool

    @classmethod
    def of(cls, code: np.ndarray, x: np.ndarray, y: np.ndarray) -> "Groups":
        """Group cases by a code, leaving out those without a code or a value."""
        code = np.where(np.isnan(x), -1, code)
        n = np.bincount(code[code >= 0], minlength=code.max(initial=0) + 1)
        kept = np.flatnonzero(n >= 2)
        place = np.full(len(n) + 1, -1)  # the last one is that of the code -1
        place[kept] = np.arange(len(kept))
        code, n = place[code], n[kept]
        inside = code >= 0
        positive = np.bincount(code[inside], y[inside], len(kept))
        mean = np.bincount(code[inside], x[inside], len(kept)) / np.maximum(n, 1)
        apart = np.abs(x[inside] - mean[code[inside]]).max(initial=0.0)
        return cls(code, n, positive, mean, bool(apart < _EXACT))


def _is_mean(groups: Groups, n_cases: int, *, smoothed: bool) -> bool:
    """Tell whether mean outcomes are a straight function of x, or of a smoothed mean.

    A mean smoothed towards a prior, ``x = (positive + b) / (n + a)``, makes ``positive / n`` linear
    in x, 1, x / n and 1 / n; scaling x changes none of that.
    """
    n, mean = groups.n, groups.positive / np.maximum(groups.n, 1)
    enough = len(n) >= _LEAST_GROUPS and n.sum() >= _LEAST_SHARE * n_cases
    if not enough or len(np.unique(np.round(mean, 6))) < _LEAST_MEANS:
        return False
    plain = [np.ones(len(n)), 1 / n] if smoothed else [np.ones(len(n))]
    told = [groups.x, groups.x / n] if smoothed else [groups.x]
    return _left(plain, mean) > 100 * _EXACT and _left(plain + told, mean) < _EXACT


def _leaves_own_out(groups: Groups, x: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether ``x = (positive - y + b) / (n - 1 + a)``: a case's value then gives its y."""
    rows = np.flatnonzero(groups.code >= 0)
    enough = len(groups.n) >= _LEAST_GROUPS and len(rows) >= _LEAST_SHARE * len(x)
    if not enough or len(np.unique(y[rows])) < 2:
        return False
    code, x = groups.code[rows], x[rows]
    owed = y[rows] - groups.positive[code] + (groups.n[code] - 1) * x
    return _left([np.ones(len(x)), x], owed) < _OWN


def _left(columns: list[np.ndarray], wanted: np.ndarray) -> float:
    """Give the largest error of the best linear combination of some columns."""
    x = np.column_stack(columns)
    return float(np.abs(wanted - x @ np.linalg.lstsq(x, wanted, rcond=None)[0]).max())
