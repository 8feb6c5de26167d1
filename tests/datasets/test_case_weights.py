"""Rows that stand for many cases: ``--weight`` and ``--trials``."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile

N = 60


def ads():
    i = np.arange(N)
    return pd.DataFrame(
        {
            "age": np.array(["30-34", "35-39", "40-44"])[i % 3],
            "spent": i * 1.25,
            "impressions": 1000 + 37 * i,
            "clicks": i % 7,
            "bought": np.where(i % 4 == 0, "yes", "no"),
        }
    )


def load(tmp_path, frame, **keywords):
    path = tmp_path / "ads.csv"
    frame.to_csv(path, index=False)
    return TableFile(path=str(path), **keywords).load()


def said(task, words):
    return [caveat for caveat in task.card.caveats if words in caveat]


def test_a_weight_says_for_how_many_cases_a_row_stands(tmp_path):
    frame = ads()
    task = load(tmp_path, frame, target="bought", weight="impressions")
    assert task.weight.tolist() == frame["impressions"].tolist()
    assert "impressions" not in task.cases.features
    assert {column.name: column.use for column in task.profile}["impressions"] == "weight"
    yes = frame["bought"] == "yes"
    share = frame["impressions"][yes].sum() / frame["impressions"].sum()
    assert task.base_rate == pytest.approx(share)
    (caveat,) = said(task, "intervals take the rows for the sample")
    assert f"60 rows stand for {frame['impressions'].sum():,} cases" in caveat
    assert task.group is None


def test_weights_are_read_in_the_notations_of_numbers(tmp_path):
    frame = ads()
    frame["impressions"] = [f"{value:,}" for value in frame["impressions"]]
    task = load(tmp_path, frame, target="bought", weight="impressions")
    assert task.weight.tolist() == ads()["impressions"].tolist()


def test_rows_that_stand_for_no_case_are_left_out_and_told(tmp_path):
    frame = ads().astype({"impressions": float})
    frame.loc[[3, 5], "impressions"] = 0
    frame.loc[8, "impressions"] = np.nan
    task = load(tmp_path, frame, target="bought", weight="impressions")
    assert len(task) == N - 3 and (task.weight > 0).all()
    assert "2 of 60 rows are left out" in said(task, "they stand for no case (line 5)")[0]
    assert "1 of 60 rows are left out" in said(task, "'impressions' is missing (line 10)")[0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({4: -1}, "holds '-1' in line 6; as weight it must be a number of cases, 0 or more"),
        ({4: "many"}, "holds 'many' in line 6"),
        ({4: "inf"}, "holds 'inf' in line 6"),
        (dict.fromkeys(range(N), 0), "is 0 or missing in every row"),
        (dict.fromkeys(range(N), "few"), "holds 'few' in line 2"),
        ({i: 0 for i in range(0, N, 4)}, "above 0 in rows of one outcome only"),
    ],
)
def test_weights_that_count_nothing_are_refused(tmp_path, cells, words):
    frame = ads().astype({"impressions": object})
    for row, cell in cells.items():
        frame.loc[row, "impressions"] = cell
    with pytest.raises(DataError, match="'impressions' of ads.csv") as refused:
        load(tmp_path, frame, target="bought", weight="impressions")
    assert words in str(refused.value)


def test_trials_make_the_positive_and_the_negative_cases_of_each_row(tmp_path):
    frame = ads()
    task = load(tmp_path, frame, target="clicks", trials="impressions")
    assert len(task) == N + (frame["clicks"] > 0).sum()
    rows = task.group
    assert np.array_equal(np.unique(rows), np.arange(N))
    for outcome, counts in (
        (1, frame["clicks"]),
        (0, frame["impressions"] - frame["clicks"]),
    ):
        own = task.target == outcome
        assert task.weight[own].tolist() == counts[rows[own]].tolist()
    assert task.base_rate == pytest.approx(frame["clicks"].sum() / frame["impressions"].sum())
    assert task.cases.features["spent"].tolist() == frame["spent"][rows].tolist()
    assert not {"clicks", "impressions"} & set(task.cases.features)
    assert task.card.question == "Is a case of impressions one of clicks?"


def test_trials_keep_roles_of_the_rows(tmp_path):
    frame = ads().assign(campaign=[f"c{i // 6}" for i in range(N)])
    frame["day"] = pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d")
    task = load(
        tmp_path, frame, target="clicks", trials="impressions", group="campaign", time="day"
    )
    first = np.flatnonzero(task.group == task.group[0])
    assert len(np.unique(task.group)) == N // 6
    assert (np.diff(task.time) >= np.timedelta64(0)).all() and len(first) > 6


def test_a_row_of_one_outcome_is_one_case(tmp_path):
    frame = ads().astype({"clicks": float})
    frame.loc[1, "clicks"] = frame.loc[1, "impressions"]
    frame.loc[2, "clicks"] = np.nan
    frame.loc[4, ["clicks", "impressions"]] = 0
    task = load(tmp_path, frame, target="clicks", trials="impressions")
    assert task.target[task.group == 1].tolist() == [1]
    assert task.target[task.group == 0].tolist() == [0]
    assert not np.isin([2, 4], task.group).any()
    assert said(task, "'clicks' or 'impressions' is missing (line 4)")
    assert said(task, "they stand for no case (line 6)")


@pytest.mark.parametrize(
    ("change", "keywords", "words"),
    [
        ({3: 1e9}, {}, "line 5: 'clicks' is 1e+09, more than the 1111 cases of 'impressions'"),
        (dict.fromkeys(range(N), 0), {}, "'clicks' of ads.csv is 0 or missing in every row"),
        ({}, {"positive": "1"}, "positive '1' is given too"),
        ({}, {"weight": "spent"}, "weight 'spent' is given too"),
        ({}, {"drop": ["impressions"]}, "is the trials and to be dropped"),
        ({}, {"group": "impressions"}, "column 'impressions' is both group and trials"),
        ({}, {"trials": "impresions"}, "Did you mean 'impressions'"),
    ],
)
def test_counts_that_cannot_be_are_refused(tmp_path, change, keywords, words):
    frame = ads().astype({"clicks": float})
    for row, cell in change.items():
        frame.loc[row, "clicks"] = cell
    with pytest.raises(DataError) as refused:
        load(tmp_path, frame, **{"target": "clicks", "trials": "impressions"} | keywords)
    assert words in str(refused.value)
