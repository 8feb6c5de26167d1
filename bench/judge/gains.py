"""Cumulative gains: how many of the positive cases the highest scores hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..metrics.metrics import Metric
from ..metrics.ranked import Ranked, Steps
from ..metrics.weighted_sums import Weighted
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from .judgement import Entry, Score
from .scoring import Question, resample


@dataclass(frozen=True)
class Gains:
    """The share of cases with the highest scores, and what it holds.

    Parameters
    ----------
    share : float
        Of all cases.
    found, precision, lift : Score
        Share of the positive cases that are among them, share of them that are positive, and how
        many times the base rate that is.
    """

    share: float
    found: Score
    precision: Score
    lift: Score


def gains(
    task: TaskRecord, entry: Entry, shares: Sequence[float], n_draws: int, seed: int
) -> tuple[Gains, ...]:
    """Read the curve of cumulative gains at some shares.

    Parameters
    ----------
    task : TaskRecord
    entry : Entry
        One that worked.
    shares : sequence of float
        Above 0 and at most 1.
    n_draws, seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of Gains
        Means over folds, with percentile intervals over test cases (over groups where there are
        any).  Cases of equal score at the border count with the fraction that fits in.
    """
    metrics = {
        metric.name: metric
        for share in shares
        for metric in (
            of_top(f"found {share}", share, lambda found, cases: found / cases.positives),
            of_top(
                f"precision {share}",
                share,
                lambda found, cases, share=share: found / (share * cases.total),
            ),
            of_top(
                f"lift {share}",
                share,
                lambda found, cases, share=share: found / (share * cases.positives),
            ),
        )
    }
    answers = [Answers(fold.p, {}) for fold in entry.predictions]
    keys = [Key(name) for name in metrics]
    (scores,) = resample(task, [Question([answers], keys, metrics)], n_draws, seed)

    def score(what: str, share: float) -> Score:
        key = Key(f"{what} {share}")
        value = float(scores.by_fold[key][0].mean())
        return Score(value, *percentile_interval(value, scores.draws[key][0]))

    return tuple(
        Gains(share, *(score(what, share) for what in ("found", "precision", "lift")))
        for share in shares
    )


def of_top(
    name: str,
    share: float,
    ratio: Callable[[np.ndarray, Weighted], np.ndarray],
    most: float = np.inf,
) -> Metric:
    """Make a metric of the weight of positive cases found among the highest scores.

    Parameters
    ----------
    name : str
    share : float
        Of the cases, those with the highest scores.
    ratio : callable
        ``(found, cases)``, by draw, to the figure.
    most : float, optional
        The largest that it can be.
    """

    def function(steps: Steps, cases: Weighted) -> np.ndarray:
        return ratio(steps.found_in(share * cases.total), cases)

    return Metric(
        name, name, False, (0.0, most), "p", "", np.nan, Ranked, function, joins_steps=True
    )
