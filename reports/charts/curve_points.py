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

# Denser on the left, where few alarms are raised and decisions are made.
FALSE_ALARM_GRID = np.linspace(0.0, 1.0, 51) ** 1.5
RECALL_GRID = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Ten equal-width bins of predicted probability, test cases of all folds together.

    Parameters
    ----------
    count : ndarray of int, shape (10,)
        Cases in each bin.
    predicted, observed : ndarray, shape (10,)
        Mean predicted probability and share of positive cases; NaN in an empty bin.
    """

    count: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray

    def filled(self) -> list[tuple[float, float, int]]:
        """List (predicted, observed, count) of the bins that hold cases."""
        return [
            (float(self.predicted[i]), float(self.observed[i]), int(self.count[i]))
            for i in np.flatnonzero(self.count)
        ]


def roc(target: np.ndarray, folds: Iterable[FoldPredictions]) -> np.ndarray | None:
    """Give the mean share of positive cases found at each ``FALSE_ALARM_GRID`` value.

    Returns
    -------
    ndarray of shape (51,) or None
        None where no fold holds both outcomes.
    """
    return _mean_curve(_roc_of_fold(target[fold.rows], fold.p) for fold in folds)


def precision_recall(target: np.ndarray, folds: Iterable[FoldPredictions]) -> np.ndarray | None:
    """Give the mean precision at each ``RECALL_GRID`` value; a step curve, as average precision is.

    Returns
    -------
    ndarray of shape (51,) or None
        None where no fold holds both outcomes.
    """
    return _mean_curve(_precision_of_fold(target[fold.rows], fold.p) for fold in folds)


def reliability(target: np.ndarray, folds: tuple[FoldPredictions, ...]) -> Reliability:
    """Compare predicted probabilities with what happened, bin by bin."""
    p = np.concatenate([fold.p for fold in folds])
    y = np.concatenate([target[fold.rows] for fold in folds])
    bin_of = np.clip((p * N_BINS).astype(int), 0, N_BINS - 1)
    count = np.bincount(bin_of, minlength=N_BINS)
    # An empty bin is 0 / 0 on purpose: NaN is its honest value.
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(bin_of, weights=p, minlength=N_BINS) / count
        observed = np.bincount(bin_of, weights=y, minlength=N_BINS) / count
    return Reliability(count, predicted, observed)


def _mean_curve(curves: Iterable[np.ndarray | None]) -> np.ndarray | None:
    known = [curve for curve in curves if curve is not None]
    return np.mean(known, axis=0) if known else None


def _found(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Count positive and negative cases at or above each distinct score, highest score first."""
    n_positive = int(y.sum())
    if n_positive in (0, len(y)):
        return None
    order = np.argsort(-p, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    positives = np.cumsum(y[order], dtype=np.int64)[last_of_tie]
    return positives, last_of_tie + 1 - positives


def _roc_of_fold(y: np.ndarray, p: np.ndarray) -> np.ndarray | None:
    found = _found(y, p)
    if found is None:
        return None
    positives, negatives = (np.append(0, part) for part in found)
    return np.interp(FALSE_ALARM_GRID, negatives / negatives[-1], positives / positives[-1])


def _precision_of_fold(y: np.ndarray, p: np.ndarray) -> np.ndarray | None:
    found = _found(y, p)
    if found is None:
        return None
    positives, negatives = found
    recall = positives / positives[-1]
    reached = np.searchsorted(recall, np.maximum(RECALL_GRID, 1e-12), side="left")
    return (positives / (positives + negatives))[np.minimum(reached, len(recall) - 1)]
