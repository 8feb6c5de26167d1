"""Ensembles of a run: members, weights, rivals, and those that cannot be."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.ensembles.rules import Rule, soft_voting
from intentbench.bench.judge import ensembling
from intentbench.bench.metrics.key import Key

from .judged_runs import NOISE, a_run, a_task, by_name, judged


@pytest.mark.parametrize("alive", [(), ("fair",)])
def test_ensembles_of_fewer_than_two_working_members_are_not_applicable(alive):
    failed = {(name, 0): ("crashed", "") for name in NOISE if name not in alive}
    result = judged(a_run(a_task(), failed=failed))
    assert {entry.standing for entry in result.ensembles} == {"not applicable"}
    worked = "only Fair" if alive else "none"
    (reason,) = result.ensembles[0].contestant.failures
    assert reason == f"an ensemble needs two members that worked; of this set {worked} did"
    assert len(result.ensembles[0].contestant.left_out) == 3 - len(alive)
    assert "Good: fold 0: crashed" in result.ensembles[0].contestant.left_out
    assert len(result.models) == 3


def test_ensembles_of_every_set_with_members_weights_and_gain():
    sets = {"all": ("good", "fair", "poor"), "few": ("fair", "poor")}
    result = judged(a_run(a_task(), sets=sets))
    found = by_name(result.ensembles)
    assert set(found) == {
        f"{rule}_{label}"
        for rule in ("hard_voting", "soft_voting", "weighted", "stacking")
        for label in sets
    } | {"rank_averaging_all", "greedy_all", "boosted_stacking_all"}
    assert found["stacking_all"].title == "Stacking, all"
    values = [entry.scores[Key("roc_auc")].value for entry in result.ensembles]
    assert values == sorted(values, reverse=True)
    assert result.ensembles[0].behind is None
    single = by_name(result.models)["good"].scores[Key("roc_auc")].value
    for entry in result.ensembles:
        assert entry.family == "ensemble"
        choosy = entry.name.startswith(("weighted", "greedy"))
        asked = [m for m in entry.contestant.members if m.weight > 1e-6 or not choosy]
        assert entry.contestant.fit_seconds == 2.0 * len(asked)
        weights = [member.weight for member in entry.contestant.members]
        assert weights == sorted(weights, reverse=True)
        assert entry.rival == "good"
        gain = entry.scores[Key("roc_auc")].value - single
        assert entry.gain.difference.value == pytest.approx(gain)
    assert found["weighted_all"].contestant.members[0].title == "Good"
    assert sum(m.weight for m in found["weighted_all"].contestant.members) == pytest.approx(1)


def test_rival_is_chosen_on_valid_cases_not_on_test_cases():
    task = a_task()
    valid = np.concatenate([fold.splits[0].valid for fold in task.folds])

    def change(name, p):
        # "fair" is right on all cases that some fold watches, "good" elsewhere.
        return np.where(np.isin(np.arange(len(p)), valid) == (name == "fair"), p, 0.5)

    result = judged(a_run(task, {"good": 0.4, "fair": 0.4}, change=change))
    assert {entry.rival for entry in result.ensembles} == {"fair"}


@pytest.mark.parametrize("grouped", [False, True])
def test_rules_are_told_which_valid_predictions_belong_together(grouped, monkeypatch):
    task = a_task(grouped=grouped, n_splits=2)
    first = task.folds[0]
    twice = (first.splits[0], replace(first.splits[1], valid=first.splits[0].valid))
    task = replace(task, folds=(first, replace(task.folds[1], splits=twice)))
    seen = []

    def learn(p, y, group, weight):
        seen.append(group)
        return soft_voting(p, y, group, weight)

    monkeypatch.setattr(ensembling, "RULES", (Rule("spy", "Spy", learn),))
    judged(a_run(task), draws=5)
    rows = [np.concatenate([split.valid for split in fold.splits]) for fold in task.folds]
    if grouped:
        assert all(np.array_equal(g, task.group[r]) for g, r in zip(seen, rows, strict=True))
    else:
        assert seen[0] is None and np.array_equal(seen[1], rows[1])


def test_member_sets_name_who_errs_alike():
    noise = {"one": 1.0, "two": 1.0, "far": 3.0}
    run = a_run(a_task(), noise, sets={"all": tuple(noise), "pair": ("one", "far")})
    twin = replace(run, predictions=lambda cell: run.predictions(replace(cell, model="one"))
                   if cell.model == "two" else run.predictions(cell))  # fmt: skip
    everyone, pair = judged(twin).member_sets
    assert (everyone.label, everyone.n_members, pair.n_members) == ("all", 3, 2)
    assert set(everyone.most_alike[:2]) == {"One", "Two"}
    assert everyone.most_alike[2] == pytest.approx(1)
    assert 0 < everyone.disagreement < 0.5 and everyone.correlation > pair.correlation
    assert set(pair.least_alike[:2]) == {"One", "Far"}


def test_a_budget_of_time_leaves_slow_members_out():
    run = replace(a_run(a_task(), sets={"quick": tuple(NOISE)}), most_ms_per_1000={"quick": 3.5})
    cells = tuple(
        replace(cell, predict_seconds=9.0) if cell.model == "poor" else cell for cell in run.cells
    )
    for entry in judged(replace(run, cells=cells)).ensembles:
        assert {member.name for member in entry.contestant.members} == {"good", "fair"}
        assert entry.contestant.left_out == ("Poor: takes 9,000.0 ms for 1,000 cases, 3.5 allowed",)


def test_a_budget_that_nobody_keeps_takes_one_row():
    run = replace(a_run(a_task(), sets={"quick": tuple(NOISE)}), most_ms_per_1000={"quick": 0.1})
    (entry,) = judged(run).ensembles
    assert (entry.name, entry.standing) == ("any_rule_quick", "not applicable")
    assert (
        "fewer than two of its models predict 1,000 cases within 0.1 ms"
        in entry.contestant.failures[0]
    )
    assert len(entry.contestant.left_out) == 3


def test_ensembles_are_measured_against_the_chosen_and_the_highest_model():
    def luck(name, p):
        # Poor is best on test cases, and nobody could have known it from valid ones.
        better = 0.9 * task.target + 0.05 if name == "poor" else p
        return np.where(seen, p, better)

    task = a_task()
    task = replace(task, folds=task.folds[:1])
    seen = np.zeros(len(task.target), dtype=bool)
    seen[task.folds[0].splits[0].valid] = True
    for entry in judged(a_run(task, change=luck)).ensembles:
        assert (entry.rival, entry.highest) == ("good", "poor")
        gains = entry.gain.difference.value, entry.gain_over_highest.difference.value
        auc = entry.scores[Key("roc_auc")].value
        assert gains[1] == pytest.approx(auc - 1.0) and gains[0] > gains[1]
