"""Before and after calibration: what maps learnt on valid cases do to test predictions."""

from collections.abc import Sequence

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.calibrators import CALIBRATORS, Calibrate, Calibrator
from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..splits.fold import Fold
from ..stats.intervals import percentile_interval, raised_interval
from ..stats.paired_tests import bootstrap_p_value
from ..store.records import TaskRecord
from .contestants import Contestant, OutOfSample
from .judgement import Calibrated, Score
from .scoring import Question, Scores

SHOWN = ("log_loss", "brier", "ece")
_LEVEL = 0.05


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
    before: Scores, asked: Sequence[Question], after: Sequence[Scores], row: int, freedom: float
) -> tuple[Calibrated, ...]:
    """Compare a contestant with itself, calibrated in every way there is.

    Parameters
    ----------
    before : Scores
    asked : sequence of Question
        Of ``calibration_questions``.
    after : sequence of Scores
        Of these questions, in the draws of ``before``.
    row : int
        The contestant.
    freedom : float
        Of the intervals, as in ``percentile_interval``.
    """
    return tuple(
        Calibrated(
            calibrator.name,
            calibrator.title,
            tuple(fold.p for fold in question.answers[row]),
            *_compared(before, scores, row, freedom),
        )
        for calibrator, question, scores in zip(CALIBRATORS, asked, after, strict=bool(asked))
    )


def _mended(task: TaskRecord, contestant: Contestant, calibrator: Calibrator) -> list[Answers]:
    return [
        Answers(_learnt(calibrator, task, fold, predicted)(predicted.test), {})
        for fold, predicted in zip(task.folds, contestant.folds, strict=True)
    ]


def _learnt(
    calibrator: Calibrator, task: TaskRecord, fold: Fold, predicted: OutOfSample
) -> Calibrate:
    return calibrator.learn(predicted.valid, task.target[fold.valid], task.weight_of(fold.valid))


def _compared(
    before: Scores, after: Scores, row: int, freedom: float
) -> tuple[dict[str, Score], dict[str, Score], dict[str, bool]]:
    """Give the scores after, the falls (positive is better), and which falls are established."""
    scores, falls, established = {}, {}, {}
    for name in SHOWN:
        key = Key(name)
        value, draws = float(after.by_fold[key][row].mean()), after.draws[key][row]
        interval = raised_interval if name == "ece" else percentile_interval
        scores[name] = Score(value, *interval(value, draws, METRICS[name].range, freedom))
        fall = float(before.by_fold[key][row].mean()) - value
        of_draws = before.draws[key][row] - draws
        falls[name] = Score(fall, *percentile_interval(fall, of_draws, freedom=freedom))
        established[name] = bool(bootstrap_p_value(of_draws) <= _LEVEL)
    return scores, falls, established
