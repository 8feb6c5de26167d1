"""One cut in time: tested after it, trained on what was known by then."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.task import Card, Task

N = 300


def make_task(*, horizon=0.0, group=False, time=True):
    i = np.arange(N)
    card = Card("T", "?", "made", "none", "1", horizon_days=horizon)
    return Task(
        "toy",
        Cases(pd.DataFrame({"x": i * 1.0})),
        (i * 7 % 5 == 0).astype("int8"),
        card,
        group=i % 40 if group else None,
        time=np.datetime64("2024-01-01", "s") + i * np.timedelta64(86_400, "s") if time else None,
    )


CUT = np.datetime64("2024-08-01")


@pytest.mark.parametrize(
    "written", ["2024-08-01", " 2024-08-01 ", "2024-08-01 00:00", "2024-08-01T02:00+02:00"]
)
def test_all_cases_from_the_cut_on_are_tested(written):
    task = make_task()
    (fold,) = Resampling(test_after=written).plan(task)
    assert fold.test.tolist() == np.flatnonzero(task.time >= CUT).tolist()
    (split,) = fold.splits
    train = np.concatenate([split.fit, split.valid])
    assert sorted(train) == np.flatnonzero(task.time < CUT).tolist()
    assert task.time[split.fit].max() < task.time[split.valid].min()


def test_train_cases_were_decided_by_then():
    task = make_task(horizon=30)
    (fold,) = Resampling(test_after="2024-08-01").plan(task)
    train = np.concatenate([part for s in fold.splits for part in (s.fit, s.valid)])
    assert task.time[train].max() == CUT - np.timedelta64(30, "D")


def test_known_groups_are_tested_unless_strangers_are_asked_for():
    task = make_task(group=True)
    (fold,) = Resampling(test_after="2024-08-01").plan(task)
    assert fold.test.tolist() == np.flatnonzero(task.time >= CUT).tolist()


def test_half_of_the_groups_are_strangers():
    task = make_task(group=True)
    strange = Resampling(test_after="2024-08-01", strangers=True)
    (fold,) = strange.plan(task)
    train = np.concatenate([part for s in fold.splits for part in (s.fit, s.valid)])
    assert not set(task.group[train]) & set(task.group[fold.test])
    assert len(set(task.group[fold.test])) == 20  # of 40
    assert 2 * len(fold.test) >= (task.time >= CUT).sum()
    assert task.time[fold.test].min() >= CUT > task.time[train].max()
    again, other = (replace(strange, seed=s).plan(task)[0] for s in (0, 1))
    assert again.fingerprint() == fold.fingerprint() != other.fingerprint()


def test_the_words_say_so():
    plan = Resampling(test_after="2024-08-01", strangers=True)
    words = plan.describe(make_task(group=True, horizon=3))
    assert words.startswith(
        "tested from 2024-08-01T00:00:00 on, test groups never in train, trained on "
        "outcomes known by then (within 3 days); one hold-out"
    )


WRONG = {
    "no time": ({"time": False}, "2024-08-01", "task 'toy' has no times"),
    "no date": ({}, "1.8.2024", "test_after '1.8.2024' is no moment"),
    "nothing to test": ({}, "2025-08-01", "leaves 0 positive and 0 negative cases to test on"),
    "nothing to train": ({}, "2023-08-01", "leaves 0 positive and 0 negative cases to train on"),
    "one outcome": ({}, "2024-10-24", "leaves 0 positive and 3 negative cases to test on"),
    "not yet known": ({"horizon": 400}, "2024-08-01", "outcomes are known within 400 days"),
}


@pytest.mark.parametrize(("about", "written", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_split_is_said(about, written, words):
    with pytest.raises(RequestError) as refused:
        Resampling(test_after=written).plan(make_task(**about))
    assert words in str(refused.value)


@pytest.mark.parametrize("written", ["2024-08-01", '"2024-08-01"', "2024-08-01T00:00:00"])
def test_a_suite_may_write_a_date_or_a_text(tmp_path, written):
    path = tmp_path / "suite.toml"
    path.write_text(f'tasks = ["a"]\n[resampling]\ntest_after = {written}')
    plan = load_suite(str(path)).resampling
    assert plan.plan(make_task())[0].test[0] == np.flatnonzero(make_task().time >= CUT)[0]


def test_a_suite_may_not_write_a_number(tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text('tasks = ["a"]\n[resampling]\ntest_after = 20240801')
    with pytest.raises(RequestError, match="resampling.test_after must be a text"):
        load_suite(str(path))
