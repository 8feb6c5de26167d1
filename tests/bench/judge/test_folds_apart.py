"""Folds that spread too far, and those that do not."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.drawn_task import drawn_task
from intentbench.bench.judge.folds_apart import folds_apart, with_folds_scored
from intentbench.bench.judge.judgement import Entry, FoldPredictions, TaskJudgement
from scipy.stats import norm
from sklearn.metrics import roc_auc_score


def judged(aucs, seed=0, n=6000, n_models=4):
    """Models whose scores have these ROC AUCs in the folds: a list, or one of each model."""
    rng = np.random.default_rng(seed)
    aucs = [aucs] * n_models if np.ndim(aucs) == 1 else aucs
    y = (rng.random(n) < 0.3).astype(np.int8)
    tests = np.array_split(np.arange(n), len(aucs[0]))
    shared = rng.normal(size=n)
    entries = []
    for number, of_model in enumerate(aucs):
        noise = np.sqrt(0.8) * shared + np.sqrt(0.2) * rng.normal(size=n)
        folds = tuple(
            FoldPredictions(
                k, rows, norm.cdf(np.sqrt(2) * norm.ppf(auc) * y[rows] + noise[rows]), 0.5
            )
            for k, (rows, auc) in enumerate(zip(tests, of_model, strict=True))
        )
        contestant = Contestant(f"m{number}", f"Model {number}", "tree", (), ())
        entries.append(Entry(contestant, "in the race", predictions=folds))
    task = drawn_task(y, tests, None, in_time=False)
    return with_folds_scored(TaskJudgement(task, "roc_auc", tuple(entries), ()))


def test_figures_of_folds_are_those_of_their_cases():
    found = judged([0.7, 0.8, 0.9])
    for fold, score in zip(found.models[0].predictions, found.models[0].by_fold, strict=True):
        assert score.value == pytest.approx(roc_auc_score(found.task.target[fold.rows], fold.p))
        assert score.low < score.value < score.high


def test_a_spread_that_all_models_have_is_said_once():
    (said,) = folds_apart(judged([0.851, 0.914, 0.982]))
    assert said.startswith("Model 0 has ROC AUC from 0.8") and "the other models likewise" in said


def test_one_model_that_fails_in_a_fold_is_named():
    same = [0.85, 0.85, 0.85]
    found = judged([same] * 5 + [[0.5, 0.86, 0.85]])
    (said,) = folds_apart(found)
    assert said.startswith("Model 5 has ROC AUC from 0.") and "likewise" not in said


def test_clean_folds_are_silent():
    alarms = [folds_apart(judged([0.8] * 5, seed, n=1000)) for seed in range(60)]
    assert sum(map(bool, alarms)) <= 2


def test_where_a_fold_has_no_figure_nothing_is_said():
    found = judged([0.6, 0.9])
    target = found.task.target.copy()
    target[found.task.folds[0].test] = 0
    without = replace(found, task=replace(found.task, target=target))
    assert folds_apart(with_folds_scored(without)) == ()
    assert folds_apart(replace(found, models=())) == ()
