"""Comparisons between entries of a task in its main metric: how large, how sure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..stats.equivalence import Odds, bootstrap_odds, cases_needed, student_odds
from ..stats.intervals import LEVEL, percentile_interval
from ..stats.moderated_variance import moderated
from ..stats.paired_tests import holm, resampled_t_test
from ..store.records import TaskRecord
from .judgement import Gap, Score
from .scoring import Scores


def gaps(task: TaskRecord, scores: Scores, key: Key, pairs: Sequence[tuple[int, int]]) -> list[Gap]:
    """Compare pairs of entries in a figure.

    Where folds are drawn by chance, a pair is tested by ``resampled_t_test``, which asks whether
    other test cases or other train cases would reverse the order; elsewhere by the paired
    bootstrap (its standard error, taken as that of a normal distribution), which asks about other
    test cases alone.  A difference is established at 5 %, after
    Holm's correction over all the pairs given.

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
        ``p_value`` is the corrected one; the interval is of the one difference.
    """
    if not pairs:
        return []
    metric = METRICS[key.metric]
    sign = -1.0 if metric.minimize else 1.0
    by_fold, draws = sign * scores.by_fold[key], sign * scores.draws[key]
    by_chance, ratio = _drawn_by_chance(task), _test_to_train(task)
    between, freedom = _between_folds(by_fold, pairs) if by_chance else ([None] * len(pairs), 0.0)
    found = []
    for (first, second), spread in zip(pairs, between, strict=True):
        of_folds = by_fold[first] - by_fold[second]
        of_draws = draws[first] - draws[second]
        if np.isnan(of_folds).any():
            found.append(_Found(Score(math.nan, math.nan, math.nan), 1.0, None, math.nan))
        elif by_chance:
            found.append(
                _over_folds(of_folds, of_draws, ratio, (float(spread), freedom), metric.rope)
            )
        else:
            found.append(_in_time(of_folds, of_draws, metric.rope))
    corrected = holm(np.array([one.p_value for one in found]))
    n_tested = len(np.unique(np.concatenate([fold.test for fold in task.folds])))
    return [
        Gap(
            key.metric,
            one.difference,
            float(p),
            bool(one.difference.available and p <= 1 - LEVEL),
            one.odds,
            cases_needed(one.difference.value, one.error, n_tested),
        )
        for one, p in zip(found, corrected, strict=True)
    ]


@dataclass(frozen=True)
class _Found:
    difference: Score
    p_value: float
    odds: Odds | None
    error: float


def _over_folds(
    of_folds: np.ndarray,
    of_draws: np.ndarray,
    ratio: float,
    between: tuple[float, float],
    rope: float,
) -> _Found:
    value = float(of_folds.mean())
    test = resampled_t_test(of_folds, of_draws, ratio, between)
    odds = student_odds(value, test.error, test.freedom, rope)
    return _Found(Score(value, *test.interval), test.p_value, odds, test.error)


def _in_time(of_folds: np.ndarray, of_draws: np.ndarray, rope: float) -> _Found:
    value = float(of_folds.mean())
    known = of_draws[~np.isnan(of_draws)]
    error = float(known.std()) if len(known) else math.nan
    return _Found(
        Score(value, *percentile_interval(value, of_draws)),
        _normal_p_value(value, error),
        bootstrap_odds(of_draws, rope),
        error,
    )


def _normal_p_value(value: float, error: float) -> float:
    """Two-sided; counted draws could not show what is rarer than one of them."""
    if math.isnan(error) or value == 0:
        return 1.0
    return math.erfc(abs(value) / error / math.sqrt(2)) if error else 0.0


def _between_folds(
    by_fold: np.ndarray, pairs: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, float]:
    """Give each pair's variance between folds, and its degrees of freedom.

    Each alone has as many degrees of freedom as there are folds but one; all that are compared on
    these folds together know more.
    """
    first, second = np.array(pairs).T
    variances = np.var(by_fold[first] - by_fold[second], axis=1, ddof=1)
    known = ~np.isnan(variances)
    variances[known], freedom = moderated(variances[known], by_fold.shape[1] - 1)
    return variances, freedom


def _drawn_by_chance(task: TaskRecord) -> bool:
    # Folds in time are no sample: their differences drift, and no correction for that is known.
    return task.time is None and len(task.folds) > 1


def _test_to_train(task: TaskRecord) -> float:
    ratios = []
    for fold in task.folds:
        parts = [part for split in fold.splits for part in (split.fit, split.valid)]
        ratios.append(len(fold.test) / len(np.unique(np.concatenate(parts))))
    return float(np.mean(ratios))
