"""What an attack finds out of a model's answers: which cases it learnt from."""

from dataclasses import dataclass

import numpy as np

from ..stats.membership import loss_attack
from ..store.asked_again import as_noted, asked_of
from ..store.predictions import Predictions
from ..store.records import CellRecord, TaskRecord
from .score import Score

_UNKNOWN = Score(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Membership:
    """The attack's ROC AUC, and the share of fit cases that it names at 1 % false alarms.

    Not available where a model was not asked about its fit cases.
    """

    auc: Score = _UNKNOWN
    found: float = np.nan


def attacked(task: TaskRecord, cell: CellRecord, predicted: Predictions) -> Membership:
    """Attack a cell's model by its loss: on fit cases against test cases.

    Parameters
    ----------
    task : TaskRecord
    cell : CellRecord
    predicted : Predictions
        Of the cell.
    """
    fold = next(fold for fold in task.folds if fold.number == cell.fold)
    fit = asked_of(fold.fits[cell.split].fit)
    if len(cell.p_fit) != len(fit):
        return Membership()
    test = asked_of(np.arange(len(fold.test)))
    p = np.concatenate([cell.p_fit, as_noted(predicted.test[test])])
    rows = np.concatenate([fit, fold.test[test]])
    of_outcome = np.where(task.target[rows] == 1, p, 1 - p)
    unit = None
    if task.group is not None:
        unit = np.unique(task.group[rows], return_inverse=True)[1]
    attack = loss_attack(of_outcome[: len(fit)], of_outcome[len(fit) :], unit)
    return Membership(Score(attack.auc, attack.low, attack.high), attack.found)
