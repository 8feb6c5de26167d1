import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import DataError
from intentbench.bench.events import Events
from intentbench.bench.task import Card, Task

CARD = Card("Toy", "Will they buy?", "made up", "none needed", "1 = bought")


def small_task():
    events = Events(
        offsets=np.array([0, 2, 2, 3, 3]),
        marks={
            "kind": np.array([0, 1, 1], np.int32),
            "gap": np.array([0, 4, 0], np.float32),
            "Preis": np.array([9.5, 2, 3], np.float32),
        },
        vocabulary={"kind": ("vue", "panier")},
    )
    features = pd.DataFrame(
        {
            "pages": [3, 1, 7, 2],
            "share": [0.5, np.nan, 0.1, 0.2],
            "région 7": pd.Series(["nord", None, "süd", "nord"], dtype="string"),
            "channel": pd.Series(["ad", "mail", "ad", "mail"], dtype="category"),
        }
    )
    return Task(
        name="toy",
        cases=Cases(features, events),
        target=np.array([0, 1, 0, 1], np.int8),
        card=CARD,
        group=np.array([7_000_000_000_000_000_001, 2, 2, 3]),
        time=np.array(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], "datetime64[s]"),
    )


def with_feature(task, name, row, value):
    features = task.cases.features.copy()
    features.loc[row, name] = value
    return replace(task, cases=Cases(features, task.cases.events))


def with_mark(task, name, row, value):
    events = task.cases.events
    mark = events.marks[name].copy()
    mark[row] = value
    changed = Events(events.offsets, dict(events.marks) | {name: mark}, events.vocabulary)
    return replace(task, cases=Cases(task.cases.features, changed))


def with_role(task, role, row, value):
    values = getattr(task, role).copy()
    values[row] = value
    return replace(task, **{role: values})


def with_events(task, **change):
    return replace(task, cases=Cases(task.cases.features, replace(task.cases.events, **change)))


def with_features(task, change):
    return replace(task, cases=Cases(change(task.cases.features), task.cases.events))


CHANGES = {
    "a count": lambda task: with_feature(task, "pages", 1, 2),
    "a number": lambda task: with_feature(task, "share", 3, 0.2000001),
    "a number lost": lambda task: with_feature(task, "share", 3, np.nan),
    "a text": lambda task: with_feature(task, "région 7", 0, "nörd"),
    "a text lost": lambda task: with_feature(task, "région 7", 0, None),
    "a category": lambda task: with_feature(task, "channel", 0, "mail"),
    "a column's name": lambda task: with_features(task, lambda f: f.rename(columns={"pages": "p"})),
    "the columns' order": lambda task: with_features(task, lambda f: f[f.columns[::-1]]),
    "a column less": lambda task: with_features(task, lambda f: f.drop(columns="share")),
    "an outcome": lambda task: with_role(task, "target", 0, 1),
    "a group": lambda task: with_role(task, "group", 1, 3),
    "a group's last digit": lambda task: with_role(task, "group", 0, 7_000_000_000_000_000_002),
    "no groups": lambda task: replace(task, group=None),
    "a time": lambda task: with_role(task, "time", 0, np.datetime64("2024-01-01T00:00:01")),
    "no times": lambda task: replace(task, time=None),
    "a kind": lambda task: with_mark(task, "kind", 0, 1),
    "a gap": lambda task: with_mark(task, "gap", 1, 5),
    "a further mark": lambda task: with_mark(task, "Preis", 2, 3.5),
    "a border": lambda task: with_events(task, offsets=np.array([0, 1, 2, 3, 3])),
    "a kind's name": lambda task: with_events(task, vocabulary={"kind": ("vue", "achat")}),
}


def test_same_content_has_the_same_fingerprint():
    assert small_task().fingerprint() == small_task().fingerprint()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_fingerprint_changes_with_the_content(change):
    assert change(small_task()).fingerprint() != small_task().fingerprint()


def test_fingerprint_is_of_values_not_of_how_they_are_kept():
    task = small_task()
    features = task.cases.features.assign(
        channel=task.cases.features["channel"].cat.reorder_categories(["mail", "ad"]),
        pages=task.cases.features["pages"].astype("int8"),
    )
    features.index = [3, 2, 1, 0]
    kept_otherwise = replace(
        task,
        name="another name",
        cases=Cases(features, task.cases.events),
        time=task.time.astype("datetime64[ms]"),
        group=task.group.astype("int64"),
    )
    assert kept_otherwise.fingerprint() == task.fingerprint()


def test_fingerprint_is_the_same_in_every_process(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_task; print(test_task.small_task().fingerprint())"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, os.path.dirname(__file__)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == small_task().fingerprint()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": np.array([0, 1, 0], np.int8)}, "task 'toy': target has 3 values for 4 cases"),
        ({"known_at": np.full(3, np.datetime64("2025", "s"))}, "known_at has 3 values for 4 cases"),
        ({"known_at": np.full(4, np.datetime64("2024-01-03", "s"))}, "known at that time or later"),
        ({"known_at": np.full(4, np.datetime64("NaT", "s"))}, "known at that time or later"),
        ({"group": np.array([1, 2])}, "group has 2 values for 4 cases"),
        ({"time": np.array(["2024-01-01"], "datetime64[s]")}, "time has 1 values for 4 cases"),
        ({"target": np.array([0, 1, 2, 1], np.int8)}, "found [0, 1, 2]"),
        ({"target": np.zeros(4, np.int8)}, "must hold both 0 and 1 and nothing else; found [0]"),
        ({"time": np.array(["2024-01-01", "NaT"] * 2, "datetime64[s]")}, "have no time"),
    ],
)
def test_tasks_that_make_no_sense_are_refused(change, words):
    with pytest.raises(DataError) as refused:
        replace(small_task(), **change)
    assert words in str(refused.value)


def test_base_rate_and_events_are_told():
    task = small_task()
    assert (len(task), task.base_rate, task.has_events) == (4, 0.5, True)
    assert not replace(task, cases=Cases(task.cases.features)).has_events


@pytest.mark.parametrize(
    "weight", [[1, 0, 1, 1], [1, -2, 1, 1], [1, np.nan, 1, 1], [1, np.inf, 1, 1]]
)
def test_weights_that_count_nothing_are_refused(weight):
    with pytest.raises(DataError, match=r"a number above 0; that of case 1 is .*Leave out cases"):
        replace(small_task(), weight=np.array(weight, dtype=float))
    with pytest.raises(DataError, match="weight has 3 values for 4 cases"):
        replace(small_task(), weight=np.ones(3))


def test_weights_decide_the_base_rate_and_the_fingerprint():
    task = small_task()
    weighted = replace(task, weight=np.array([1.0, 2.0, 3.0, 4.0]))
    assert (task.base_rate, weighted.base_rate) == (0.5, 0.6)
    prints = {task.fingerprint(), weighted.fingerprint()}
    prints.add(replace(task, weight=np.array([1.0, 2.0, 3.0, 5.0])).fingerprint())
    assert len(prints) == 3 and replace(weighted, weight=None).fingerprint() in prints
