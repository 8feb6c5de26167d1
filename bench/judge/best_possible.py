"""The best possible scores, where the data were generated and the true probabilities are known."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..metrics.metrics import METRICS
from ..metrics.thresholds import best_threshold, f1
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from .judgement import Ceiling, FoldPredictions, Score, Shortfall
from .scoring import Scores

_METRICS = ("roc_auc", "log_loss")


def true_predictions(task: TaskRecord) -> dict[str, tuple[FoldPredictions, ...]]:
    """Give, for each set of views, the true probabilities as if a model had predicted them."""
    return {
        views: tuple(
            FoldPredictions(
                fold.number,
                fold.test,
                p[fold.test],
                best_threshold(task.target[fold.valid], p[fold.valid], f1),
            )
            for fold in task.folds
        )
        for views, p in task.truth.items()
    }


def ceilings(names: Sequence[str], figures: Sequence[Mapping[str, Score]]) -> tuple[Ceiling, ...]:
    """Name the scores of the true probabilities, the most that can be known first."""
    found = [Ceiling(views, scores) for views, scores in zip(names, figures, strict=True)]
    return tuple(sorted(found, key=lambda ceiling: -ceiling.views.count("+")))


def shortfalls(
    scores: Scores, row: int, row_of: Mapping[str, int], read: frozenset[str]
) -> tuple[Shortfall, ...]:
    """Measure how far an entry stays below the truth, given what it reads and given everything.

    Parameters
    ----------
    scores : Scores
        Of the entries and, at ``row_of``, of the true probabilities.
    row : int
        The entry.
    row_of : mapping of str to int
        The true probabilities by their views; empty where they are not known.
    read : frozenset of str
        The views that the entry reads.

    Returns
    -------
    tuple of Shortfall
        With percentile intervals of the paired bootstrap.
    """
    widest = max(row_of, key=lambda views: views.count("+"), default="")
    wanted = dict.fromkeys(("+".join(sorted(read)), widest))
    found = []
    for views in wanted:
        for metric in _METRICS if views in row_of else ():
            sign = -1.0 if METRICS[metric].minimize else 1.0
            folds, draws = (
                sign * (of[metric][row_of[views]] - of[metric][row])
                for of in (scores.by_fold, scores.draws)
            )
            value = float(folds.mean())
            low, high = (np.nan, np.nan) if np.isnan(value) else percentile_interval(value, draws)
            found.append(Shortfall(views, metric, Score(value, float(low), float(high))))
    return tuple(found)
