"""What searches brought: gains over the models' own parameters, optimism, figures by budget."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..metrics.metrics import METRICS
from ..splits.fold import Fold
from ..store.predictions import pooled
from ..store.records import RunRecord, TaskRecord
from ..store.searches import SearchRecord, TrialRecord
from .findings import Gap
from .gains_over_base import gains_over_base
from .judgement import MAIN_METRIC, Entry
from .search_outcome import BudgetPoint, SearchOutcome

_BUDGETS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class _Finalist:
    """A configuration that was fitted on all fit cases of a fold: its figures inside and out."""

    configuration: int
    inner: float
    loss: float
    outer: float


def searches_of(
    run: RunRecord, task: TaskRecord, models: Sequence[Entry], n_draws: int, seed: int
) -> tuple[SearchOutcome, ...]:
    """Judge the searches of a task; test cases are looked at here, when all was chosen.

    Parameters
    ----------
    run : RunRecord
    task : TaskRecord
    models : sequence of Entry
        Those of the task.
    n_draws, seed : int
        Of the bootstrap of the gains, which are compared with each other.

    Raises
    ------
    StoreError
        If stored predictions are damaged.
    """
    by_model: dict[str, list[SearchRecord]] = {}
    for record in run.searches:
        if record.task == task.name:
            by_model.setdefault(record.model, []).append(record)
    entries = {entry.name: entry for entry in models}
    pairs = [(name, records[0].base) for name, records in by_model.items()]
    found = gains_over_base(task, entries, pairs, n_draws, seed)
    return tuple(
        _outcome(run, task, name, records, entries, found.get(name))
        for name, records in by_model.items()
        if name in entries
    )


def _outcome(
    run: RunRecord,
    task: TaskRecord,
    name: str,
    records: Sequence[SearchRecord],
    entries: Mapping[str, Entry],
    gain: Gap | None,
) -> SearchOutcome:
    folds = {fold.number: fold for fold in task.folds}
    finalists = [list(_finalists(run, task, folds[record.fold], record)) for record in records]
    trials = [trial for record in records for trial in record.trials]
    n = len(records[0].configurations)
    points = tuple(_point(finalists, size) for size in (*_BUDGETS, n) if size < n)
    points += (_point(finalists, n),)
    failed = {(r.fold, t.configuration): t.message for r in records for t in r.trials if t.message}
    return SearchOutcome(
        name=name,
        title=entries[name].title,
        base=records[0].base,
        gain=gain,
        n_configurations=n,
        n_fits=sum(trial.share for trial in trials) / len(records),
        seconds=sum(trial.seconds for trial in trials) / len(records),
        by_budget=points,
        chosen=tuple(_chosen(record) for record in records),
        failures=tuple(dict.fromkeys(failed.values())),
        n_failed=len(failed),
    )


def _chosen(record: SearchRecord) -> Mapping[str, Any] | None:
    return record.configurations[record.chosen] if record.chosen >= 0 else None


def _finalists(
    run: RunRecord, task: TaskRecord, fold: Fold, record: SearchRecord
) -> Sequence[_Finalist]:
    return [
        _Finalist(
            trial.configuration, *trial.figures, _outer_figure(run, task, fold, trial)
        )
        for trial in record.trials
        if trial.share == 1 and trial.figures
    ]  # fmt: skip


def _outer_figure(run: RunRecord, task: TaskRecord, fold: Fold, trial: TrialRecord) -> float:
    test = pooled([[run.predictions(cell)] for cell in trial.cells]).test
    weight = task.weight_of(fold.test)
    return float(METRICS[MAIN_METRIC](task.target[fold.test], test, weight))


def _point(finalists: Sequence[Sequence[_Finalist]], size: int) -> BudgetPoint:
    """Say what the first so many configurations would have brought, mean over folds."""
    inner, outer = [], []
    for of_fold in finalists:
        known = [one for one in of_fold if one.configuration < size]
        best = min(known, key=_order, default=None)
        inner.append(best.inner if best else math.nan)
        outer.append(best.outer if best else math.nan)
    return BudgetPoint(size, float(np.mean(inner)), float(np.mean(outer)))


def _order(one: _Finalist) -> tuple[float, float, int]:
    """As the search itself chose: ROC AUC, log loss, the earlier."""
    return (math.inf if math.isnan(one.inner) else -one.inner), one.loss, one.configuration
