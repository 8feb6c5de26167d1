"""Each fault planted in data or splits is found by its check; a clean task raises nothing."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.data_checks.check_data import CHECKS, findings
from intentbench.bench.data_checks.crossed_splits import crossed_splits
from intentbench.bench.data_checks.duplicates import case_codes
from intentbench.bench.events import Events
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.", horizon_days=1.0)
PLAN = Resampling(folds=3)


def a_task(n=1500, seed=0, **roles):
    """Draw a task in which nothing is wrong."""
    parts = make_parts(seed, n_fit=n, n_valid=2)
    rng = np.random.default_rng(seed)
    # The trial task's channel alone almost decides.
    channel = pd.Series(rng.choice(["mail", "ad"], n), dtype="category")
    features = parts.fit.features.assign(spent=rng.lognormal(3, 1, n), channel=channel)
    return Task("visits", Cases(features, parts.fit.events), parts.y_fit, CARD, **roles)


def with_columns(task, **columns):
    return replace(
        task, cases=Cases(task.cases.features.assign(**columns), task.cases.events)
    )  # fmt: skip


def look(task, plan=PLAN):
    return {finding.check: finding for finding in findings(task, plan.plan(task))}


def in_time(task, n_times=12):
    time = np.datetime64("2024-01-01", "s") + (np.arange(len(task)) % n_times) * np.timedelta64(
        10, "D"
    )
    return replace(task, time=time)


@pytest.mark.parametrize("seed", range(3))
def test_a_clean_task_raises_nothing(seed):
    task = a_task(seed=seed)
    assert look(task) == {}
    grouped = replace(task, group=np.arange(len(task)) // 3)
    assert look(grouped) == {}
    many = a_task(4000, seed=seed)
    assert look(in_time(replace(many, group=np.arange(4000) // 3))) == {}
    tabular = replace(task, cases=Cases(task.cases.features))
    assert look(tabular) == {}
    events = replace(task, cases=Cases(pd.DataFrame(index=range(len(task))), task.cases.events))
    assert set(look(events)) <= {"contradictions"}


def test_copies_across_splits_are_counted():
    task = a_task()
    rows = np.concatenate([np.arange(1500), np.arange(150)])
    copied = replace(task, cases=task.cases.take(rows), target=task.target[rows])
    found = look(copied)["copies"]
    assert "are exact copies of train cases" in found.found
    assert "300 of all 1,650 cases are there more than once" in found.found
    assert not found.grave and "one quick model (a forest) scores ROC AUC 0.9" in found.found
    inside_groups = replace(copied, group=rows)
    assert "copies" not in look(inside_groups)


def test_copies_are_grave_where_they_raise_figures():
    task = a_task()
    rng = np.random.default_rng(0)
    rows = np.repeat(np.arange(1500), rng.integers(1, 4, 1500))
    by_chance = (rng.random(1500) < 0.3).astype(np.int8)[rows]
    found = look(replace(task, cases=task.cases.take(rows), target=by_chance))["copies"]
    assert found.grave and "are too high for new cases" in found.means
    apart, together = map(float, re.findall(r"0\.\d\d", found.found))
    assert apart > 0.8 and 0.4 < together < 0.6


def test_cases_that_are_only_watched_count_as_train_cases():
    task = a_task(60)
    rows = np.r_[0:60, 30:40]
    copied = replace(task, cases=task.cases.take(rows), target=task.target[rows])
    fold = Fold(0, np.arange(40, 70), (Split(np.arange(30), np.arange(30, 40)),))
    found = {finding.check: finding for finding in findings(copied, [fold])}
    assert found["copies"].found.startswith("10 test cases (33.3%)")


def test_near_copies_are_told_from_copies():
    task = a_task()
    rows = np.concatenate([np.arange(1500), np.arange(300)])
    near = task.cases.take(rows)
    jitter = np.concatenate([np.ones(1500), np.full(300, 1 + 1e-6)])
    near = Cases(near.features.assign(spent=near.features["spent"] * jitter), near.events)
    found = look(replace(task, cases=near, target=task.target[rows]))
    assert set(found) == {"near copies", "near twins"}
    assert found["near twins"].found.startswith("600 cases share their 'seconds on page' to the")
    assert "to 2 digits" in found["near copies"].found


def test_case_codes_are_equal_where_cases_are():
    task = a_task(200)
    cases = task.cases.take(np.r_[0:200, 0:200])
    codes = case_codes(cases)
    assert np.array_equal(codes[:200], codes[200:]) and len(np.unique(codes)) == 200
    events = cases.events
    for name, other in (("kind", 3), ("gap", 77.0), ("price", 5.0), ("device", 1)):
        marks = {key: mark.copy() for key, mark in events.marks.items()}
        first = events.offsets[5]
        marks[name][first] = other if marks[name][first] != other else 0
        changed = case_codes(
            Cases(cases.features, Events(events.offsets, marks, events.vocabulary))
        )
        assert np.flatnonzero(changed != codes).tolist() == [5], name
    turned = {key: mark.copy() for key, mark in events.marks.items()}
    two = events.offsets[5] + np.array([1, 2])
    for mark in turned.values():
        mark[two] = mark[two[::-1]]
    assert (
        case_codes(Cases(cases.features, Events(events.offsets, turned, events.vocabulary)))[5]
        != codes[5]
    )  # the order counts
    features = cases.features.copy()
    features.loc[7, "channel"] = None
    assert np.flatnonzero(case_codes(Cases(features, events)) != codes).tolist() == [7]


def test_what_reads_the_same_has_the_same_code():
    # Two categories with one text, zeros of both signs, and a missing value of each kind.
    mixed = pd.Categorical.from_codes([0, 1, -1, -1, 2], categories=[1, "1", "2"])
    number = [0.0, -0.0, np.nan, None, 0.0]
    codes = case_codes(Cases(pd.DataFrame({"mixed": mixed, "number": number})))
    assert codes[0] == codes[1] and codes[2] == codes[3] and len(np.unique(codes)) == 3


def test_contradictions_bound_what_can_be_reached():
    task = a_task(900)
    features = pd.DataFrame({"colour": pd.Series(["red", "blue"] * 450, dtype="category")})
    target = (np.arange(900) % 9 < 4).astype(np.int8)
    found = look(replace(task, cases=Cases(features), target=target))["contradictions"]
    assert not found.grave and "900 cases (100.0%)" in found.found
    best = 1 - 2 * min(np.bincount(target[::2]).min(), np.bincount(target[1::2]).min()) / 900
    assert f"cannot exceed {best:.1%}" in found.means


@pytest.mark.parametrize("shape", ["straight", "two-sided", "missing", "category"])
def test_a_column_that_decides_is_found(shape):
    task = a_task()
    rng = np.random.default_rng(1)
    y = np.where(rng.random(len(task)) < 0.02, 1 - task.target, task.target)
    column = {
        "straight": y + 0.1 * rng.random(len(y)),
        "two-sided": np.where(y == 1, rng.choice([-3, 3], len(y)), 0) + rng.random(len(y)),
        "missing": np.where(y == 1, rng.random(len(y)), np.nan),
        "category": pd.Series(np.where(y == 1, "paid", "open"), dtype="category"),
    }[shape]
    found = look(with_columns(task, invoice=column))["columns that decide"]
    assert found.grave and found.found.startswith("the column 'invoice' (ROC AUC 0.9")


def test_a_kind_of_event_that_decides_is_found():
    task = a_task()
    events = task.cases.events
    kind = events.kind.copy()
    kind[events.offsets[1:][task.target == 1] - 1] = 4
    vocabulary = dict(events.vocabulary) | {"kind": (*events.vocabulary["kind"], "thank-you page")}
    marked = Events(events.offsets, dict(events.marks) | {"kind": kind}, vocabulary)
    found = look(replace(task, cases=Cases(task.cases.features, marked)))["columns that decide"]
    assert "events of the kind 'thank-you page' (ROC AUC 1.000) alone almost decides" in found.found


def test_constant_columns_are_named():
    task = with_columns(
        a_task(), shop=pd.Series(["Berlin"] * 1500, dtype="category"), version=3, gone=np.nan
    )
    task = with_columns(task, said=np.where(np.arange(1500) % 2, 3.0, np.nan))
    found = look(task)
    assert set(found) == {"constant columns"}
    assert "'shop', 'version', 'gone' are the same" in found["constant columns"].found


@pytest.mark.parametrize("shape", ["texts", "running number", "shuffled number", "descending"])
def test_columns_like_names_are_named(shape):
    task = a_task()
    number = np.arange(len(task)) + 10_000
    column = {
        "texts": pd.Series([f"visit-{i}" for i in number], dtype="string"),
        "running number": number,
        "shuffled number": np.random.default_rng(0).permutation(number),
        "descending": 10**9 - number**2,
    }[shape]
    found = look(with_columns(task, visit=column))["columns like names"]
    assert "'visit' is different in nearly every case" in found.found


def test_amounts_and_ages_are_no_names():
    rng = np.random.default_rng(0)
    task = with_columns(
        a_task(), cents=rng.integers(0, 10**8, 1500), age=rng.integers(18, 80, 1500)
    )
    assert look(task) == {}


def test_drift_is_found_and_the_column_named():
    task = in_time(a_task())
    later = (task.time - task.time.min()) / np.timedelta64(1, "D")
    drifting = with_columns(
        task, price=later / 30 + np.random.default_rng(0).normal(size=len(task))
    )
    found = look(drifting)["drift"]
    assert "most by 'price'" in found.found and "later in time" in found.means
    assert not found.grave


def test_drift_in_events_is_found():
    task = in_time(a_task())
    late = task.time > np.sort(task.time)[len(task) // 2]
    lengths = np.where(late, task.cases.events.lengths, 1)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    position = np.arange(task.cases.events.n_events)
    position -= task.cases.events.offsets[:-1][task.cases.events.owner]
    keep = position < lengths[task.cases.events.owner]
    marks = {name: mark[keep] for name, mark in task.cases.events.marks.items()}
    events = Events(offsets, marks, task.cases.events.vocabulary)
    found = look(replace(task, cases=Cases(task.cases.features, events)))
    assert "number of events" in found["drift"].found


def test_people_who_come_again_are_no_drift():
    # Each group is on one side only; whoever remembers a group's own number would tell the sides
    # apart for it, but not for others.
    task = replace(a_task(), group=np.arange(1500) // 15)
    who = np.random.default_rng(0).normal(size=100)
    assert look(with_columns(task, height=who[task.group])) == {}


def test_too_few_of_the_rarer_outcome():
    task = a_task()
    target = np.zeros(1500, dtype=np.int8)
    target[:60] = 1
    found = look(replace(task, target=target))["few of the rarer outcome"]
    assert not found.grave and "20 cases of the rarer outcome to test on, and 8" in found.found
    target[24:] = 0
    assert look(replace(task, target=target))["few of the rarer outcome"].grave


def test_several_inner_splits_of_few_cases():
    name = "several inner splits of few cases"
    found = look(a_task(1200), Resampling(folds=3, inner=4))[name]
    assert not found.grave and "fold's 800 valid cases" in found.found
    assert "one of 4 models" in found.found and "--inner 1" in found.advice
    assert name not in look(a_task(1200), Resampling(folds=3))
    assert name not in look(a_task(1500), Resampling(folds=3, inner=4))


def test_groups_and_times_on_both_sides_are_found():
    task = in_time(replace(a_task(60), group=np.arange(60) // 2))
    rows = np.arange(60)
    honest = Fold(0, rows[40:], (Split(rows[:30], rows[30:40]),))
    timed = replace(task, time=np.datetime64("2024-01-01", "s") + rows * np.timedelta64(2, "D"))
    assert crossed_splits(timed, [honest]) == []
    shared = Fold(0, rows[39:], (Split(rows[:30], rows[30:39]),))
    assert crossed_splits(timed, [shared]) == []  # known from earlier, as in use
    (found,) = crossed_splits(replace(task, time=None), [honest, shared])
    assert found.check == "groups on both sides" and found.grave and "1 groups" in found.found
    early = Fold(0, np.r_[rows[10:12], rows[40:]], (Split(rows[:10], rows[12:40]),))
    (found,) = crossed_splits(timed, [early])
    assert found.check == "train after test" and found.grave and "28 train cases" in found.found


def test_an_outcome_still_open_counts_as_after():
    task = in_time(a_task(60))
    rows = np.arange(60)
    timed = replace(task, time=np.datetime64("2024-01-01", "s") + rows * np.timedelta64(1, "h"))
    fold = Fold(0, rows[50:], (Split(rows[:20], rows[20:50]),))
    (found,) = crossed_splits(timed, [fold])
    assert "23 train cases" in found.found  # the horizon is a day: hours 27 to 49 are open


def test_tiny_tasks_are_looked_at_without_a_fault():
    task = a_task(12, seed=3)
    target = (np.arange(12) % 2).astype(np.int8)
    found = look(replace(task, target=target), Resampling(folds=2))
    assert set(found) == {"few of the rarer outcome"}


def test_columns_that_are_nearly_always_missing_can_be_the_drift():
    task = in_time(a_task())
    rare = np.full(1500, np.nan)
    rare[:2] = 5.0, 1e30
    assert set(look(with_columns(task, rare=rare))) == set()
    known_late = np.where(task.time > task.time.min() + np.timedelta64(60, "D"), 1.0, np.nan)
    assert "'note'" in look(with_columns(task, note=known_late))["drift"].found


def test_each_check_is_a_file_named_after_it():
    rooms = {check.__name__: check.__module__.rpartition(".")[2] for check in CHECKS}
    assert all(name == file for name, file in rooms.items()) and len(rooms) == len(CHECKS)
