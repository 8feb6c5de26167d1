"""The best possible scores, where the data were generated and the true probabilities are known."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from .contestants import Contestant, OutOfSample
from .findings import Ceiling, Shortfall
from .score import Score
from .scoring import Scores

_METRICS = ("roc_auc", "log_loss")


def truths(task: TaskRecord) -> list[Contestant]:
    """Give the true probabilities, for each set of views, as if a model had predicted them.

    The name is that of the views, joined by "+".
    """
    return [
        Contestant(
            views,
            "True probabilities",
            "truth",
            (),
            tuple(OutOfSample(p[fold.valid], p[fold.test]) for fold in task.folds),
        )
        for views, p in task.truth.items()
    ]


def ceilings(names: Sequence[str], figures: Sequence[Mapping[Key, Score]]) -> tuple[Ceiling, ...]:
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
                sign * (of[Key(metric)][row_of[views]] - of[Key(metric)][row])
                for of in (scores.by_fold, scores.draws)
            )
            value = float(folds.mean())
            low, high = (np.nan, np.nan) if np.isnan(value) else percentile_interval(value, draws)
            found.append(Shortfall(views, metric, Score(value, float(low), float(high))))
    return tuple(found)
