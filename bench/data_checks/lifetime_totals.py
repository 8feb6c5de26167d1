"""Columns that sum over a person's whole log, outcomes included, and stand in every case of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..cases import is_numeric
from ..language.sentence import AFTER_A_COMMA, Sentence, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

_LEAST_GROUPS = 30
_AGREES = 0.8  # rank correlation with a person's outcomes
_LEAST_NONE = 0.05  # of all people, whose total is 0
_LEAST_EXPECTED = 20.0  # positive cases that people with a total of 0 would have by chance
_EXACT = 1e-6


def lifetime_totals(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Find columns that have one value in all cases of a group, and hold its outcomes in sum.

    Nobody with such a total of 0 has a positive case, and it is the larger the more positive cases
    there are: a case then knows what happened after it.
    """
    if task.group is None:
        return []
    code = pd.factorize(np.asarray(task.group))[0]
    n = np.bincount(code)
    several = n >= 2
    each = np.ones(len(task)) if task.weight is None else task.weight
    n_cases, positive = np.bincount(code, each), np.bincount(code, each * task.target)
    if several.sum() < _LEAST_GROUPS:
        return []
    told = [
        name
        for name, column in task.cases.features.items()
        if is_numeric(column) and _is_total(column, code, n, n_cases * task.base_rate, positive)
    ]
    if not told:
        return []
    return [
        Finding(
            marked("totals of a whole log"),
            True,
            Sentence(
                "{columns}: the same in all cases of a person, 0 only for those without a positive "
                "case, and the higher the more positive cases there are",
                columns=joined(AFTER_A_COMMA, map(repr, told)),
            ),
            Sentence(
                "The total counts what happened after the case, its own outcome included: figures "
                "are too good, and no such total is there when the model is used."
            ),
            Sentence("Count it anew for each case, from what lies before its moment."),
        )
    ]


def _is_total(
    column: pd.Series,
    code: np.ndarray,
    n: np.ndarray,
    expected: np.ndarray,
    positive: np.ndarray,
) -> bool:
    x = column.to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(x).any() or x.min() < 0:
        return False
    mean = np.bincount(code, x) / n
    if np.abs(x - mean[code]).max() > _EXACT * max(1.0, np.abs(x).max()):
        return False
    none = mean <= _EXACT
    several = n >= 2
    pure = not positive[none].any()
    enough = none.mean() >= _LEAST_NONE and expected[none].sum() >= _LEAST_EXPECTED
    if not (pure and enough) or np.ptp(positive[several]) == 0:
        return False
    return bool(stats.spearmanr(mean[several], positive[several]).statistic >= _AGREES)
