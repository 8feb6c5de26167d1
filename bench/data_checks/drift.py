"""Train and test cases that can be told apart, and the columns that give it away."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from threadpoolctl import threadpool_limits

from ..encoding import Ordinal
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

_WORTH_A_WORD, _GRAVE = 0.65, 0.9
_CASES_OF_A_SIDE = 3_000
_KINDS_LOOKED_AT = 20
_PARTS = 3


def drift(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Let a classifier tell the last fold's test cases from its train cases.

    A ROC AUC of 0.5 says that nobody can; it is of cases (of groups) that the classifier had not
    seen.
    """
    train, test = _sides(folds[-1])
    if min(len(train), len(test)) < 2 * _PARTS:
        return []
    rows = np.concatenate([train, test])
    is_test = np.repeat([0, 1], [len(train), len(test)])
    described = _described(task, rows)
    if described.shape[1] == 0:
        return []
    x = _filled(Ordinal().fit(described).transform(described))
    auc = _auc(x, is_test, None if task.group is None else task.group[rows])
    if auc < _WORTH_A_WORD:
        return []
    away = np.array([abs(_rank_auc(x[:, j], is_test) - 0.5) for j in range(x.shape[1])])
    order = np.argsort(-away, kind="stable")[:3]
    columns = [repr(str(described.columns[j])) for j in order if away[j] > 0.02]
    by = f", most by {', '.join(columns)}" if columns else ""
    why = "They are later in time: some drift is to be expected." if task.time is not None else (
        "The cases were split at random, so they should not differ."
    )  # fmt: skip
    return [
        Finding(
            "drift",
            task.time is None and auc > _GRAVE,
            f"a classifier tells the last fold's test cases from its train cases with ROC AUC "
            f"{auc:.2f}{by}",
            f"{why}  Models are judged on cases unlike those they learnt from; probabilities "
            "suffer first.",
            "Look at calibration before believing probabilities.  A column that only tells the "
            "time (a date, a running total) is better given as a difference.",
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


def _described(task: Task, rows: np.ndarray) -> pd.DataFrame:
    """Give the features of some cases, and what their events come to."""
    cases = task.cases.take(rows)
    if not task.has_events:
        return cases.features
    events = cases.events
    counts = np.bincount(events.kind, minlength=events.n_kinds)
    columns = {"number of events": events.lengths}
    for kind in np.argsort(-counts, kind="stable")[:_KINDS_LOOKED_AT]:
        name = f"events of the kind {events.vocabulary['kind'][kind]}"
        columns[name] = np.bincount(events.owner[events.kind == kind], minlength=len(cases))
    of_events = pd.DataFrame(columns)
    return pd.concat(
        [cases.features, of_events[of_events.columns.difference(cases.features.columns)]], axis=1
    )


def _filled(x: np.ndarray) -> np.ndarray:
    """Put missing values below all others: that something is missing can be the drift.

    The classifier could split on missing values, but not where a part holds no other.
    """
    lowest = np.fmin.reduce(x, axis=0, initial=0.0)
    return np.where(np.isnan(x), 2.0 * lowest - 1.0, x)


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


def _rank_auc(x: np.ndarray, is_test: np.ndarray) -> float:
    return float(roc_auc_score(is_test, x))
