"""Canaries: models that are taught outcomes by chance must not know the outcomes of test cases.

All outcomes of a task are permuted at once, so that given what a model learnt each order of its
test outcomes is equally likely.  A model that ranks them better than chance was told them by
something else than its fit cases: by what it remembers of another fit, say.  It is taught the
opposite of these outcomes too: a model that ranks the true outcomes well both times knows them from
elsewhere, as from the data's own file, since what one teaching gives by accident the other takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import mannwhitneyu

from ..splits.fold import Fold
from ..store.predictions import Predictions
from ..store.records import Canary, CellRecord
from ..store.store import Store
from ..task import Task
from .work import Work

_DEALT, _OPPOSITE = "_taught_chance", "_taught_its_opposite"
_STREAM = 20_260_117


def canary_work(work: Work) -> Work:
    """Plan the cells of a run once more, with outcomes by chance and with their opposite.

    The first inner split of every fold will do, and the first seed; baselines learn nothing.
    """
    learning_first = () if work.transfer is None else work.transfer.bases
    models = tuple(
        pair
        for pair in work.models_as_given
        if pair[1].family != "baseline" and pair[0].name not in learning_first
    )
    tasks, plans = [], {}
    for task in work.tasks:
        dealt = _dealt(task, work.suite.seeds[0])
        for suffix, target in ((_DEALT, dealt), (_OPPOSITE, (1 - dealt).astype(np.int8))):
            name = task.name + suffix
            tasks.append(replace(task, name=name, target=target, truth=None, further=None))
            plans[tasks[-1].name] = tuple(
                Fold(fold.number, fold.test, fold.splits[:1]) for fold in work.plans[task.name]
            )
    suite = replace(work.suite, seeds=work.suite.seeds[:1])
    return Work(suite, tuple(tasks), models, plans, {}, has_costs=False)


def _dealt(task: Task, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, _STREAM]).permutation(task.target)


def canaries(
    work: Work, records: Sequence[CellRecord], store: Store
) -> dict[str, tuple[Canary, ...]]:
    """Say of each task what models knew that were taught outcomes by chance.

    Parameters
    ----------
    work : Work
        The run's, with the true outcomes.
    records : sequence of CellRecord
        Of all cells of ``canary_work``; those that failed tell nothing.
    store : Store
    """
    predicted = {
        (record.task, record.model, record.fold): store.read_predictions(record.key, record.sha256)
        for record in records
        if record.done
    }
    return {task.name: tuple(_of_task(task, work, predicted)) for task in work.tasks}


def _of_task(
    task: Task, work: Work, predicted: Mapping[tuple[str, str, int], Predictions]
) -> Iterator[Canary]:
    dealt = _dealt(task, work.suite.seeds[0])
    for fold in work.plans[task.name]:
        for plugin, _ in work.models:
            both = [
                predicted.get((task.name + suffix, plugin.name, fold.number))
                for suffix in (_DEALT, _OPPOSITE)
            ]
            outcomes = dealt[fold.test], task.target[fold.test]
            if None in both or any(y.min() == y.max() for y in outcomes):
                continue
            taught = (outcomes[0], 1 - outcomes[0])
            # A memory of the other teaching ranks them the wrong way round.
            told = [
                against_chance(y, one.test, "two-sided")
                for y, one in zip(taught, both, strict=True)
            ]
            auc_dealt, p_dealt = min(told, key=lambda found: found[1])
            true = [against_chance(outcomes[1], one.test, "greater") for one in both]
            yield Canary(
                plugin.name, fold.number, auc_dealt, p_dealt,
                min(auc for auc, _ in true), max(p for _, p in true),
            )  # fmt: skip


def against_chance(y: np.ndarray, p: np.ndarray, side: str) -> tuple[float, float]:
    """Give the ROC AUC, and how probable one as far from 0.5 is by chance [1]_.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
        Both occur.
    p : ndarray, shape (n,)
    side : {"greater", "two-sided"}

    References
    ----------
    .. [1] Mann, Whitney (1947), On a test of whether one of two random variables is stochastically
       larger than the other; with a continuity correction and one for ties.
    """
    if p.min() == p.max():
        return 0.5, 1.0
    yes, no = p[y == 1], p[y == 0]
    found = mannwhitneyu(yes, no, alternative=side, method="asymptotic")
    return float(found.statistic) / (len(yes) * len(no)), float(found.pvalue)
