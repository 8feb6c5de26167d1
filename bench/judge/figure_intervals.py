"""Intervals of figures: each metric's own, over test cases or over groups of them."""

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from ..metrics.key import CHOSEN, Key, keys_of
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from ..stats.average_precision import average_precision_influence
from ..stats.confusion_intervals import Confusions, Interval, confusions, jeffreys_interval
from ..stats.intervals import freedom_of, logit_interval, percentile_interval, raised_interval
from ..store.records import TaskRecord
from .auc_of import auc_of
from .findings import FoldPredictions
from .score import Score
from .scoring import Scores
from .units import freedom, units

_OF_DECISIONS = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc")


def _moved_precision(fold: FoldPredictions, task: TaskRecord) -> tuple[float, np.ndarray]:
    weight = task.weight_of(fold.rows)
    return average_precision_influence(task.target[fold.rows], fold.p, weight)


_INFLUENCE = {"roc_auc": auc_of, "pr_auc": _moved_precision}


class Tested:
    """The test cases of a task's folds, and their units.

    Parameters
    ----------
    task : TaskRecord

    Attributes
    ----------
    freedom : float
        See ``freedom``.
    """

    def __init__(self, task: TaskRecord) -> None:
        unit = units(task)
        self._task = task
        # Of each entry, by its first fold, and the thresholds.
        self._confusions: WeakKeyDictionary[
            FoldPredictions, dict[tuple[float, ...], Confusions]
        ] = WeakKeyDictionary()
        self._folds = [(task.target[fold.test], unit[fold.test]) for fold in task.folds]
        self._weights = [task.weight_of(fold.test) for fold in task.folds]
        self._n_units = int(unit.max()) + 1
        self._grouped = task.group is not None
        n_tests, n_tested = sum(len(y) for y, _ in self._folds), int((unit >= 0).sum())
        self._apart, self._tests_a_case = self._n_units == n_tests, n_tests / n_tested
        self.freedom = freedom(task)

    def confusions(
        self, folds: Sequence[FoldPredictions], thresholds: Sequence[float]
    ) -> Confusions:
        """Count what comes of the predictions of each fold's test cases, at its threshold."""
        known = self._confusions.setdefault(folds[0], {})
        if (asked := tuple(thresholds)) not in known:
            decided = [
                (y, decide(of.p, threshold), unit)
                for (y, unit), of, threshold in zip(self._folds, folds, thresholds, strict=True)
            ]
            known[asked] = confusions(
                decided, apart=self._apart, tests_a_case=self._tests_a_case, weights=self._weights
            )
        return known[asked]

    def moved(self, metric: str, folds: Sequence[FoldPredictions]) -> np.ndarray:
        """Say how much each unit moves an area under a curve, shape (n_folds, n_units).

        Influences are added by unit, as a group or a case that is tested twice moves more at once
        [1]_.

        References
        ----------
        .. [1] Obuchowski (1997), "Nonparametric analysis of clustered ROC curve data", Biometrics
           53.
        """
        rows = [
            np.bincount(unit, _INFLUENCE[metric](fold, self._task)[1], self._n_units)
            for (_, unit), fold in zip(self._folds, folds, strict=True)
        ]
        return np.stack(rows)

    def of_area(self, metric: str, value: float, moved: np.ndarray) -> Interval:
        """Give the interval of an area under a curve that units move so much."""
        if value in (0.0, 1.0) or np.isnan(moved).any():
            # Nothing varies, or there are too few to say how much: as a share of so many trials.
            return jeffreys_interval(value, self.freedom + 1)
        variance = float(moved @ moved)
        if metric != "roc_auc" or self._grouped:
            # DeLong's influences of cases allow for what a sample lacks; these do not.
            variance *= 1 + 1 / max(self.freedom, 1.0)
        return logit_interval(value, variance, freedom_of(moved, self.freedom))


def reads_draws(key: Key) -> bool:
    """Tell whether a figure's interval comes from the bootstrap's draws."""
    return key.metric not in (*_OF_DECISIONS, "acted", *_INFLUENCE)


def with_intervals(
    scores: Scores,
    task: TaskRecord,
    predictions: Sequence[Sequence[FoldPredictions]],
    keys: Sequence[Key] = (),
    tested: Tested | None = None,
) -> list[dict[Key, Score]]:
    """Give each entry's figures, all of the house or those named, with their 95 % intervals.

    Figures of decisions have the intervals of ``Confusions``; areas under a curve have one on the
    scale of log odds, from how much each unit moves them; the calibration error that of a figure
    which chance raises; all others the expanded percentile interval.  A figure that is not defined
    in some fold is not available: a mean over the other folds would be of other cases.  What
    ``tested`` has counted is not counted again.
    """
    keys = keys or keys_of()
    tested = tested or Tested(task)
    figures = []
    for row, folds in enumerate(predictions):
        decided = _of_decisions(tested, folds, keys)
        figures.append({})
        for key in keys:
            value = float(scores.by_fold[key][row].mean())
            if np.isnan(value):
                figures[row][key] = Score(value, np.nan, np.nan)
                continue
            ends = decided.get(key) or _ends(tested, key, value, scores, row, folds)
            figures[row][key] = Score(value, *ends)
    return figures


def _of_decisions(
    tested: Tested, folds: Sequence[FoldPredictions], keys: Iterable[Key]
) -> dict[Key, Interval]:
    """Give the intervals of decisions at 0.5 and at the chosen thresholds; not of plugins."""
    wanted: dict[str, list[str]] = {}
    for key in keys:
        if key.metric in _OF_DECISIONS:
            wanted.setdefault(key.rule, []).append(key.metric)
    found = {}
    for rule, metrics in wanted.items():
        thresholds = [fold.threshold if rule == CHOSEN else DEFAULT for fold in folds]
        counted = tested.confusions(folds, thresholds)
        for metric, ends in counted.intervals(metrics).items():
            found[Key(metric, rule)] = ends
    return found


def _ends(
    tested: Tested,
    key: Key,
    value: float,
    scores: Scores,
    row: int,
    folds: Sequence[FoldPredictions],
) -> Interval:
    if key.metric in _INFLUENCE:
        return tested.of_area(key.metric, value, tested.moved(key.metric, folds).mean(axis=0))
    interval = raised_interval if key.metric == "ece" else percentile_interval
    return interval(value, scores.draws[key][row], METRICS[key.metric].range, tested.freedom)
