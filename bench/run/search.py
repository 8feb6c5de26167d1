"""The searches of a run: rung by rung, all tasks and models together, judged on valid cases."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.metrics import METRICS
from ..search.halving import MOST_RUNGS, best_first, kept
from ..splits.fold import Fold
from ..store.predictions import pooled
from ..store.records import CellRecord
from ..store.searches import SearchRecord, TrialCell, TrialRecord
from ..store.store import Store
from ..task import Task
from .cell_plan import recipe_of
from .search_plan import (
    Ladder,
    PlannedTrial,
    at_rung,
    ladder_of,
    plan_trials,
    plan_tuned,
    rung_work,
)
from .work import Planned, Work

Compute = Callable[[Work, Sequence[Planned]], Sequence[CellRecord]]
_Place = tuple[str, str, int]  # task, model, fold


@dataclass(frozen=True)
class SearchResult:
    """What was tried, and the cells of the chosen parameters, which are to be computed."""

    records: tuple[SearchRecord, ...]
    cells: tuple[Planned, ...]


def search(work: Work, store: Store, compute: Compute) -> SearchResult:
    """Try the configurations of all searched models, and choose one for each task and fold.

    The choice hangs on predictions of valid cases alone.  Of equal ones the earlier in the list is
    taken, so that neither the number of workers nor the order of their answers decides anything.

    Parameters
    ----------
    work : Work
    store : Store
        Holds the predictions of trials.
    compute : callable
        Gives the records of planned cells; computes those that are not stored.
    """
    if not work.searches:
        return SearchResult((), ())
    recipes = {searched.plugin.name: recipe_of(searched.plugin, searched.outline)
               for searched in work.searches}  # fmt: skip
    most = max(len(searched.configurations) for searched in work.searches)
    ladders = [ladder_of(task, work.plans[task.name], most, work.suite) for task in work.tasks]
    trials: dict[_Place, list[TrialRecord]] = defaultdict(list)
    alive: dict[_Place, Sequence[int]] = {}
    for rung in reversed(range(MOST_RUNGS)):
        of_rung = rung_work(work, ladders, rung)
        planned = [
            (ladder.task.name, trial)
            for ladder in ladders
            for trial in plan_trials(
                work, ladder, rung,
                lambda one, fold, task=ladder.task.name: alive.get(
                    (task, one.plugin.name, fold), range(len(one.configurations))
                ),
                recipes,
            )
        ]  # fmt: skip
        records = compute(of_rung, [trial for _, trial in planned]) if planned else ()
        for ladder in ladders:
            if (place := at_rung(ladder, rung)) is None:
                continue
            found = _records_of(ladder, planned, records)
            for fold in ladder.plans[place]:
                for searched in work.searches:
                    where = ladder.task.name, searched.plugin.name, fold.number
                    tried = [
                        _trial(ladder.task, fold, number, ladder.shares[place], cells, store)
                        for number, cells in found[where].items()
                    ]
                    trials[where] += tried
                    merits = {one.configuration: _merit(one) for one in tried}
                    alive[where] = kept(merits) if rung else best_first(merits)[:1]
    chosen = {where: (numbers or [-1])[0] for where, numbers in alive.items()}
    return SearchResult(
        tuple(
            SearchRecord(
                task.name, searched.tuned[0].name, searched.plugin.name, fold.number,
                work.suite.seeds[0], searched.configurations, tuple(trials[where]), chosen[where],
            )
            for task in work.tasks
            for searched in work.searches
            for fold in work.plans[task.name]
            for where in [(task.name, searched.plugin.name, fold.number)]
        ),
        tuple(plan_tuned(
            work, lambda one, task, fold: chosen[task, one.plugin.name, fold], recipes
        )),
    )  # fmt: skip


def _records_of(
    ladder: Ladder,
    planned: Sequence[tuple[str, PlannedTrial]],
    records: Sequence[CellRecord],
) -> dict[_Place, dict[int, list[CellRecord]]]:
    """Sort a task's records by model and fold, configuration and, in order, inner split."""
    found: dict[_Place, dict[int, list[CellRecord]]] = defaultdict(lambda: defaultdict(list))
    for (task, trial), record in zip(planned, records, strict=True):
        if task == ladder.task.name:
            model = trial.plugin.name.rpartition("#")[0]
            found[task, model, trial.fold][trial.configuration].append(record)
    return found


def _trial(
    task: Task,
    fold: Fold,
    number: int,
    share: float,
    cells: Sequence[CellRecord],
    store: Store,
) -> TrialRecord:
    failed = [cell for cell in cells if not cell.done]
    seconds = sum(cell.fit_seconds + cell.predict_seconds for cell in cells)
    if failed:
        why = str(failed[0].message or failed[0].status)
        return TrialRecord(number, share, (), seconds, why)
    valid = pooled([[store.read_predictions(cell.key, cell.sha256)] for cell in cells]).valid
    rows = fold.valid
    weight = None if task.weight is None else task.weight[rows]
    figures = tuple(
        float(METRICS[name](task.target[rows], valid, weight)) for name in ("roc_auc", "log_loss")
    )
    places = tuple(TrialCell(cell.key, cell.sha256) for cell in cells)
    return TrialRecord(number, share, figures, seconds, "", places)


def _merit(trial: TrialRecord) -> tuple[float, ...] | None:
    """Give what decides: ROC AUC, then log loss where that is equal or not defined."""
    if not trial.figures:
        return None
    auc, loss = trial.figures
    return (-math.inf if np.isnan(auc) else auc), -loss
