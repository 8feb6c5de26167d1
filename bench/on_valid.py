"""Scores on valid cases: what could be known of an entry before any test case was looked at."""

import math

import numpy as np

from .contestants import Contestant, valid_rows
from .judgement import Score
from .metrics import METRICS
from .results import TaskRecord
from .stats import delong_influence, normal_interval


def roc_auc_on_valid(task: TaskRecord, contestant: Contestant) -> Score:
    """Give the mean ROC AUC over the folds' valid cases, with DeLong's interval.

    The interval takes cases as independent; a case that is valid in several folds counts in each
    of them, but varies with itself.
    """
    influence, aucs = np.zeros(len(task.target)), []
    for fold, predicted in zip(task.folds, contestant.folds, strict=True):
        rows = valid_rows(fold)
        auc, of_fold = delong_influence(task.target[rows], predicted.valid)
        aucs.append(auc)
        np.add.at(influence, rows, of_fold)
    value = float(np.mean(aucs))
    if math.isnan(value):
        return Score(math.nan, math.nan, math.nan)
    variance = float(np.square(influence / len(task.folds)).sum())
    return Score(value, *normal_interval(value, variance, METRICS["roc_auc"].range))
