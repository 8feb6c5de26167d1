import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.transport import (
    BlendRows,
    receive_blend_rows,
    receive_cases,
    receive_predictions,
    receive_split,
    send_blend_rows,
    send_cases,
    send_predictions,
    send_split,
)
from intentbench.bench.encoding import CategoryCodes
from intentbench.bench.events import Events
from intentbench.bench.splits.fold import Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.task import Card, Task

CARD = Card("Lädchen", "Kauft sie?", "erfunden", "keine", "1 = Kauf", False, ("erfunden",), ("x",))


def task_of(features, events=None):
    target = (np.arange(len(features)) % 2).astype(np.int8)
    return Task("lädchen", Cases(features, events), target, CARD)


def there_and_back(task, folder):
    send_cases(task.cases, folder / "sent")
    return replace(task, cases=receive_cases(folder / "sent"))


def test_task_arrives_as_it_was_sent(tmp_path):
    events = Events(
        offsets=np.array([0, 2, 2, 3, 3]),
        marks={
            "kind": np.array([0, 1, 1], np.int32),
            "gap": np.array([0, 4, 0], np.float32),
            "aisle / 列": np.array([1, 0, 1], np.int32),
            "price": np.array([9.5, 2, 3], np.float32),
        },
        vocabulary={"kind": ("vue", "panier"), "aisle / 列": ("a", "b")},
    )
    features = pd.DataFrame(
        {
            "pages": np.array([3, 1, 7, 2], np.int16),
            "share": [0.1 + 0.2, np.nan, -0.0, 5e-324],
            "returning": [True, False, True, True],
            "age": pd.Series([1, None, 3, 4], dtype="Int64"),
            "opted in": pd.Series([True, None, False, True], dtype="boolean"),
            "région 7": pd.Series(["nord", None, "süd", ""], dtype="string"),
            "plain": ["a", None, "b", "c"],
            "channel": pd.Categorical(["ad", None, "ad", "mail"], ["tv", "mail", "ad"]),
            "size": pd.Categorical(["2", "1", "2", "3"], ["1", "2", "3"], ordered=True),
            "no number": [np.nan] * 4,
        }
    )
    sent = task_of(features, events)
    got = there_and_back(sent, tmp_path)
    pd.testing.assert_frame_equal(got.cases.features, features)
    assert got.cases.events.marks.keys() == events.marks.keys()
    for name, mark in events.marks.items():
        np.testing.assert_array_equal(got.cases.events.marks[name], mark)
        assert got.cases.events.marks[name].dtype == mark.dtype
    assert got.cases.events.vocabulary == events.vocabulary
    assert got.fingerprint() == sent.fingerprint()


@pytest.mark.parametrize(
    "column",
    [
        pd.Categorical([10, 2, None, 10]),
        pd.Categorical([0.5, 2, 0.5, 0.5]),
        pd.Categorical([True, False, True, None]),
        pd.cut(pd.Series([1, 5, 9, 2]), [0, 4, 10]),
        pd.Categorical([1, "1", None, 1]),
        pd.Categorical([None] * 4),
    ],
    ids=["whole numbers", "numbers", "booleans", "ranges", "the same text", "nothing"],
)
def test_categories_that_are_no_texts_arrive_as_categories(tmp_path, column):
    sent = task_of(pd.DataFrame({"column": column}))
    got = there_and_back(sent, tmp_path)
    assert isinstance(got.cases.features["column"].dtype, pd.CategoricalDtype)
    assert got.fingerprint() == sent.fingerprint()
    codes = [CategoryCodes(share=0).fit(t.cases.features["column"]) for t in (sent, got)]
    assert codes[0].labels_ == codes[1].labels_


def test_task_without_columns_or_events_arrives(tmp_path):
    sent = task_of(pd.DataFrame(index=range(5)))
    got = there_and_back(sent, tmp_path)
    assert (len(got), got.has_events, got.cases.features.shape) == (5, False, (5, 0))
    assert got.fingerprint() == sent.fingerprint()


def test_index_does_not_travel(tmp_path):
    got = there_and_back(task_of(pd.DataFrame({"x": [1, 2]}, index=[9, 3])), tmp_path)
    assert got.cases.features.index.tolist() == [0, 1]


def test_outcomes_group_and_time_stay_at_home(tmp_path):
    sent = replace(
        task_of(pd.DataFrame({"x": [1, 2]})),
        group=np.array(["a", "b"]),
        time=np.array(["2024-01-01"] * 2, "datetime64[s]"),
    )
    there_and_back(sent, tmp_path)
    there = {path.name for path in (tmp_path / "sent").iterdir()}
    assert there == {"about.json", "features.parquet", "offsets.npy", "mark-0.npy", "mark-1.npy"}
    assert set(pd.read_parquet(tmp_path / "sent" / "features.parquet").columns) == {"x"}


def test_split_arrives_with_the_outcomes_of_its_fit_and_valid_cases_alone(tmp_path):
    task = task_of(pd.DataFrame({"x": range(7)}))
    split, test = Split(np.array([5, 1, 3]), np.array([6])), np.array([2, 4])
    send_split(split, test, task.target, tmp_path / "split.npz")
    shown, got, got_test = receive_split(tmp_path / "split.npz", task.cases)
    assert got.fit.tolist() == [5, 1, 3] and got.valid.tolist() == [6]
    assert got_test.tolist() == [2, 4]
    assert shown.target.tolist() == [-1, 1, -1, 1, -1, 1, 0] and not shown.has_events
    with np.load(tmp_path / "split.npz") as file:
        assert sum(len(file[name]) for name in file if name.startswith("y")) == 4


def test_blend_arrives_with_the_outcomes_of_its_valid_cases_alone(tmp_path):
    task = task_of(pd.DataFrame({"x": range(6)}))
    rows = BlendRows(np.array([1, 4, 1]), np.array([0, 3]), np.array(["b", "a", "b"]))
    members = {
        name: Predictions(np.array(valid), np.array(test))
        for name, valid, test in (("b", [0.1, 0.2, 0.3], [0.4, 0.5]), ("a", [1, 0, 1], [0, 1]))
    }
    send_blend_rows(rows, task.target, members, tmp_path / "blend.npz")
    shown, got, told = receive_blend_rows(tmp_path / "blend.npz", task.cases)
    assert list(told) == ["b", "a"]
    assert told["b"].valid.tolist() == [0.1, 0.2, 0.3] and told["a"].test.tolist() == [0, 1]
    assert got.valid.tolist() == [1, 4, 1] and got.test.tolist() == [0, 3]
    assert got.who.tolist() == [1, 0, 1]
    assert shown.target.tolist() == [-1, 1, -1, -1, 0, -1]


def test_who_fit_cases_are_about_arrives_as_numbers(tmp_path):
    task = task_of(pd.DataFrame({"x": range(7)}))
    split, who = Split(np.array([5, 1, 3]), np.array([6])), np.array(list("abcdbbe"))
    send_split(split, np.array([2, 4]), task.target, tmp_path / "split.npz", group=who)
    shown, *_ = receive_split(tmp_path / "split.npz", task.cases)
    assert shown.group.tolist() == [-1, 0, -1, 1, -1, 0, -1]


def test_weights_arrive_for_the_same_cases_as_outcomes(tmp_path):
    task = task_of(pd.DataFrame({"x": range(7)}))
    weight = np.arange(7) + 0.5
    split, test = Split(np.array([5, 1, 3]), np.array([6])), np.array([2, 4])
    send_split(split, test, task.target, tmp_path / "split.npz", weight)
    shown, *_ = receive_split(tmp_path / "split.npz", task.cases)
    assert np.array_equal(np.flatnonzero(~np.isnan(shown.weight)), [1, 3, 5, 6])
    assert shown.weight[[1, 3, 5, 6]].tolist() == [1.5, 3.5, 5.5, 6.5]
    rows = BlendRows(np.array([1, 4, 1]), np.array([0, 3]), None)
    members = {"one": Predictions(np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5]))}
    send_blend_rows(rows, task.target, members, tmp_path / "blend.npz", weight)
    shown, *_ = receive_blend_rows(tmp_path / "blend.npz", task.cases)
    assert np.array_equal(shown.weight, [np.nan, 1.5, np.nan, np.nan, 4.5, *[np.nan] * 2], True)


def test_predictions_arrive_to_the_bit(tmp_path):
    rng = np.random.default_rng(0)
    sent = Predictions(rng.random(7), rng.random(5))
    send_predictions(sent, tmp_path)
    got = receive_predictions(tmp_path, 7, 5)
    assert np.array_equal(got.valid, sent.valid) and np.array_equal(got.test, sent.test)
    with pytest.raises(ValueError, match="there are not 13 predictions"):
        receive_predictions(tmp_path, 7, 6)


def nothing(file):
    pass


def one_not_finite(file):
    file.write_bytes(np.array([0.5, np.nan]).tobytes())


def one_beyond_one(file):
    file.write_bytes(np.array([0.5, 1.5]).tobytes())


def link_to_others(file):
    (file.parent / "others").write_bytes(np.array([0.5, 0.5]).tobytes())
    file.symlink_to("others")


def pipe_without_a_writer(file):
    os.mkfifo(file)


def folder(file):
    file.mkdir()


@pytest.mark.parametrize(
    "write",
    [nothing, one_not_finite, one_beyond_one, link_to_others, pipe_without_a_writer, folder],
)
def test_what_are_no_predictions_is_refused_at_once(tmp_path, write):
    write(tmp_path / "predictions.f8")
    with pytest.raises(ValueError, match="predictions"):
        receive_predictions(tmp_path, 1, 1)


def test_pickles_are_refused(tmp_path):
    send_cases(task_of(pd.DataFrame({"x": [1, 2]})).cases, tmp_path / "sent")
    np.save(tmp_path / "sent" / "mark-0.npy", np.array([0, "one"], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        receive_cases(tmp_path / "sent")
