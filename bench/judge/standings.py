"""Standings of a task's contestants: who is ahead of whom, how far, and how surely."""

import math
from collections.abc import Sequence

import numpy as np

from ..metrics.key import Key
from ..metrics.thresholds import DEFAULT, decide
from ..stats.mcnemar import McNemar, mcnemar
from ..store.records import TaskRecord
from .best_possible import shortfalls
from .chance_behind import chances_behind
from .contestants import best_on_valid
from .figures import Figures
from .judgement import IN_THE_RACE, MAIN_METRIC, Entry, FoldPredictions, Gap, standing_of
from .pairwise import behind, gaps
from .scoring import Scores

_MAIN = Key(MAIN_METRIC)


def standings(task: TaskRecord, figures: Figures) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Rank the models and the ensembles that worked, each table by the main metric.

    Returns
    -------
    models, ensembles : tuple of Entry
        The best first.
    """
    n_models = len(figures.models)
    tables = range(n_models), range(n_models, n_models + len(figures.ensembles))
    rival = best_on_valid(figures.models, task, MAIN_METRIC)
    pairs = [(row, figures.models.index(rival)) for row in tables[1]]
    gains = dict(zip(tables[1], gaps(task, figures.scores, _MAIN, pairs), strict=True))
    values = figures.scores.by_fold[_MAIN].mean(axis=1)[:n_models]
    highest = int(np.argmax(np.nan_to_num(values, nan=-np.inf)))
    pairs = [(row, highest) for row in tables[1]]
    over = dict(zip(tables[1], gaps(task, figures.scores, _MAIN, pairs), strict=True))
    chances = {
        row: chance
        for rows in tables
        for row, chance in chances_behind(figures.scores, _MAIN, rows).items()
    }
    first_truth = tables[1].stop
    row_of_truth = {truth.name: first_truth + i for i, truth in enumerate(figures.truths)}

    def entry(row: int, distance: Gap | None, standing: str, leader: int) -> Entry:
        contestant = (*figures.models, *figures.ensembles)[row]
        return Entry(
            contestant,
            standing,
            figures.with_intervals[row],
            distance,
            gains.get(row),
            rival.name if row in gains else "",
            figures.predictions[row],
            shortfalls(figures.scores, row, row_of_truth, contestant.views),
            figures.outcomes[row],
            figures.calibrations[row] if row < n_models else (),
            _discordant(task, figures.predictions[leader], figures.predictions[row]),
            gain_over_highest=over.get(row),
            highest=figures.models[highest].name if row in over else "",
            chance_behind=chances.get(row, math.nan),
        )

    models, ensembles = (
        tuple(entry(*placed, ranked[0][0]) for placed in ranked)
        for ranked in (_ranked(task, figures.scores, rows) for rows in tables)
    )
    return models, ensembles


def _ranked(
    task: TaskRecord, scores: Scores, rows: Sequence[int]
) -> list[tuple[int, Gap | None, str]]:
    """Order a table best first, and say how far behind its leader each entry is."""
    order, gaps_to_leader = behind(task, scores, _MAIN, rows)
    if not order or np.isnan(scores.by_fold[_MAIN][order[0]]).any():
        # Without the metric nobody is ahead of anybody; the run's order stays.
        return [(row, None, IN_THE_RACE) for row in rows]
    others = zip(order[1:], gaps_to_leader, strict=True)
    return [
        (order[0], None, IN_THE_RACE),
        *((row, gap, standing_of(gap.established, gap.odds)) for row, gap in others),
    ]


def _discordant(
    task: TaskRecord, leader: Sequence[FoldPredictions], other: Sequence[FoldPredictions]
) -> McNemar | None:
    """Compare decisions at 0.5 with the leader's; None where cases do not count one by one."""
    tested = np.concatenate([fold.rows for fold in leader])
    alone = task.group is None and task.weight is None and len(np.unique(tested)) == len(tested)
    if leader is other or not alone:
        return None
    decisions = (
        np.concatenate([decide(fold.p, DEFAULT) for fold in folds]) for folds in (leader, other)
    )
    return mcnemar(task.target[tested], *decisions)
