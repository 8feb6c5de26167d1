"""Before and after calibration: what maps learnt on valid cases do to test predictions."""

from collections.abc import Sequence

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.calibrators import CALIBRATORS, Calibrate, Calibrator
from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..splits.fold import Fold
from ..stats.intervals import percentile_interval, raised_interval
from ..store.records import TaskRecord
from .contestants import Contestant, OutOfSample
from .findings import Calibrated, Gap
from .pairwise import gaps
from .score import Score
from .scoring import Question, Scores

SHOWN = ("log_loss", "brier", "ece")


def calibration_questions(task: TaskRecord, contestants: Sequence[Contestant]) -> list[Question]:
    """Ask how calibrated contestants score: one question a calibrator, in their order.

    Returns
    -------
    list of Question
        None where the valid cases of some fold hold one outcome only, which teaches no calibrator
        anything.
    """
    if any(len(np.unique(task.target[fold.valid])) < 2 for fold in task.folds):
        return []
    keys = [Key(name) for name in SHOWN]
    return [
        Question([_mended(task, contestant, calibrator) for contestant in contestants], keys)
        for calibrator in CALIBRATORS
    ]


def calibrations(
    task: TaskRecord,
    before: Scores,
    asked: Sequence[Question],
    after: Sequence[Scores],
    freedom: float,
) -> list[tuple[Calibrated, ...]]:
    """Compare contestants with themselves, calibrated in every way there is.

    What is established is so of these fitted models and maps, on new cases, however many of them
    there are.

    Parameters
    ----------
    task : TaskRecord
    before : Scores
        Of the contestants, which come first in it.
    asked : sequence of Question
        Of ``calibration_questions``.
    after : sequence of Scores
        Of these questions, in the draws of ``before``.
    freedom : float
        Of the intervals of figures, as in ``percentile_interval``.

    Returns
    -------
    list of tuple of Calibrated
        Of each contestant; empty where nothing was asked.
    """
    if not asked:
        return []
    n = len(asked[0].answers)
    falls = {name: _falls(task, Key(name), before, after, n) for name in SHOWN}
    return [
        tuple(
            Calibrated(
                calibrator.name,
                calibrator.title,
                tuple(fold.p for fold in question.answers[row]),
                {name: _figure(name, scores, row, freedom) for name in SHOWN},
                {name: falls[name][number * n + row].difference for name in SHOWN},
                {name: falls[name][number * n + row].established for name in SHOWN},
            )
            for number, (calibrator, question, scores) in enumerate(
                zip(CALIBRATORS, asked, after, strict=True)
            )
        )
        for row in range(n)
    ]


def _falls(
    task: TaskRecord, key: Key, before: Scores, after: Sequence[Scores], n: int
) -> list[Gap]:
    """Say how far a figure falls, by calibrator and contestant."""
    of_all = Scores(
        {key: np.concatenate([before.by_fold[key][:n], *(of.by_fold[key] for of in after)])},
        {key: np.concatenate([before.draws[key][:n], *(of.draws[key] for of in after)])},
        training=np.zeros((n * (1 + len(after)),) * 2),
    )
    return gaps(task, of_all, key, [(row, row % n) for row in range(n, n * (1 + len(after)))])


def _figure(name: str, scores: Scores, row: int, freedom: float) -> Score:
    key = Key(name)
    value, draws = float(scores.by_fold[key][row].mean()), scores.draws[key][row]
    interval = raised_interval if name == "ece" else percentile_interval
    return Score(value, *interval(value, draws, METRICS[name].range, freedom))


def _mended(task: TaskRecord, contestant: Contestant, calibrator: Calibrator) -> list[Answers]:
    return [
        Answers(_learnt(calibrator, task, fold, predicted)(predicted.test), {})
        for fold, predicted in zip(task.folds, contestant.folds, strict=True)
    ]


def _learnt(
    calibrator: Calibrator, task: TaskRecord, fold: Fold, predicted: OutOfSample
) -> Calibrate:
    return calibrator.learn(predicted.valid, task.target[fold.valid], task.weight_of(fold.valid))
