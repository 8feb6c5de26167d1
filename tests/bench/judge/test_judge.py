from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge import judge as judge_module
from intentbench.bench.metrics.key import Key
from sklearn.metrics import f1_score, roc_auc_score
from threadpoolctl import threadpool_info, threadpool_limits

from .judged_runs import a_run, a_task, by_name, judged


def test_models_come_best_first_with_figures_of_their_test_cases():
    task = a_task()
    run = a_run(task)
    result = judged(run)
    assert [entry.name for entry in result.models] == ["good", "fair", "poor"]
    assert result.main_metric == "roc_auc"
    for entry in result.models:
        aucs, f1s = [], []
        for fold, predicted in zip(task.folds, entry.predictions, strict=True):
            y, rows = task.target[fold.test], predicted.rows
            assert np.array_equal(rows, fold.test) and predicted.fold == fold.number
            aucs.append(roc_auc_score(y, predicted.p))
            f1s.append(f1_score(y, predicted.p >= predicted.threshold))
        assert entry.scores[Key("roc_auc")].value == pytest.approx(np.mean(aucs))
        assert entry.scores[Key("f1", "chosen")].value == pytest.approx(np.mean(f1s))
        for key, figure in entry.scores.items():
            assert figure.low <= figure.value <= figure.high, key
        assert len(entry.scores) == 18
    assert result.models[2].contestant.derived_view and not result.models[0].contestant.derived_view


def test_costs_and_explanation_are_those_of_the_cells():
    entry = by_name(judged(a_run(a_task(n_splits=2))).models)["good"]
    assert entry.contestant.fit_seconds == 4.0  # two inner splits of two seconds
    assert entry.contestant.predict_microseconds == pytest.approx(3.0)
    assert entry.contestant.peak_bytes == 30
    assert entry.contestant.explanations[0].reading == "good 0"


def test_failed_cells_cost_their_model_its_scores_and_keep_its_row():
    failed = {
        ("good", 1): ("timed out", "took longer than the limit of 120 s"),
        ("good", 2): ("failed", "ValueError: no"),
    }
    result = judged(a_run(a_task(), failed=failed))
    entry = result.models[-1]
    assert (entry.name, entry.standing) == ("good", "failed")
    assert entry.contestant.failures == (
        "fold 1: timed out: took longer than the limit of 120 s",
        "fold 2: ValueError: no",
    )
    assert entry.scores == {} and entry.predictions == () and entry.behind is None
    assert entry.contestant.fit_seconds == 2.0
    for ensemble in result.ensembles:
        assert [member.name for member in ensemble.contestant.members].count("good") == 0
        assert ensemble.contestant.left_out == (
            "Good: fold 1: timed out: took longer than the limit of 120 s; fold 2: ValueError: no",
        )


def test_cells_that_are_missing_are_a_failure():
    run = a_run(a_task(n_splits=2), seeds=(0, 1))
    place = ("good", 1, 1, 0)
    kept = tuple(c for c in run.cells if (c.model, c.fold, c.split, c.seed) != place)
    entry = by_name(judged(replace(run, cells=kept)).models)["good"]
    assert entry.contestant.failures == ("fold 1, split 1, seed 0: was not carried out",)


def test_one_fold():
    task = a_task()
    result = judged(a_run(replace(task, folds=task.folds[:1])))
    assert [entry.name for entry in result.models] == ["good", "fair", "poor"]
    assert all(entry.behind.difference.available for entry in result.models[1:])


def test_no_models_no_cells():
    run = a_run(a_task())
    nothing = judged(replace(run, cells=()))
    assert [entry.contestant.failures[0] for entry in nothing.models] == [
        "fold 0: was not carried out"
    ] * 3
    empty = judged(replace(run, models=(), cells=(), ensembles={}))
    assert empty.models == () and empty.ensembles == ()


def test_the_same_run_is_judged_alike():
    first, second = (judged(a_run(a_task())) for _ in range(2))
    tables = (first.models + first.ensembles, second.models + second.ensembles)
    for old, new in zip(*tables, strict=True):
        assert old.scores == new.scores and old.behind == new.behind and old.gain == new.gain


def test_every_pool_of_threads_is_limited_while_a_task_is_judged(monkeypatch):
    found = []

    def alarm(judged):
        found.extend((pool["user_api"], pool["num_threads"]) for pool in threadpool_info())
        return ("seen",)

    monkeypatch.setattr(judge_module, "ALARMS", (alarm,))
    before = threadpool_info()
    with threadpool_limits(limits=2):
        result = judged(a_run(a_task(n=300)), draws=20)
    assert result.alarms == ("seen",)
    assert {"blas", "openmp"} <= {api for api, _ in found}
    assert {n_threads for _, n_threads in found} == {1}
    assert [pool["num_threads"] for pool in threadpool_info()] == [
        pool["num_threads"] for pool in before
    ]
