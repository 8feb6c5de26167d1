"""Train and test cases that can be told apart, and the columns that give it away."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from threadpoolctl import threadpool_limits

from ..cases import is_numeric, texts
from ..language.sentence import AFTER_A_COMMA, Sentence, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..stats.holm import holm
from ..task import Task
from .clocks import clocks
from .describe_cases import as_numbers, described
from .finding import Finding

_WORTH_A_WORD, _GRAVE = 0.65, 0.9
_LEVEL = 0.05
_CASES_OF_A_SIDE = 3_000
_LEAST_OF_A_CATEGORY = 20
_PARTS = 3
_AT_MOST_NAMED = 3


def drift(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for columns that differ between the last fold's train and test cases.

    Columns that tell the time (``clocks``) differ for no other reason and are left out.  A column
    is named where its train and test cases are further apart than where each case (each group)
    were given its sign by chance, at 5 % after Holm's correction over all columns.  What they come
    to is said by a classifier: a ROC AUC of 0.5 says that nobody can tell the sides apart; it is of
    cases (of groups) that the classifier had not seen.
    """
    train, test = _sides(folds[-1])
    if min(len(train), len(test)) < 2 * _PARTS:
        return []
    rows = np.concatenate([train, test])
    is_test = np.repeat([0, 1], [len(train), len(test)])
    group = None if task.group is None else task.group[rows]
    table = described(task, rows)
    if table.shape[1] == 0:
        return []
    x = pd.DataFrame(as_numbers(table), columns=table.columns)
    if task.time is not None:
        leave = clocks(x, table.notna(), task.time[rows], group) + _of_calendar(task, table)
        leave = list(dict.fromkeys(leave))
        table, x = table.drop(columns=leave), x.drop(columns=leave)
    columns = _apart(table, x, is_test, group)
    if not columns:
        return []
    auc = _auc(x.to_numpy(), is_test, group)
    if auc < _WORTH_A_WORD:
        return []
    unlike = (
        Sentence(
            "The cases were split at random, so they should not differ.  Models are judged on "
            "cases unlike those they learnt from; probabilities suffer first."
        )
        if task.time is None
        else Sentence(
            "They are later in time: some drift is to be expected.  Models are judged on cases "
            "unlike those they learnt from; probabilities suffer first."
        )
    )
    return [
        Finding(
            marked("drift"),
            task.time is None and auc > _GRAVE,
            Sentence(
                "a classifier tells the last fold's test cases from its train cases with ROC AUC "
                "{auc:.2f}, most by {columns}",
                auc=auc,
                columns=joined(AFTER_A_COMMA, map(repr, columns[:_AT_MOST_NAMED])),
            ),
            unlike,
            Sentence(
                "Look at calibration before believing probabilities.  A running total is better "
                "given as a difference, or as a rate."
            ),
        )
    ]


def _sides(fold: Fold) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    parts = np.concatenate([part for split in fold.splits for part in (split.fit, split.valid)])
    is_train = np.zeros(parts.max(initial=-1) + 1, dtype=bool)  # splits share their train cases
    is_train[parts] = True
    sides = (np.flatnonzero(is_train), fold.test)
    train, test = (np.sort(rng.permutation(side)[:_CASES_OF_A_SIDE]) for side in sides)
    return train, test


def _of_calendar(task: Task, table: pd.DataFrame) -> list[str]:
    """Name the features that tell the month or the day of a date: dates go on as time does."""
    dates = tuple(f"{column.name}: " for column in task.profile if column.kind == "date")
    return [
        str(name)
        for name in table.columns
        if str(name).startswith(dates) and not is_numeric(table[name])
    ]


def _apart(
    table: pd.DataFrame, x: pd.DataFrame, is_test: np.ndarray, group: np.ndarray | None
) -> list[str]:
    """Name the columns whose sides are apart beyond chance, the furthest first.

    A number is compared by its rank, a category by the share of each of its values.
    """
    unit = np.arange(len(x)) if group is None else pd.factorize(group)[0]
    weight = np.where(is_test == 1, 1 / is_test.sum(), -1 / (len(is_test) - is_test.sum()))
    names, z = [], []
    for name in table.columns:
        for values in _compared(table[name], x[name].to_numpy()):
            of_unit = np.bincount(unit, weight * (values - values.mean()))
            # Over all ways to give each unit a sign, the sum has this standard deviation.
            spread = float(np.sqrt(np.square(of_unit).sum()))
            names.append(str(name))
            z.append(abs(of_unit.sum()) / spread if spread > 0 else 0.0)
    if not names:
        return []
    p = holm(2 * stats.norm.sf(z))
    order = sorted(range(len(names)), key=lambda i: -z[i])
    return list(dict.fromkeys(names[i] for i in order if p[i] < _LEVEL))


def _compared(column: pd.Series, x: np.ndarray) -> list[np.ndarray]:
    if is_numeric(column):
        return [stats.rankdata(x)]
    code = pd.factorize(texts(column), use_na_sentinel=False)[0]
    n = np.bincount(code)
    return [(code == value).astype(float) for value in np.flatnonzero(n >= _LEAST_OF_A_CATEGORY)]


def _auc(x: np.ndarray, is_test: np.ndarray, group: np.ndarray | None) -> float:
    p = np.full(len(x), np.nan)
    parts = KFold(_PARTS, shuffle=True, random_state=0) if group is None else GroupKFold(_PARTS)
    if group is not None and len(np.unique(group)) < _PARTS:
        return 0.5
    for learn, ask in parts.split(x, is_test, group):
        if len(np.unique(is_test[learn])) == 2:
            model = HistGradientBoostingClassifier(
                max_iter=40, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False,
                random_state=0,
            )  # fmt: skip
            # So few cases are no work for several threads, which wait for each other.
            with threadpool_limits(limits=1):
                p[ask] = model.fit(x[learn], is_test[learn]).predict_proba(x[ask])[:, 1]
    asked = ~np.isnan(p)
    if len(np.unique(is_test[asked])) < 2:
        return 0.5
    return float(roc_auc_score(is_test[asked], p[asked]))
