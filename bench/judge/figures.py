"""Figures of a task's contestants: all that is computed of each before any two are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.key import CHOSEN, Key, keys_of
from ..metrics.metrics import METRICS
from ..metrics.thresholds import decide
from ..store.records import TaskRecord
from ..suite.decisions import Decisions, choose
from .best_possible import truths
from .calibration import calibration_questions, calibrations
from .contestants import Contestant
from .figure_intervals import Tested, reads_draws, with_intervals
from .judgement import MAIN_METRIC, Calibrated, FoldPredictions, RuleOutcome, Score
from .refits import training_ratios
from .scoring import Question, Scores, resample
from .threshold_rules import rule_metrics, rule_outcomes


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures of contestants that worked: first models, then ensembles, and last the truth.

    Parameters
    ----------
    models, ensembles, truths : tuple of Contestant
        The rows of all that follows, in this order.
    scores : Scores
    with_intervals : tuple of dict of Key to Score
    predictions : tuple of tuple of FoldPredictions
    outcomes : tuple of tuple of RuleOutcome
        Not of the truth.
    calibrations : tuple of tuple of Calibrated
        Of models; none where valid cases allow none.
    """

    models: tuple[Contestant, ...]
    ensembles: tuple[Contestant, ...]
    truths: tuple[Contestant, ...]
    scores: Scores
    with_intervals: tuple[dict[Key, Score], ...]
    predictions: tuple[tuple[FoldPredictions, ...], ...]
    outcomes: tuple[tuple[RuleOutcome, ...], ...]
    calibrations: tuple[tuple[Calibrated, ...], ...]


def figures_of(
    task: TaskRecord,
    models: Sequence[Contestant],
    ensembles: Sequence[Contestant],
    decisions: Decisions,
    n_draws: int,
    seed: int,
) -> Figures:
    """Choose thresholds and calibrators on valid cases, and score all of it on test cases.

    Parameters
    ----------
    task : TaskRecord
    models, ensembles : sequence of Contestant
        Those that worked; at least one.
    decisions : Decisions
        Of the run: they say which rules there are.
    n_draws, seed : int
        Of the bootstrap, which is walked once.
    """
    true = truths(task)
    rows, n_judged = [*models, *ensembles, *true], len(models) + len(ensembles)
    rules, of_rules = decisions.rules(), rule_metrics(decisions)
    thresholds = [
        [
            choose(rules, task.target[fold.valid], predicted.valid, task.weight_of(fold.valid))
            for fold, predicted in zip(task.folds, row.folds, strict=True)
        ]
        for row in rows
    ]
    keys = dict.fromkeys((*keys_of(), *keys_of(of_rules, [rule.name for rule in rules])))
    drawn = [key for key in keys if reads_draws(key) or key.metric == MAIN_METRIC]
    of_all = Question(
        [
            [_answers(predicted.test, chosen) for predicted, chosen in zip(*of_row, strict=True)]
            for of_row in zip((row.folds for row in rows), thresholds, strict=True)
        ],
        tuple(keys),
        METRICS | of_rules,
        drawn,
    )
    calibrated = calibration_questions(task, models)
    scores, *after = resample(task, [of_all, *calibrated], n_draws, seed)
    scores = replace(scores, training=training_ratios(task, rows))
    predictions = tuple(
        tuple(
            FoldPredictions(fold.number, fold.test, predicted.test, chosen[CHOSEN])
            for fold, predicted, chosen in zip(task.folds, row.folds, of_row, strict=True)
        )
        for row, of_row in zip(rows, thresholds, strict=True)
    )
    tested = Tested(task)
    return Figures(
        tuple(models),
        tuple(ensembles),
        tuple(true),
        scores,
        tuple(with_intervals(scores, task, predictions, tested=tested)),
        predictions,
        tuple(
            rule_outcomes(
                rules,
                of_rules,
                scores,
                row,
                thresholds[row],
                tested,
                predictions[row],
            )
            for row in range(n_judged)
        ),
        tuple(calibrations(task, scores, calibrated, after, tested.freedom)) or ((),) * len(models),
    )


def _answers(p: np.ndarray, thresholds: Mapping[str, float]) -> Answers:
    return Answers(p, {rule: decide(p, threshold) for rule, threshold in thresholds.items()})
