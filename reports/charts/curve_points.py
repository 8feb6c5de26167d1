"""What the charts draw: ROC, precision-recall and reliability curves, a few dozen points each.

The figures of a table are means over folds.  So are the curves: each fold's curve is read at the
same places and averaged there (vertical averaging, Fawcett 2006, "An introduction to ROC
analysis", Pattern Recognition Letters 27), which keeps the area under a drawn curve equal to the
printed figure, however many cases there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...bench.judge.judgement import FoldPredictions
from ...bench.metrics.metrics import N_BINS
from ...bench.store.records import TaskRecord

# Denser on the left, where few alarms are raised and decisions are made.
FALSE_ALARM_GRID = np.linspace(0.0, 1.0, 51) ** 1.5
RECALL_GRID = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Ten equal-width bins of predicted probability, test cases of all folds together.

    Parameters
    ----------
    count : ndarray, shape (10,)
        Cases in each bin, or their weight.
    predicted, observed : ndarray, shape (10,)
        Mean predicted probability and share of positive cases; NaN in an empty bin.
    alone : ndarray, shape (10,)
        How many cases without weights would tell as much (Kish 1965, "Survey sampling").
    """

    count: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray
    alone: np.ndarray

    def filled(self) -> list[tuple[float, float, float, float]]:
        """List (predicted, observed, count, alone) of the bins that hold cases."""
        return [
            tuple(
                part[i].item() for part in (self.predicted, self.observed, self.count, self.alone)
            )
            for i in np.flatnonzero(self.count)
        ]


def roc(task: TaskRecord, folds: Iterable[FoldPredictions]) -> np.ndarray | None:
    """Give the mean share of positive cases found at each ``FALSE_ALARM_GRID`` value.

    Returns
    -------
    ndarray of shape (51,) or None
        None where no fold holds both outcomes.
    """
    return _mean_curve(_roc_of_fold(_found(task, fold)) for fold in folds)


def precision_recall(task: TaskRecord, folds: Iterable[FoldPredictions]) -> np.ndarray | None:
    """Give the mean precision at each ``RECALL_GRID`` value; a step curve, as average precision is.

    Returns
    -------
    ndarray of shape (51,) or None
        None where no fold holds both outcomes.
    """
    return _mean_curve(_precision_of_fold(_found(task, fold)) for fold in folds)


def reliability(task: TaskRecord, folds: tuple[FoldPredictions, ...]) -> Reliability:
    """Compare predicted probabilities with what happened, bin by bin."""
    p = np.concatenate([fold.p for fold in folds])
    rows = np.concatenate([fold.rows for fold in folds])
    y, weight = task.target[rows], task.weight_of(rows)
    of_each = (p, y) if weight is None else (weight * p, weight * y)
    bin_of = np.clip((p * N_BINS).astype(int), 0, N_BINS - 1)
    count = np.bincount(bin_of, weight, minlength=N_BINS)
    # An empty bin is 0 / 0 on purpose: NaN is its honest value.
    with np.errstate(invalid="ignore"):
        predicted, observed = (
            np.bincount(bin_of, weights=values, minlength=N_BINS) / count for values in of_each
        )
        alone = count if weight is None else count**2 / np.bincount(bin_of, weight**2, N_BINS)
    return Reliability(count, predicted, observed, alone)


def _mean_curve(curves: Iterable[np.ndarray | None]) -> np.ndarray | None:
    known = [curve for curve in curves if curve is not None]
    return np.mean(known, axis=0) if known else None


def _found(task: TaskRecord, fold: FoldPredictions) -> tuple[np.ndarray, np.ndarray] | None:
    """Count positive and negative cases at or above each distinct score, highest score first."""
    p, y, weight = fold.p, task.target[fold.rows], task.weight_of(fold.rows)
    if int(y.sum()) in (0, len(y)):
        return None
    order = np.argsort(-p)
    last_of_tie = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    each = np.ones(len(y), dtype=np.int64) if weight is None else weight
    positives, negatives = (
        np.cumsum((each * (y == outcome))[order])[last_of_tie] for outcome in (1, 0)
    )
    return positives, negatives


def _roc_of_fold(found: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray | None:
    if found is None:
        return None
    positives, negatives = (np.append(0, part) for part in found)
    return np.interp(FALSE_ALARM_GRID, negatives / negatives[-1], positives / positives[-1])


def _precision_of_fold(found: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray | None:
    if found is None:
        return None
    positives, negatives = found
    recall = positives / positives[-1]
    reached = np.searchsorted(recall, np.maximum(RECALL_GRID, 1e-12), side="left")
    return (positives / (positives + negatives))[np.minimum(reached, len(recall) - 1)]
