"""Comparisons between entries of a task in a figure: how large, how sure."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..stats.equivalence import cases_needed, student_odds
from ..stats.intervals import LEVEL
from ..stats.moderated_variance import moderated
from ..stats.paired_tests import resampled_t_test
from ..stats.step_down import step_down
from ..store.records import TaskRecord
from .judgement import Gap, Score
from .scoring import Scores


def gaps(task: TaskRecord, scores: Scores, key: Key, pairs: Sequence[tuple[int, int]]) -> list[Gap]:
    """Compare pairs of entries in a figure, all of them together.

    Where folds are drawn by chance, a difference has the standard error of ``resampled_t_test``,
    which asks whether other test cases or other train cases would reverse the order; elsewhere that
    of the paired bootstrap, which asks about other test cases alone.  A difference is established
    at 5 % by ``step_down`` over all the pairs given, on the draws that they share.

    Parameters
    ----------
    task : TaskRecord
    scores : Scores
    key : Key
    pairs : sequence of (int, int)
        Entries by their position in ``scores``; a difference is positive where the first is
        better.

    Returns
    -------
    list of Gap
        P-values and intervals are simultaneous: an interval leaves out zero just where the
        difference is established.  Entries that score the same in every fold and every draw are
        equal, whatever else is compared.
    """
    if not pairs:
        return []
    metric = METRICS[key.metric]
    sign = -1.0 if metric.minimize else 1.0
    first, second = np.array(pairs).T
    folds = sign * scores.by_fold[key]
    folds = folds[first] - folds[second]
    values = folds.mean(axis=1)
    draws = sign * scores.draws[key]
    draws = draws[first] - draws[second]
    # A draw in which some figure is not defined is left out for all.
    draws = draws[:, ~np.isnan(draws[~np.isnan(values)]).any(axis=0)]
    errors = np.zeros(len(pairs))
    if draws.shape[1] > 1:
        errors = np.nan_to_num(draws.std(axis=1, ddof=1))
    p_values, reach = np.ones(len(pairs)), np.zeros(len(pairs))
    known_by = np.full(len(pairs), np.inf)
    apart = errors > 0
    p_values[~apart & (values != 0) & ~np.isnan(values)] = 0.0  # the same in every draw
    if apart.any():
        null = draws[apart] - draws[apart].mean(axis=1, keepdims=True)
        null = np.abs(null) / errors[apart, None]
        errors[apart], known_by[apart] = _errors(task, folds[apart], draws[apart])
        size = _as_normal(np.abs(values[apart]) / errors[apart], known_by[apart])
        p_values[apart], reach[apart] = step_down(size, null, LEVEL)
        reach[apart] = errors[apart] * _as_student(reach[apart], known_by[apart])
    n_tested = len(np.unique(np.concatenate([fold.test for fold in task.folds])))
    return [
        Gap(
            key.metric,
            Score(*(float(end) for end in (value, value - far, value + far))),
            float(p),
            bool(not math.isnan(value) and p <= 1 - LEVEL),
            None if math.isnan(value) else student_odds(value, error, known, metric.rope),
            cases_needed(float(value), float(error), n_tested),
        )
        for value, far, p, error, known in zip(
            values, reach, p_values, errors, known_by, strict=True
        )
    ]


def _errors(
    task: TaskRecord, folds: np.ndarray, draws: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give each pair's standard error and its degrees of freedom."""
    # Folds in time are no sample: their differences drift, and no correction for that is known.
    if task.time is not None or len(task.folds) < 2:
        return draws.std(axis=1, ddof=1), np.full(len(draws), np.inf)
    # Each pair's variance between folds has as many degrees of freedom as there are folds but one;
    # all that are compared on these folds together know more.
    between, known_by = moderated(np.var(folds, axis=1, ddof=1), len(task.folds) - 1)
    ratio = _test_to_train(task)
    tests = [
        resampled_t_test(of_folds, of_draws, ratio, (float(spread), known_by))
        for of_folds, of_draws, spread in zip(folds, draws, between, strict=True)
    ]
    return np.array([test.error for test in tests]), np.array([test.freedom for test in tests])


def _test_to_train(task: TaskRecord) -> float:
    ratios = []
    for fold in task.folds:
        parts = [part for split in fold.splits for part in (split.fit, split.valid)]
        ratios.append(len(fold.test) / len(np.unique(np.concatenate(parts))))
    return float(np.mean(ratios))


def _as_normal(size: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Turn sizes of a Student distribution into those of a normal one that are as rare."""
    rare = np.maximum(stats.t.sf(size, freedom), 1e-300)
    return stats.norm.isf(rare)


def _as_student(size: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    return stats.t.isf(np.maximum(stats.norm.sf(size), 1e-300), freedom)
