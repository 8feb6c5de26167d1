"""Planted runs: members that saw their valid cases, and thresholds that saw test cases."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.ensembles.rules import RULES
from intentbench.bench.judge import ensembling
from intentbench.bench.judge.alarm_thresholds import check_thresholds
from intentbench.bench.judge.alarm_valid_test_gap import (
    LEVEL,
    ROOM,
    Figure,
    leak_alarm,
    leak_alarms,
    roc_auc,
)
from intentbench.bench.judge.contestants import OutOfSample, best_on_valid
from intentbench.bench.judge.ensembling import ensembles_of
from intentbench.bench.judge.judge import judge
from intentbench.bench.judge.stored_models import models_of
from intentbench.bench.metrics.thresholds import best_threshold, f1
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.suite.decisions import Decisions
from intentbench.bench.task import Card
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")
CHEAP = ("hard_voting", "soft_voting", "weighted", "stacking")  # the others are no other case
NOISE = {"good": 1.0, "fair": 1.5, "poor": 2.5}


def a_task(n=1500, *, grouped=False, n_splits=1, seed=100):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, n // 6, n) if grouped else None
    part = (np.arange(n) if group is None else group) % 3
    folds = []
    for number in range(3):
        train = rng.permutation(np.flatnonzero(part != number))
        parts = np.array_split(train, 4)
        splits = tuple(Split(np.setdiff1d(train, parts[i]), parts[i]) for i in range(n_splits))
        folds.append(Fold(number, np.flatnonzero(part == number), splits))
    target = (rng.random(n) < 0.35).astype(np.int8)
    return TaskRecord("visits", CARD, "", 1, 0, False, "", target, group, None, tuple(folds))


def a_run(task, *, in_sample=(), seed=100):
    """Make a run; models named ``in_sample`` know the outcomes of their valid cases."""
    names = list(NOISE)

    def predictions(cell):
        fold = task.folds[cell.fold]
        rng = np.random.default_rng([seed, names.index(cell.model), cell.fold, cell.split])
        odds = 2 * task.target - 1.3 + NOISE[cell.model] * rng.normal(size=len(task.target))
        valid = fold.splits[cell.split].valid
        known = 2.0 * task.target if cell.model in in_sample else 0.0
        return Predictions(expit(odds + known)[valid], expit(odds)[fold.test])

    cells = tuple(
        CellRecord(task.name, name, fold.number, split, 0, "", "done")
        for name in names
        for fold in task.folds
        for split in range(len(fold.splits))
    )
    models = tuple(ModelRecord(name, name.title(), "linear", frozenset(), "", {}) for name in names)
    return RunRecord("run", {}, (task,), models, cells, {"all": tuple(names)}, predictions)


def alarms(run):
    (task,) = run.tasks
    models = models_of(run, task)
    ensembles = ensembles_of(run, task, models)
    return leak_alarms(task, models, ensembles, best_on_valid(models, task, "roc_auc"))


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("n_splits", [1, 3])
def test_honest_runs_raise_no_alarm(grouped, n_splits, monkeypatch):
    monkeypatch.setattr(ensembling, "RULES", [rule for rule in RULES if rule.name in CHEAP])
    for seed in (100, 101):
        run = a_run(a_task(grouped=grouped, n_splits=n_splits, seed=seed), seed=seed)
        assert alarms(run) == ()


def test_members_that_saw_their_valid_cases_raise_an_alarm(monkeypatch):
    monkeypatch.setattr(ensembling, "RULES", [rule for rule in RULES if rule.name in CHEAP])
    found = alarms(a_run(a_task(), in_sample=("fair",)))
    assert any(said.startswith("Fair has ROC AUC of 0.9") for said in found)
    assert not any(said.startswith(("Good has ROC", "Poor has ROC")) for said in found)
    assert any(said.startswith("Stacking, all has ROC AUC of") for said in found)
    assert all("it has seen outcomes of valid cases" in said for said in found)


def test_a_stacker_judged_on_what_it_learnt_from_raises_an_alarm():
    task = a_task()
    models = models_of(a_run(task), task)
    stacked = next(e for e in ensembles_of(a_run(task), task, models) if e.name == "stacking_all")
    rival = best_on_valid(models, task, "roc_auc")
    assert leak_alarms(task, models, [stacked], rival) == ()
    in_sample = []
    for i, fold in enumerate(task.folds):
        valid, test = (
            np.column_stack([getattr(model.folds[i], side) for model in models])
            for side in ("valid", "test")
        )
        stacker = DecisionTreeClassifier(min_samples_leaf=5, random_state=0)
        stacker.fit(valid, task.target[fold.valid])
        answers = (stacker.predict_proba(p)[:, 1] for p in (valid, test))
        in_sample.append(OutOfSample(*answers))
    found = leak_alarms(task, models, [replace(stacked, folds=tuple(in_sample))], rival)
    assert [said.partition(" of ")[0] for said in found] == [
        "Stacking, all has ROC AUC",
        "Stacking, all has a gain in ROC AUC over Good",
    ]


def test_the_figure_is_the_mean_roc_auc_with_delongs_variance():
    rng = np.random.default_rng(0)
    y = (rng.random(900) < 0.3).astype(np.int8)
    p = expit(y + rng.normal(size=900))
    parts = [(np.arange(0, 400), p[:400]), (np.arange(400, 900), p[400:])]
    figure = roc_auc(y, parts)
    assert figure.value == pytest.approx(np.mean([roc_auc_score(y[r], q) for r, q in parts]))
    draws = []
    for _ in range(400):
        again = [(r[i], q[i]) for r, q in parts for i in [rng.integers(0, len(r), len(r))]]
        draws.append(np.mean([roc_auc_score(y[r], q) for r, q in again]))
    assert math.sqrt(np.square(figure.influence).sum()) == pytest.approx(np.std(draws), rel=0.12)


def test_false_alarms_are_as_rare_as_said():
    rng, n, p_values = np.random.default_rng(1), 600, []
    for _ in range(300):
        y = (rng.random(n) < 0.3).astype(np.int8)
        p = expit(y + rng.normal(size=n))
        sides = [roc_auc(y, [(rows, p[rows])]) for rows in np.split(np.arange(n), [200])]
        p_values.append(leak_alarm(*sides, room=0.0).p_value)
    p_values = np.array(p_values)
    for level in (0.05, 0.2, 0.5):
        assert abs((p_values < level).mean() - level) < 3 * math.sqrt(level * (1 - level) / 300)
    assert (p_values < LEVEL / 20).sum() <= 2


def test_room_and_groups_are_allowed_for():
    y = np.tile([0, 1], 50).astype(np.int8)
    influence = np.full(100, 0.001)
    valid, test = Figure(0.8, influence), Figure(0.78, -influence)
    alone = leak_alarm(valid, test)
    assert (alone.value, alone.error) == pytest.approx((0.02, 0.02))
    assert leak_alarm(valid, test, room=0.02).p_value == pytest.approx(0.5)
    assert ROOM < 0.02 and alone.p_value < 0.5
    together = leak_alarm(valid, test, group=np.arange(100) // 10)
    assert together.error == pytest.approx(0.02 * math.sqrt(10))
    undefined = leak_alarm(roc_auc(1 - 0 * y, [(np.arange(100), y)]), test)
    assert math.isnan(undefined.p_value)


PRICED = Decisions(false_positive=1, false_negative=5, recall=0.7)


@pytest.mark.parametrize("n_splits", [1, 3])
def test_thresholds_of_a_judged_run_are_those_of_its_valid_cases(n_splits):
    run = replace(a_run(a_task(600, n_splits=n_splits)), decisions=PRICED)
    assert check_thresholds(judge(run, draws=20).tasks[0]) == ()


def test_a_threshold_chosen_on_test_cases_is_found():
    task = a_task(600)
    run = replace(a_run(task), decisions=PRICED)
    (judged,) = judge(run, draws=20).tasks
    first, *others = judged.models
    seen = first.predictions[1]
    peeking = replace(seen, threshold=best_threshold(task.target[seen.rows], seen.p, f1))
    folds = (first.predictions[0], peeking, *first.predictions[2:])
    (said,) = check_thresholds(replace(judged, models=(replace(first, predictions=folds), *others)))
    assert said.startswith("Good on visits, fold 1: the threshold of 'Highest F1' is given as ")
    cost = next(outcome for outcome in first.outcomes if outcome.rule == "cost")
    moved = replace(cost, thresholds=(*cost.thresholds[:2], 0.123))
    outcomes = tuple(moved if outcome is cost else outcome for outcome in first.outcomes)
    (said,) = check_thresholds(replace(judged, models=(replace(first, outcomes=outcomes), *others)))
    assert "fold 2: the threshold of 'Least cost" in said and "given as 0.123" in said


def test_failed_entries_have_no_thresholds_to_choose_again():
    run = a_run(a_task(600))
    failed = tuple(
        replace(cell, status="crashed") if cell.model == "fair" else cell for cell in run.cells
    )
    run = replace(run, cells=failed)
    assert check_thresholds(judge(run, draws=20).tasks[0]) == ()
