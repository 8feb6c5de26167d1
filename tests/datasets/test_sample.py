"""``rows``: a sample of a large table, which keeps groups whole and says what it is."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.language.sentence import said
from intentbench.datasets.table_file import TableFile

N = 1200


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rng = np.random.default_rng(3)
    day = np.sort(rng.integers(0, 365, N))
    table = pd.DataFrame(
        {
            "who": rng.integers(0, 150, N),
            "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"),
            "row": np.arange(N) + 0.5,
            "bought": rng.random(N) < 0.2,
            "for": 1 + rng.integers(0, 4, N),
        }
    )
    path = tmp_path_factory.mktemp("large") / "large.csv"
    table.to_csv(path, index=False)
    return path


def load(path, **keywords):
    return TableFile(str(path), "bought", **keywords).load()


def test_whole_groups_are_drawn_over_all_of_the_time(path):
    table = pd.read_csv(path)
    task = load(path, group="who", time="at", rows=400, keep=["row"])
    assert 350 < len(task) <= 400
    people = np.unique(task.group)
    drawn = (task.cases.features["row"] - 0.5).astype(int)
    assert len(people) == table["who"][drawn].nunique()
    assert len(task) == table["who"].isin(table["who"][drawn]).sum()
    assert np.ptp(task.time).astype(int) / 86400 > 330
    (note,) = [said(c) for c in task.card.caveats if "A sample" in said(c)]
    groups = f"{len(people)} of {table['who'].nunique()} groups"
    assert note.startswith(f"A sample: {len(task)} of 1,200 cases, all those of {groups}")


def test_each_case_keeps_what_belongs_to_it(path):
    table = pd.read_csv(path)
    put = {"drop": ["who"], "aside": ["who"]}
    task = load(path, time="at", weight="for", rows=300, keep=["row"], **put)
    assert len(task) == 300
    drawn = (task.cases.features["row"] - 0.5).astype(int).to_numpy()
    assert (np.diff(drawn) > 0).all()
    assert np.array_equal(task.target, table["bought"][drawn])
    assert np.array_equal(task.weight, table["for"][drawn])
    assert np.array_equal(task.aside["who"], table["who"][drawn])
    assert np.array_equal(task.time, pd.to_datetime(table["at"][drawn]).to_numpy("M8[s]"))
    again = load(path, time="at", weight="for", rows=300, keep=["row"], **put)
    assert again.fingerprint() == task.fingerprint()


def test_a_table_that_is_small_enough_is_taken_as_it_is(path):
    assert load(path, rows=N).fingerprint() == load(path).fingerprint()
    assert not [c for c in load(path, rows=N).card.caveats if "A sample" in said(c)]


@pytest.mark.parametrize("rows", [99, -1, 150.0, True, "many"])
def test_a_number_without_meaning_is_refused(path, rows):
    with pytest.raises(DataError, match="rows must be a whole number from 100 on, or 0 for all"):
        load(path, rows=rows)


def test_a_group_larger_than_the_sample_is_told(tmp_path):
    path = tmp_path / "one.csv"
    table = pd.DataFrame({"who": ["a"] * 300 + ["b"] * 300, "x": range(600)})
    table["bought"] = table["x"] % 3 == 0
    table.to_csv(path, index=False)
    with pytest.raises(DataError, match="holds not even one group: .* has 300 cases"):
        load(path, group="who", rows=200)
