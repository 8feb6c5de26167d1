"""Columns that should make a reader stop: constant ones, names of cases, and those that decide."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ..cases import Cases, is_numeric, texts
from ..content_columns import without_content
from ..language.sentence import AFTER_A_COMMA, Sentence, Text, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..stats.delong import delong_influence
from ..task import Task
from .finding import Finding

_DECIDES = 0.95
_CASES_LOOKED_AT = 20_000
_KINDS_LOOKED_AT = 50
_BINS = 32
_LEAST_CASES = 50
_ALL_DIFFERENT = 0.98
_MOSTLY_DIFFERENT = 0.5
_AT_MOST_NAMED = 5


def suspicious_columns(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look at each column, and at each frequent kind of event, on its own."""
    features = without_content(task.cases.features)
    distinct = {name: column.nunique() for name, column in features.items()}
    constant = [name for name, column in features.items() if distinct[name] + column.hasnans <= 1]
    names = [name for name, column in features.items() if _looks_like_names(column, distinct[name])]
    deciding = [(what, auc) for what, auc in _alone(task) if auc >= _DECIDES]
    found = []
    if constant:
        found.append(
            Finding(
                marked("constant columns"),
                False,
                Sentence.counted(
                    "{columns} is the same in every case",
                    "{columns} are the same in every case",
                    len(constant),
                    columns=_named(constant),
                ),
                Sentence("They tell nothing and cost nothing but time."),
                Sentence("Leave them out, or ask why they stopped varying."),
            )
        )
    if names:
        found.append(
            Finding(
                marked("columns like names"),
                False,
                Sentence.counted(
                    "{columns} is different in nearly every case",
                    "{columns} are different in nearly every case",
                    len(names),
                    columns=_named(names),
                ),
                Sentence(
                    "A name or a running number says nothing of new cases; if it was given out in "
                    "an order that has to do with the outcome, it leaks."
                ),
                Sentence("Leave them out.  If one says whom the case is about, make it the group."),
            )
        )
    if deciding:
        told = [
            Sentence("{what} (ROC AUC {auc:.3f})", what=what, auc=auc) for what, auc in deciding
        ]
        found.append(
            Finding(
                marked("columns that decide"),
                True,
                Sentence.counted(
                    "{columns} alone almost decides the outcome",
                    "{columns} alone almost decide the outcome",
                    len(told),
                    columns=_named(told),
                ),
                Sentence(
                    "Real behaviour is hardly ever that clear: most often the column was written "
                    "together with the outcome, or after it."
                ),
                Sentence(
                    "Find out when the column is written.  If not before the moment of prediction, "
                    "drop it; otherwise name it on the card as suspected, and run without it too."
                ),
            )
        )
    return found


def _alone(task: Task) -> Iterator[tuple[Sentence, float]]:
    """Rank cases by each column alone; gives what it is and its ROC AUC on the cases left out."""
    rng = np.random.default_rng(0)
    rows = np.sort(rng.permutation(len(task))[:_CASES_LOOKED_AT])
    cases, y = task.cases.take(rows), task.target[rows]
    weight = None if task.weight is None else task.weight[rows]
    learn = np.zeros(len(rows), dtype=bool)
    learn[rng.permutation(len(rows))[: len(rows) // 2]] = True
    if len(np.unique(y[learn])) < 2 or len(np.unique(y[~learn])) < 2:
        return
    for name, column in without_content(cases.features).items():
        code = _codes(column, learn)
        yield Sentence("the column {name!r}", name=name), _auc_of_codes(code, y, weight, learn)
    for name, present in _kinds(cases):
        kind = Sentence("events of the kind {name!r}", name=name)
        yield kind, _auc_of_codes(present, y, weight, learn)


def _codes(column: pd.Series, learn: np.ndarray) -> np.ndarray:
    """Cut a number into bins by its quantiles, missing apart; number a category's values."""
    if not is_numeric(column):
        return pd.factorize(texts(column))[0] + 1
    x = column.to_numpy(dtype=float, na_value=np.nan)
    known = x[learn & ~np.isnan(x)]
    shares = np.linspace(0, 1, _BINS + 1)[1:-1]
    cuts = np.unique(np.quantile(known, shares)) if len(known) else np.empty(0)
    # Cut on both sides of each: a value that many cases share is then a bin of its own.
    code = np.searchsorted(cuts, x, side="left") + np.searchsorted(cuts, x, side="right") + 1
    return np.where(np.isnan(x), 0, code)


def _kinds(cases: Cases) -> Iterator[tuple[str, np.ndarray]]:
    events = cases.events
    counts = np.bincount(events.kind, minlength=events.n_kinds)
    for kind in np.argsort(-counts, kind="stable")[:_KINDS_LOOKED_AT]:
        if counts[kind]:
            held = np.bincount(events.owner[events.kind == kind], minlength=len(cases)) > 0
            yield events.vocabulary["kind"][kind], held.astype(int)


def _auc_of_codes(
    code: np.ndarray, y: np.ndarray, weight: np.ndarray | None, learn: np.ndarray
) -> float:
    """Score the other cases by the share of positive ones among the learn cases of their code."""
    n_codes = int(code.max()) + 1
    # One case at the base rate in each code: codes that no learn case has are then no evidence.
    learnt = None if weight is None else weight[learn]
    positive = y[learn] if learnt is None else y[learn] * learnt
    n = np.bincount(code[learn], learnt, minlength=n_codes) + 1.0
    base_rate = np.average(y[learn], weights=learnt)
    share = (np.bincount(code[learn], positive, minlength=n_codes) + base_rate) / n
    score, outcome = share[code[~learn]], y[~learn]
    if weight is not None:
        return delong_influence(outcome, score, weight[~learn])[0]
    rank = pd.Series(score).rank().to_numpy()
    n_yes = outcome.sum()
    n_no = len(outcome) - n_yes
    return float((rank[outcome == 1].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


def _looks_like_names(column: pd.Series, n_distinct: int) -> bool:
    n = int(column.notna().sum())
    if n < _LEAST_CASES:
        return False
    if not is_numeric(column):
        return n_distinct > _MOSTLY_DIFFERENT * n
    x = column.dropna().to_numpy(dtype=float)
    if n_distinct < _ALL_DIFFERENT * n or (x != np.round(x)).any():
        return False
    # Amounts can be whole and all different, too: names are given out one after the other.
    in_order = (np.diff(x) > 0).mean()
    return bool(np.ptp(x) < 3 * n or in_order > _ALL_DIFFERENT or in_order < 1 - _ALL_DIFFERENT)


def _named(names: Sequence[Text]) -> Text:
    shown = joined(
        AFTER_A_COMMA, (name if " " in name else repr(name) for name in names[:_AT_MOST_NAMED])
    )
    more = len(names) - _AT_MOST_NAMED
    return Sentence("{columns} and {more} more", columns=shown, more=more) if more > 0 else shown
