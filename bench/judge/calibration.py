"""Before and after calibration: what maps learnt on valid cases do to test predictions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..metrics.bootstrap import Answers, FoldScores, in_every_draw
from ..metrics.calibrators import CALIBRATORS, Calibrator
from ..metrics.metrics import METRICS
from ..stats.intervals import percentile_interval, raised_interval
from ..stats.paired_tests import bootstrap_p_value
from ..store.records import TaskRecord
from .contestants import Contestant, OutOfSample
from .judgement import Calibrated, Score
from .scoring import units

SHOWN = ("log_loss", "brier", "ece")
_LEVEL = 0.05


def calibrations(
    task: TaskRecord, contestants: Sequence[Contestant], n_draws: int, seed: int
) -> list[tuple[Calibrated, ...]]:
    """Calibrate each contestant in every way there is, and score it before and after.

    Returns
    -------
    list of tuple of Calibrated
        For each contestant one of each calibrator; none where the valid cases of some fold hold
        one outcome only, which teaches no calibrator anything.
    """
    if any(len(np.unique(task.target[fold.valid])) < 2 for fold in task.folds):
        return [() for _ in contestants]
    found: list[list[Calibrated]] = [[] for _ in contestants]
    before = _drawn(task, contestants, n_draws, seed)
    for calibrator in CALIBRATORS:
        mended = [_calibrated(task, contestant, calibrator) for contestant in contestants]
        after = _drawn(task, mended, n_draws, seed)
        for row, contestant in enumerate(mended):
            found[row].append(
                Calibrated(
                    calibrator.name,
                    calibrator.title,
                    tuple(fold.test for fold in contestant.folds),
                    *_compared(before, after, row),
                )
            )
    return [tuple(of_contestant) for of_contestant in found]


def _calibrated(task: TaskRecord, contestant: Contestant, calibrator: Calibrator) -> Contestant:
    folds = []
    for fold, predicted in zip(task.folds, contestant.folds, strict=True):
        mend = calibrator.learn(predicted.valid, task.target[fold.valid])
        folds.append(OutOfSample(mend(predicted.valid), mend(predicted.test)))
    return replace(contestant, folds=tuple(folds))


def _drawn(
    task: TaskRecord, contestants: Sequence[Contestant], n_draws: int, seed: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    unit = units(task)
    folds = [
        FoldScores(
            task.target[fold.test],
            unit[fold.test],
            [Answers(contestant.folds[i].test, {}) for contestant in contestants],
            SHOWN,
        )
        for i, fold in enumerate(task.folds)
    ]
    return in_every_draw(folds, int(unit.max()) + 1, n_draws, seed)


def _compared(
    before: tuple[dict[str, np.ndarray], dict[str, np.ndarray]],
    after: tuple[dict[str, np.ndarray], dict[str, np.ndarray]],
    row: int,
) -> tuple[dict[str, Score], dict[str, Score], dict[str, bool]]:
    """Give the scores after, the falls (positive is better), and which falls are established."""
    scores, falls, established = {}, {}, {}
    for name in SHOWN:
        value, draws = float(after[0][name][row].mean()), after[1][name][row]
        interval = raised_interval if name == "ece" else percentile_interval
        scores[name] = Score(value, *interval(value, draws, METRICS[name].range))
        fall = float(before[0][name][row].mean()) - value
        of_draws = before[1][name][row] - draws
        falls[name] = Score(fall, *percentile_interval(fall, of_draws))
        established[name] = bool(bootstrap_p_value(of_draws) <= _LEVEL)
    return scores, falls, established
