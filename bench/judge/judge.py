"""Judge a run: from stored predictions to scores, intervals, comparisons and standings."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from ..stats.across_tasks import AcrossTasks, across_tasks
from ..stats.mcnemar import McNemar, mcnemar
from ..store.records import RunRecord, TaskRecord
from .alarm_implausible import check_confusion, implausible
from .alarm_thresholds import check_thresholds
from .alarm_valid_test_gap import leak_alarms
from .best_possible import ceilings, shortfalls, true_predictions
from .calibration import calibrations
from .contestants import Contestant, best_on_valid, fold_predictions, models_of
from .curves import judge_curve
from .ensembling import ensembles_of, member_sets
from .judgement import Entry, FoldPredictions, Gap, Judgement, Score, TaskJudgement
from .pairwise import gaps
from .scoring import Scores, score, with_intervals
from .threshold_rules import outcomes

MAIN_METRIC = "roc_auc"
_MOST_THREADS = 2  # each holds the draws of one task, some hundred megabytes


def judge(run: RunRecord, *, draws: int = 2000, seed: int = 0) -> Judgement:
    """Judge all tasks of a run; a pure function of what is stored.

    Parameters
    ----------
    run : RunRecord
    draws : int, default=2000
        Bootstrap draws.
    seed : int, default=0
        Of the draws.

    Raises
    ------
    StoreError
        If stored predictions are damaged.
    """
    # The matrix products are small: a second thread of theirs mostly waits, and on a busy machine
    # makes judging several times slower.  Whole tasks side by side use the second core better.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(_MOST_THREADS) as pool:
        tasks = tuple(pool.map(lambda task: _judge_task(run, task, draws, seed), run.tasks))
        curves = pool.map(
            lambda curve: judge_curve(run, curve, MAIN_METRIC, draws, seed), run.curves
        )
        return Judgement(run, tasks, tuple(curves), _across(tasks, seed))


def _across(tasks: Sequence[TaskJudgement], seed: int) -> AcrossTasks | str:
    scores = {
        judged.task.name: {
            entry.name: entry.scores[MAIN_METRIC].value for entry in judged.models if entry.scores
        }
        for judged in tasks
    }
    return across_tasks(scores, METRICS[MAIN_METRIC].rope, seed)


def _judge_task(run: RunRecord, task: TaskRecord, n_draws: int, seed: int) -> TaskJudgement:
    models = models_of(run, task)
    ensembles = ensembles_of(run, task, models)
    tables = [[entry for entry in table if entry.folds] for table in (models, ensembles)]
    failed = [
        tuple(_failed(entry) for entry in table if not entry.folds) for table in (models, ensembles)
    ]
    working = [*tables[0], *tables[1]]
    if not working:
        return TaskJudgement(task, MAIN_METRIC, *failed, jobs=run.manifest.get("jobs", 1))
    predictions = [fold_predictions(entry, task) for entry in working]
    truth = true_predictions(task)
    true_rows = {views: row for row, views in enumerate(truth, start=len(working))}
    all_predictions = [*predictions, *truth.values()]
    scores = score(task, all_predictions, n_draws, seed)
    figures = with_intervals(scores, task, all_predictions)
    rows = range(len(tables[0])), range(len(tables[0]), len(working))
    rival = best_on_valid(tables[0], task, MAIN_METRIC)
    pairs = [(row, tables[0].index(rival)) for row in rows[1]]
    gains = dict(zip(rows[1], gaps(task, scores, MAIN_METRIC, pairs), strict=True))
    decided = outcomes(task, working, run.decisions, n_draws, seed)
    mended = [*calibrations(task, tables[0], n_draws, seed), *(() for _ in tables[1])]
    judged = [
        tuple(
            _entry(
                working[row],
                predictions[row],
                figures[row],
                behind,
                standing,
                gains.get(row),
                rival.name if row in gains else "",
                shortfalls=shortfalls(scores, row, true_rows, working[row].views),
                outcomes=decided[row],
                calibrations=mended[row],
                discordant=_discordant(task, predictions[ranked[0][0]], predictions[row]),
            )
            for row, behind, standing in ranked
        )
        for ranked in (_ranked(task, scores, of_table) for of_table in rows)
    ]
    whole = TaskJudgement(
        task,
        MAIN_METRIC,
        judged[0] + failed[0],
        judged[1] + failed[1],
        ceilings(list(truth), figures[len(working) :]),
        member_sets(run, task, models),
        jobs=run.manifest.get("jobs", 1),
    )
    return replace(
        whole,
        alarms=(
            *check_confusion(whole),
            *check_thresholds(whole, working, run.decisions),
            *implausible(whole),
            *leak_alarms(task, *tables, rival=rival),
        ),
    )


def _ranked(
    task: TaskRecord, scores: Scores, rows: Sequence[int]
) -> list[tuple[int, Gap | None, str]]:
    """Order a table best first, and say how far behind its leader each entry is."""
    values = scores.by_fold[MAIN_METRIC].mean(axis=1)
    order = sorted(rows, key=lambda row: -values[row])
    if not order or math.isnan(values[order[0]]):
        # Without the metric nobody is ahead of anybody; the run's order stays.
        return [(row, None, "level") for row in rows]
    leader, *others = order
    # The leader was picked by the figures that are now compared: any pair could have come to be
    # looked at, so the correction is for all of them.  The leader's own pairs come first.
    pairs = list(combinations(order, 2))
    behind = gaps(task, scores, MAIN_METRIC, pairs)[: len(others)]
    alone = bool(behind) and all(gap.established for gap in behind)
    ranked: list[tuple[int, Gap | None, str]] = [(leader, None, "leads" if alone else "best")]
    for row, gap in zip(others, behind, strict=True):
        ranked.append((row, gap, "behind" if gap.established else "level"))
    return ranked


def _discordant(
    task: TaskRecord, leader: Sequence[FoldPredictions], other: Sequence[FoldPredictions]
) -> McNemar | None:
    """Compare decisions at 0.5 with the leader's; None where cases are not independent."""
    tested = np.concatenate([fold.rows for fold in leader])
    if leader is other or task.group is not None or len(np.unique(tested)) < len(tested):
        return None
    decisions = (
        np.concatenate([decide(fold.p, DEFAULT) for fold in folds]) for folds in (leader, other)
    )
    return mcnemar(task.target[tested], *decisions)


def _entry(
    contestant: Contestant,
    predictions: tuple[FoldPredictions, ...],
    figures: dict[str, Score],
    behind: Gap | None,
    standing: str,
    gain: Gap | None,
    rival: str,
    **judged: Any,
) -> Entry:
    return Entry(
        name=contestant.name,
        title=contestant.title,
        family=contestant.family,
        failures=contestant.failures,
        scores=figures,
        behind=behind,
        standing=standing,
        derived_view=contestant.derived_view,
        fit_seconds=contestant.fit_seconds,
        predict_microseconds=contestant.predict_microseconds,
        peak_bytes=contestant.peak_bytes,
        costs=contestant.costs,
        explanations=contestant.explanations,
        members=contestant.members,
        left_out=contestant.left_out,
        gain=gain,
        rival=rival,
        predictions=predictions,
        **judged,
    )


def _failed(contestant: Contestant) -> Entry:
    return _entry(contestant, (), {}, None, "failed", None, "")
