"""Cases that stand for many."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge import judge as judge_module
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.thresholds import best_threshold, f1
from sklearn.metrics import roc_auc_score

from .judged_runs import a_run, a_task, by_name, judged


def test_a_weighted_task_is_judged_by_weight_throughout():
    task = replace(a_task(), weight=np.random.default_rng(5).lognormal(8, 1, 600))
    result = judged(a_run(task, {"fair": 2.0, "poor": 3.0}))
    assert result.alarms == ()
    for entry in (*result.models, *result.ensembles):
        by_fold = []
        for fold, predicted in zip(task.folds, entry.predictions, strict=True):
            w, y = task.weight[fold.test], task.target[fold.test]
            by_fold.append(
                {
                    "roc_auc": roc_auc_score(y, predicted.p, sample_weight=w),
                    "log_loss": METRICS["log_loss"](y, predicted.p, w),
                    "mcc": METRICS["mcc"](y, predicted.p >= 0.5, w),
                }
            )
            chosen = (task.target[fold.valid], entry.contestant.folds[fold.number].valid, f1)
            assert predicted.threshold == best_threshold(*chosen, task.weight[fold.valid])
        for name in by_fold[0]:
            figure = entry.scores[Key(name)]
            assert figure.value == pytest.approx(np.mean([figures[name] for figures in by_fold]))
            assert figure.low < figure.value < figure.high
        assert entry.discordant is None
    # A few heavy cases say less than as many of equal weight.
    auc, equal = (by_name(of.models)["fair"].scores[Key("roc_auc")] for of in (result, judged(
        a_run(replace(task, weight=None), {"fair": 2.0, "poor": 3.0}))))  # fmt: skip
    assert auc.high - auc.low > 1.2 * (equal.high - equal.low)


def test_weights_of_one_change_no_figure():
    task = a_task(n_splits=2)
    plain, ones = (judged(a_run(of), draws=50) for of in (task, replace(task, weight=np.ones(600))))
    for one, other in zip((*plain.models, *plain.ensembles), (*ones.models, *ones.ensembles),
                          strict=True):  # fmt: skip
        assert one.name == other.name
        for key, figure in one.scores.items():
            assert other.scores[key].value == pytest.approx(figure.value, abs=1e-6), key
            assert other.scores[key].low == pytest.approx(figure.low, abs=1e-5), key


def test_an_alarm_is_raised_where_weighted_figures_are_not_those_of_the_decisions():
    task = replace(a_task(), weight=np.random.default_rng(5).lognormal(8, 1, 600))
    result = judged(a_run(task), draws=20)
    unweighted = replace(result, task=replace(task, weight=None))
    said = [sentence for alarm in judge_module.ALARMS for sentence in alarm(unweighted)]
    assert any("Accuracy at 0.5 is given as" in sentence for sentence in said)
