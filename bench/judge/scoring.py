"""Scores of all entries of a task: each fold on its own test cases, means over folds, intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..metrics.bootstrap import Answers, FoldScores, FoldUnits, in_every_draw
from ..metrics.key import AT_HALF, CHOSEN, Key, keys_of
from ..metrics.metrics import METRICS, Metric
from ..metrics.thresholds import DEFAULT, best_threshold, decide, f1
from ..stats.delong import delong_influence
from ..stats.intervals import logit_interval, percentile_interval, raised_interval
from ..store.records import TaskRecord
from .contestants import Contestant
from .judgement import FoldPredictions, Score


@dataclass(frozen=True, eq=False)
class Scores:
    """Figures of some entries of a task.

    Parameters
    ----------
    by_fold : dict of Key to ndarray of shape (n_entries, n_folds)
    draws : dict of Key to ndarray of shape (n_entries, n_draws)
        Means over folds in each bootstrap draw; the same draws for every entry.
    """

    by_fold: dict[Key, np.ndarray]
    draws: dict[Key, np.ndarray]


@dataclass(frozen=True, eq=False)
class Question:
    """Figures that are wanted of some entries.

    Parameters
    ----------
    answers : sequence of sequence of Answers
        Of each entry, for each fold.
    keys : sequence of Key
    metrics : mapping of str to Metric, optional
        Those that the keys name; those of the house where not given.
    """

    answers: Sequence[Sequence[Answers]]
    keys: Sequence[Key]
    metrics: Mapping[str, Metric] = field(default_factory=lambda: METRICS)


def resample(task: TaskRecord, asked: Sequence[Question], n_draws: int, seed: int) -> list[Scores]:
    """Score entries on the test cases of each fold, once and in every bootstrap draw.

    The draws are walked once for all questions: each chunk of them costs much memory traffic.

    Parameters
    ----------
    task : TaskRecord
    asked : sequence of Question
    n_draws, seed : int

    Returns
    -------
    list of Scores
        Of each question, on the same draws.
    """
    unit = units(task)
    folds = []
    for i, fold in enumerate(task.folds):
        tested = FoldUnits(task.target[fold.test], unit[fold.test], task.weight_of(fold.test))
        answers = [[of_entry[i] for of_entry in one.answers] for one in asked]
        items = [
            FoldScores(tested, of_one, one.keys, one.metrics)
            for one, of_one in zip(asked, answers, strict=True)
        ]
        folds.append((tested, items))
    drawn = in_every_draw(folds, int(unit.max()) + 1, n_draws, seed)
    return [
        Scores(
            {
                key: np.column_stack([items[number].once[key] for _, items in folds])
                for key in dict.fromkeys(one.keys)
            },
            draws,
        )
        for number, (one, draws) in enumerate(zip(asked, drawn, strict=True))
    ]


def score(
    task: TaskRecord, predictions: Sequence[Sequence[FoldPredictions]], n_draws: int, seed: int
) -> Scores:
    """Score entries in all figures of the house.

    Parameters
    ----------
    task : TaskRecord
    predictions : sequence of sequence of FoldPredictions
        Of each entry, for each fold.
    n_draws, seed : int
    """
    answers = [
        [
            Answers(
                fold.p, {AT_HALF: decide(fold.p, DEFAULT), CHOSEN: decide(fold.p, fold.threshold)}
            )
            for fold in of_entry
        ]
        for of_entry in predictions
    ]
    (scores,) = resample(task, [Question(answers, keys_of())], n_draws, seed)
    return scores


def fold_predictions(contestant: Contestant, task: TaskRecord) -> tuple[FoldPredictions, ...]:
    """Give what is judged: test predictions, and the threshold of the highest F1 on valid cases."""
    return tuple(
        FoldPredictions(
            fold.number,
            fold.test,
            predicted.test,
            best_threshold(
                task.target[fold.valid], predicted.valid, f1, task.weight_of(fold.valid)
            ),
        )
        for fold, predicted in zip(task.folds, contestant.folds, strict=True)
    )


def with_intervals(
    scores: Scores,
    task: TaskRecord,
    predictions: Sequence[Sequence[FoldPredictions]],
    keys: Sequence[Key] = (),
) -> list[dict[Key, Score]]:
    """Give each entry's figures, all of the house or those named, with their 95 % intervals.

    ROC AUC has DeLong's interval, on the scale of log odds, where cases are independent of each
    other; the calibration error that of a figure which chance raises; all others the expanded
    percentile interval.  A figure that is not defined in some fold is not available: a mean over
    the other folds would be of other cases.
    """
    freedom = _freedom(task)
    figures: list[dict[Key, Score]] = [{} for _ in predictions]
    for key in keys or keys_of():
        metric = METRICS[key.metric]
        for row, value in enumerate(scores.by_fold[key].mean(axis=1)):
            draws = scores.draws[key][row]
            is_auc = metric.name == "roc_auc"
            variance = _delong_variance(task, predictions[row]) if is_auc else np.nan
            if np.isnan(value):
                low = high = np.nan
            elif not np.isnan(variance):
                low, high = logit_interval(value, variance, freedom)
            elif metric.name == "ece":
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
    """Count the tested cases of the rarer outcome, or the groups that hold one, less one.

    Of weighted ones as many count as would, with equal weights, tell as much (Kish 1965, "Survey
    sampling").
    """
    unit = units(task)
    if task.weight is None:
        of_either = [len(np.unique(unit[(task.target == y) & (unit >= 0)])) for y in (0, 1)]
        return float(min(of_either) - 1)
    of_either = []
    for y in (0, 1):
        rows = (task.target == y) & (unit >= 0)
        held = np.bincount(unit[rows], task.weight[rows])
        of_either.append(held.sum() ** 2 / np.square(held).sum())
    return max(float(min(of_either)) - 1, 1.0)


def _delong_variance(task: TaskRecord, predictions: Sequence[FoldPredictions]) -> float:
    """Variance of the mean AUC over folds; NaN where cases of a group depend on each other."""
    if task.group is not None:
        return np.nan
    # Added by case, as repeated folds test a case more than once.
    influence = np.zeros(len(task.target))
    for predicted in predictions:
        rows = predicted.rows
        influence[rows] += delong_influence(task.target[rows], predicted.p, task.weight_of(rows))[1]
    return float(np.square(influence / len(predictions)).sum())
