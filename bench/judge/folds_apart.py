"""Folds apart: each entry's main figure in every fold, and an alarm where they spread too far."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special, stats

from ..language.sentence import Sentence
from ..metrics.metrics import METRICS
from .figure_intervals import Tested
from .judgement import N_ENSEMBLES_SHOWN, Entry, Score, TaskJudgement

# Of one false alarm in a task: half for all models together, half for each by itself.
_LEVEL = 0.01
# A model changes with its train cases, trees most of all: as much again as test cases explain is no
# alarm.
_OF_TRAINING = 1.0
_REACH = float(stats.norm.ppf(0.975))
_MEANS = Sentence(
    "The folds differ by far more than their test cases explain, so that the interval of the mean "
    "says little about the next period or the next sample: look at the folds."
)


def with_folds_scored(judged: TaskJudgement) -> TaskJudgement:
    """Give models and the first ensembles their main figure by fold, with intervals.

    An interval is over the fold's test cases.
    """
    tested = Tested(judged.task)

    def scored(entry: Entry) -> Entry:
        if not entry.predictions:
            return entry
        return replace(entry, by_fold=_by_fold(judged, tested, entry))

    models = tuple(map(scored, judged.models))
    ensembles = tuple(map(scored, judged.ensembles[:N_ENSEMBLES_SHOWN]))
    return replace(
        judged, models=models, ensembles=ensembles + judged.ensembles[N_ENSEMBLES_SHOWN:]
    )


def folds_apart(judged: TaskJudgement) -> tuple[str, ...]:
    """Say where folds differ by far more than their test cases explain: Cochran's test.

    First the median over all models, in which changes of one by itself cancel: a shift from fold to
    fold that all of them feel.  If there is none, each model by itself.

    Returns
    -------
    tuple of str
        At most one sentence.

    References
    ----------
    Cochran (1954), "The combination of estimates from different experiments", Biometrics 10.
    """
    trained = [
        (entry, *measured)
        for entry in judged.models
        if entry.family != "baseline" and (measured := _log_odds(entry.by_fold)) is not None
    ]
    if not trained:
        return ()
    middle = np.median([log_odds for _, log_odds, _ in trained], axis=0)
    # Models err on the same cases: their median is hardly surer than one of them.
    variance = np.median([variance for *_, variance in trained], axis=0)
    if _p_value(middle, variance) < _LEVEL / 2:
        leader = trained[0][0]
        return (
            Sentence(
                "{spread}; the other models likewise. {means}",
                spread=_spread(leader, judged.main_metric),
                means=_MEANS,
            ),
        )
    each = [
        entry
        for entry, log_odds, variance in trained
        if _p_value(log_odds, (1 + _OF_TRAINING) * variance) < _LEVEL / 2 / len(trained)
    ]
    if not each:
        return ()
    spread = _spread(each[0], judged.main_metric)
    if len(each) == 1:
        return (Sentence("{spread}. {means}", spread=spread, means=_MEANS),)
    return (
        Sentence("{spread}, and {n} more. {means}", spread=spread, n=len(each) - 1, means=_MEANS),
    )


def _spread(entry: Entry, metric: str) -> Sentence:
    values = [score.value for score in entry.by_fold]
    return Sentence(
        "{title} has {metric} from {low:.3f} to {high:.3f} by fold",
        title=entry.title,
        metric=Sentence(METRICS[metric].title),
        low=min(values),
        high=max(values),
    )


def _by_fold(judged: TaskJudgement, tested: Tested, entry: Entry) -> tuple[Score, ...]:
    metric, task = judged.main_metric, judged.task
    moved = tested.moved(metric, entry.predictions)
    scores = []
    for fold, of_units in zip(entry.predictions, moved, strict=True):
        value = METRICS[metric](task.target[fold.rows], fold.p, task.weight_of(fold.rows))
        ends = (math.nan, math.nan)
        if not math.isnan(value):
            ends = tested.of_area(metric, value, of_units)
        scores.append(Score(value, *ends))
    return tuple(scores)


def _log_odds(by_fold: Sequence[Score]) -> tuple[np.ndarray, np.ndarray] | None:
    """Give the log odds of each fold's figure and their variances; None where one has none."""
    if len(by_fold) < 2 or not all(0 < score.low < score.high < 1 for score in by_fold):
        return None
    ends = special.logit([(score.low, score.high) for score in by_fold])
    return special.logit([score.value for score in by_fold]), np.square(
        (ends[:, 1] - ends[:, 0]) / (2 * _REACH)
    )


def _p_value(values: np.ndarray, variance: np.ndarray) -> float:
    weights = 1 / variance
    middle = weights @ values / weights.sum()
    return float(stats.chi2.sf(weights @ np.square(values - middle), len(values) - 1))
