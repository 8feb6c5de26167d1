"""Scores of all entries of a task: each fold on its own test cases, means over folds, intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.bootstrap import Answers, Draws, FoldScores, metric_keys
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from ..stats.delong import delong_influence
from ..stats.intervals import logit_interval, percentile_interval, raised_interval
from ..store.records import TaskRecord
from .judgement import FoldPredictions, Score

CHOSEN = "@chosen"


@dataclass(frozen=True, eq=False)
class Scores:
    """Figures of a task's entries.

    Parameters
    ----------
    by_fold : dict of str to ndarray of shape (n_entries, n_folds)
        By figure: ``"f1"``, ``"f1@chosen"`` ...
    draws : dict of str to ndarray of shape (n_entries, n_draws)
        Means over folds in each bootstrap draw; the same draws for every entry.
    """

    by_fold: dict[str, np.ndarray]
    draws: dict[str, np.ndarray]


def score(
    task: TaskRecord, predictions: Sequence[Sequence[FoldPredictions]], n_draws: int, seed: int
) -> Scores:
    """Score entries on the test cases of each fold, once and in every bootstrap draw.

    Parameters
    ----------
    task : TaskRecord
    predictions : sequence of sequence of FoldPredictions
        Of each entry, for each fold.
    n_draws, seed : int
    """
    keys = metric_keys(("", CHOSEN))
    unit = units(task)
    folds = [
        FoldScores(
            task.target[fold.test],
            unit[fold.test],
            [_answers(of_entry[i]) for of_entry in predictions],
            keys,
        )
        for i, fold in enumerate(task.folds)
    ]
    n_units = int(unit.max()) + 1
    once = [fold.under(np.ones((n_units, 1))) for fold in folds]
    by_fold = {key: np.concatenate([scores[key] for scores in once], axis=1) for key in keys}
    draws = {key: np.zeros((len(predictions), n_draws)) for key in keys}
    for part, weights in Draws(n_units, n_draws, seed).chunks():
        for fold in folds:
            for key, scores in fold.under(weights).items():
                draws[key][:, part] += scores / len(folds)
    return Scores(by_fold, draws)


def with_intervals(
    scores: Scores, task: TaskRecord, predictions: Sequence[Sequence[FoldPredictions]]
) -> list[dict[str, Score]]:
    """Give each entry's figures with their 95 % intervals.

    ROC AUC has DeLong's interval, on the scale of log odds, where cases are independent of each
    other; the calibration error that of a figure which chance raises; all others the expanded
    percentile interval.  A figure that is not defined in some fold is not available: a mean over
    the other folds would be of other cases.
    """
    freedom = _freedom(task)
    figures: list[dict[str, Score]] = [{} for _ in predictions]
    for key, by_fold in scores.by_fold.items():
        metric = METRICS[key.partition("@")[0]]
        for row, value in enumerate(by_fold.mean(axis=1)):
            draws = scores.draws[key][row]
            variance = _delong_variance(task, predictions[row]) if key == "roc_auc" else np.nan
            if np.isnan(value):
                low = high = np.nan
            elif not np.isnan(variance):
                low, high = logit_interval(value, variance, freedom)
            elif key == "ece":
                low, high = raised_interval(value, draws, metric.range)
            else:
                low, high = percentile_interval(value, draws, metric.range, freedom)
            figures[row][key] = Score(float(value), float(low), float(high))
    return figures


def units(task: TaskRecord) -> np.ndarray:
    """Number what is drawn: the tested groups, or the tested cases; -1 for cases not tested."""
    tested = np.unique(np.concatenate([fold.test for fold in task.folds]))
    unit = np.full(len(task.target), -1)
    if task.group is None:
        unit[tested] = np.arange(len(tested))
    else:
        unit[tested] = np.unique(task.group[tested], return_inverse=True)[1]
    return unit


def _freedom(task: TaskRecord) -> float:
    """Count the tested cases of the rarer outcome, or the groups that hold one, less one."""
    unit = units(task)
    return float(min(len(np.unique(unit[(task.target == y) & (unit >= 0)])) for y in (0, 1)) - 1)


def _answers(predicted: FoldPredictions) -> Answers:
    decisions = {
        "": decide(predicted.p, DEFAULT),
        CHOSEN: decide(predicted.p, predicted.threshold),
    }
    return Answers(predicted.p, decisions)


def _delong_variance(task: TaskRecord, predictions: Sequence[FoldPredictions]) -> float:
    """Variance of the mean AUC over folds; NaN where cases of a group depend on each other."""
    if task.group is not None:
        return np.nan
    # Added by case, as repeated folds test a case more than once.
    influence = np.zeros(len(task.target))
    for predicted in predictions:
        influence[predicted.rows] += delong_influence(task.target[predicted.rows], predicted.p)[1]
    return float(np.square(influence / len(predictions)).sum())
