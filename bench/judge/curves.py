"""Curves judged: each model's main metric at every point, and what the steps between them bring."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..language.sentence import AFTER_A_COLON, AFTER_A_SEMICOLON, joined
from ..metrics.bootstrap import Answers
from ..metrics.key import AT_HALF, Key
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from ..stats.intervals import percentile_interval
from ..stats.power_law import value_of_doubling
from ..store.records import RunRecord, TaskRecord
from ..suite.curve import LEARNING, CurveRecord
from .best_possible import truths
from .contestants import Contestant, best_on_valid
from .figure_intervals import with_intervals
from .judgement import CurveEntry, CurveJudgement, FoldPredictions, Gap, Score
from .pairwise import gaps
from .refits import training_ratios
from .scoring import Question, Scores, resample
from .stored_models import models_of
from .transfers import transfers_of
from .units import freedom

_UNKNOWN = Score(math.nan, math.nan, math.nan)


def judge_curve(
    run: RunRecord, curve: CurveRecord, metric: str, n_draws: int, seed: int
) -> CurveJudgement:
    """Judge a curve.  All points and models are scored on the same cases in the same draws.

    A step is tested as ``pairwise.gaps`` tests any pair, over all models together, and allows for
    other fit cases of the same number, of which the earlier point has the fewest.

    Parameters
    ----------
    run : RunRecord
    curve : CurveRecord
    metric : str
        A metric of probabilities.
    n_draws, seed : int
        Of the bootstrap.
    """
    key, learning = Key(metric), curve.kind == LEARNING
    known = {task.name: task for task in (*run.tasks, *run.points)}
    tasks = [known[point.task] for point in curve.points]
    models = [
        [model for model in models_of(run, task) if model.name in curve.models] for task in tasks
    ]
    truth = [_truth(task) for task in tasks]
    predictions = [
        _predictions(contestant, tasks[0])
        for contestant in (*(model for of_point in models for model in of_point), *truth)
    ]
    scores, figures = _scored(tasks[0], predictions, key, n_draws, seed)
    n_points, n_models = len(tasks), len(curve.models)
    row = np.arange(n_points * n_models).reshape(n_points, n_models)
    weighted = [_UNKNOWN] * n_models
    if curve.weights:
        weighted = _weighted(tasks[0], predictions, row, curve.weights, n_draws, seed)
    drawn_anew = _with_training_noise(scores, key, row, seed) if learning else scores
    points = range(n_points)
    *steps, whole = (
        _gained(tasks, models, scores, key, row, place)
        for place in (*zip(points, points[1:], strict=False), (0, n_points - 1))
    )
    entries = [
        CurveEntry(
            name=models[0][m].name,
            title=models[0][m].title,
            family=models[0][m].family,
            scores=tuple(figures[i] for i in row[:, m]),
            steps=tuple(step[m] for step in steps),
            whole=whole[m],
            doubling=_doubling(curve, drawn_anew, key, row[:, m]) if learning else _UNKNOWN,
            failures=tuple(
                joined(
                    AFTER_A_COLON,
                    [point.label, joined(AFTER_A_SEMICOLON, of_point[m].failures)],
                )
                for point, of_point in zip(curve.points, models, strict=True)
                if of_point[m].failures
            ),
            weighted=weighted[m],
        )
        for m in range(n_models)
    ]
    return CurveJudgement(
        curve,
        tasks[-1],
        metric,
        tuple(sorted(entries, key=lambda entry: _place(entry, metric))),
        _chosen(models[-1], tasks[-1], metric),
        tuple(figures[row.size :]) if all(true.folds for true in truth) else (),
        transfers_of(run, curve, tasks, models, scores, key, row),
    )


def _gained(
    tasks: Sequence[TaskRecord],
    models: Sequence[Sequence[Contestant]],
    scores: Scores,
    key: Key,
    row: np.ndarray,
    place: tuple[int, int],
) -> list[Gap]:
    """Compare each model at two points, an earlier and a later one."""
    earlier, later = place
    there = [m for m in range(row.shape[1]) if models[earlier][m].folds and models[later][m].folds]
    sides = [models[point][m] for point in (later, earlier) for m in there]
    training = np.zeros((len(scores.by_fold[key]),) * 2)
    rows = np.concatenate([row[later, there], row[earlier, there]])
    if there:
        training[np.ix_(rows, rows)] = training_ratios(tasks[earlier], sides)
    pairs = list(zip(row[later], row[earlier], strict=True))
    return gaps(tasks[-1], replace(scores, training=training), key, pairs)


def _chosen(models: Sequence[Contestant], task: TaskRecord, metric: str) -> str:
    working = [model for model in models if model.folds]
    trained = [model for model in working if model.family != "baseline"] or working
    return best_on_valid(trained, task, metric).name if trained else ""


def _truth(task: TaskRecord) -> Contestant:
    """Give the true probabilities given all views; without folds where they are not known."""
    unknown = Contestant("", "", "truth", ("they are not known",), ())
    return max(truths(task), key=lambda true: true.name.count("+"), default=unknown)


def _predictions(model: Contestant, task: TaskRecord) -> tuple[FoldPredictions, ...]:
    return tuple(
        FoldPredictions(fold.number, fold.test, predicted.test, DEFAULT)
        for fold, predicted in zip(task.folds, model.folds, strict=bool(model.folds))
    )


def _scored(
    task: TaskRecord,
    predictions: Sequence[tuple[FoldPredictions, ...]],
    key: Key,
    n_draws: int,
    seed: int,
) -> tuple[Scores, list[Score]]:
    """Score all predictions; those that are missing are NaN, and not available."""
    there = [i for i, of_folds in enumerate(predictions) if of_folds]
    by_fold = np.full((len(predictions), len(task.folds)), np.nan)
    draws = np.full((len(predictions), n_draws), np.nan)
    figures = [_UNKNOWN] * len(predictions)
    if not there:
        return Scores({key: by_fold}, {key: draws}), figures
    of_those = [predictions[i] for i in there]
    answers = [[Answers(fold.p, {}) for fold in of_folds] for of_folds in of_those]
    (found,) = resample(task, [Question(answers, [key])], n_draws, seed)
    by_fold[there], draws[there] = found.by_fold[key], found.draws[key]
    for i, of_key in zip(there, with_intervals(found, task, of_those, [key]), strict=True):
        figures[i] = of_key[key]
    return Scores({key: by_fold}, {key: draws}), figures


def _weighted(
    task: TaskRecord,
    predictions: Sequence[tuple[FoldPredictions, ...]],
    row: np.ndarray,
    weights: Sequence[float],
    n_draws: int,
    seed: int,
) -> list[Score]:
    """Add up each model's accuracy at 0.5 over the points, by weight; all share cases and draws."""
    key, found = Key("accuracy"), []
    for rows in row.T:
        of_points = [predictions[i] for i in rows]
        if not all(of_points):
            found.append(_UNKNOWN)
            continue
        answers = [
            [Answers(fold.p, {AT_HALF: decide(fold.p, DEFAULT)}) for fold in of_folds]
            for of_folds in of_points
        ]
        (scores,) = resample(task, [Question(answers, [key])], n_draws, seed)
        value = float(np.dot(weights, scores.by_fold[key].mean(axis=1)))
        draws = np.dot(weights, scores.draws[key])
        ends = percentile_interval(value, draws, (0.0, float(np.sum(weights))), freedom(task))
        found.append(Score(value, *ends))
    return found


def _doubling(curve: CurveRecord, scores: Scores, key: Key, rows: np.ndarray) -> Score:
    """Extrapolate a learning curve from the points that are there, the last among them."""
    there = [i for i, row in enumerate(rows) if not np.isnan(scores.by_fold[key][row]).any()]
    if len(rows) - 1 not in there:
        return _UNKNOWN
    sign = -1.0 if METRICS[key.metric].minimize else 1.0
    low, high = sorted(sign * bound for bound in METRICS[key.metric].range)
    by_fold = sign * scores.by_fold[key][rows[there]]
    sizes = np.array([curve.points[i].size for i in there])
    return Score(
        *value_of_doubling(
            sizes,
            by_fold.mean(axis=1),
            sign * scores.draws[key][rows[there]],
            (low, high),
        )
    )


def _with_training_noise(scores: Scores, key: Key, row: np.ndarray, seed: int) -> Scores:
    """Add to each draw what fitting on other cases of the same number would do."""
    rng = np.random.default_rng(seed)
    draws = scores.draws[key].copy()
    for rows in row.T:
        by_fold = scores.by_fold[key][rows]
        spread = _scatter(by_fold[~np.isnan(by_fold).any(axis=1)])
        draws[rows] += rng.normal(0.0, spread, draws[rows].shape)
    return Scores(scores.by_fold, {key: draws})


def _scatter(by_fold: np.ndarray) -> float:
    """Estimate the standard deviation of a point's mean that training by chance causes.

    What neither the point nor the fold explains is left to it (and to what a fold's test cases
    like about one point: it errs on the large side).  0 where there is one fold, which cannot tell.
    """
    n_points, n_folds = by_fold.shape
    if n_points < 2 or n_folds < 2:
        return 0.0
    rest = by_fold - by_fold.mean(axis=0) - by_fold.mean(axis=1, keepdims=True) + by_fold.mean()
    return float(np.sqrt((rest**2).sum() / ((n_points - 1) * (n_folds - 1)) / n_folds))


def _place(entry: CurveEntry, metric: str) -> tuple[bool, float]:
    last = entry.scores[-1]
    return not last.available, last.value if METRICS[metric].minimize else -last.value
