"""Texts and vectors of a table: found or asked for, refused where they are none, read again."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from intentbench.bench.content_columns import content_kind
from intentbench.bench.data_checks.check_data import findings
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets._table.read_again import TableReading, Unread
from intentbench.datasets.table_file import TableFile

N = 120


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(0)
    words = np.array("good bad late soon blue shirt size mail box".split())
    vectors = rng.normal(size=(N, 4)).astype(np.float32).tolist()
    vectors[2] = None
    texts = [" ".join(rng.choice(words, 5)) for _ in range(N)]
    texts[7], texts[8] = None, "  "
    return {
        "pages": rng.integers(1, 9, N).tolist(),
        "review": texts,
        "image": vectors,
        "bought": (rng.random(N) < 0.4).astype(int).tolist(),
    }


@pytest.fixture
def read(columns, tmp_path):
    def of(**more):
        changed = {name: more.pop(name, values) for name, values in columns.items()}
        path = tmp_path / "visits.parquet"
        pq.write_table(pa.table(changed), path)
        return TableFile(path=str(path), target="bought", **more).read({})

    return of


def uses(task):
    return {column.name: f"{column.kind}: {column.use}" for column in task.profile}


def test_vectors_are_found_and_texts_are_asked_for(read):
    task = read(text=["review"])
    assert uses(task)["review"] == "text: feature"
    assert uses(task)["image"] == "vector, 4 numbers each: feature"
    kinds = {name: content_kind(column) for name, column in task.cases.features.items()}
    assert kinds == {"pages": "", "review": "text", "image": "vector"}
    assert task.cases.features["review"].isna().to_numpy().nonzero()[0].tolist() == [7, 8]
    assert task.cases.features["image"].isna().to_numpy().nonzero()[0].tolist() == [2]
    profile = {column.name: column for column in task.profile}
    assert profile["review"].examples == profile["image"].examples == ()
    assert "'image' holds lists of numbers and is read as vectors." in task.card.caveats


def test_texts_that_nobody_asks_for_are_left_out_and_told(read):
    task = read(drop=["image"])
    assert list(task.cases.features) == ["pages"]
    assert uses(task)["review"].startswith("text-like: left out")
    assert any("'review'; --text" in caveat for caveat in task.card.caveats)


def test_what_a_text_says_is_part_of_the_task(read, columns):
    before = read(text=["review"]).fingerprint()
    others = ["other words", *columns["review"][1:]]
    assert read(text=["review"]).fingerprint() == before
    assert read(text=["review"], review=others).fingerprint() != before
    assert read(text=["review"], image=[[9.0] * 4, *columns["image"][1:]]).fingerprint() != before


def test_a_text_that_is_a_category_is_told(read):
    few = read(text=["review"], review=["red shirt", "blue shirt"] * (N // 2))
    assert any("2 different ones" in caveat for caveat in few.card.caveats)
    words = read(text=["review"], review=[f"w{row}" for row in range(N)])
    assert any("hardly more than a word" in caveat for caveat in words.card.caveats)
    signs = read(text=["review"], review=[f"质量很好{row}" for row in range(N)])
    assert not any("review" in caveat for caveat in signs.card.caveats)
    same = read(text=["review"], review=["red"] * N)
    assert uses(same)["review"].startswith("constant: left out")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"review": list(range(N))}, "'review' of visits.parquet cannot be read as texts"),
        (
            {"image": [[1.0, 2.0]] * 4 + [[1.0]] * (N - 4)},
            "row 5, cannot be read as vectors",
        ),
        ({"image": [[1.0, np.inf]] * N}, "row 1, cannot be read as vectors: a list with a number"),
        ({"image": [[1.0, None]] * N}, "row 1, cannot be read as vectors"),
        ({"image": ["1, 2"] * N}, "its cells are of type string"),
        ({"image": [[]] * N}, "list<element: null>"),
    ],
)
def test_what_is_none_is_refused_with_its_place(read, changed, said):
    with pytest.raises(DataError) as caught:
        read(text=["review"], vector=["image"], **changed)
    assert said in str(caught.value)


def test_lists_that_are_no_vectors_are_left_out_unless_asked_for(read):
    task = read(image=[[1.0, 2.0], [1.0]] * (N // 2))
    assert uses(task)["image"].startswith("unclear: left out: unclear: lists of several lengths")
    items = read(image=[[1, 2]] * (N - 1) + [[3, 4]])
    assert uses(items)["image"].startswith("unclear: left out: unclear: cells of type")
    assert "vector" in uses(read(vector=["image"], image=[[1, 2]] * (N - 1) + [[3, 4]]))["image"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"text": ["bought"]}, "the target"),
        ({"text": ["review"], "category": ["review"]}, "read as texts"),
        ({"vector": ["image"], "drop": ["image"]}, "dropped"),
        ({"text": ["reveiw"]}, "Did you mean 'review'"),
        ({"text": "review"}, "must be a list"),
    ],
)
def test_wishes_that_contradict_each_other_are_refused(read, asked, said):
    with pytest.raises(DataError, match=said):
        read(**asked)


def test_other_rows_are_read_the_same_way(read, columns):
    task = read(text=["review"])
    reading = TableReading.from_json(json.loads(json.dumps(task.reading)))
    table = pa.table({name: columns[name] for name in reading.names})
    again = reading.features(table.slice(0, 9), 1, "new.parquet", Unread())
    expected = task.cases.features.iloc[:9]
    assert again["review"].tolist() == expected["review"].tolist()
    assert again["image"].dtype == expected["image"].dtype
    assert np.array_equal(
        again["image"].array.vectors, expected["image"].array.vectors, equal_nan=True
    )
    for wrong, said in (
        ([[1.0, 2.0]] * N, "row 1 holds a list of 2 numbers, not of 4"),
        ([1.0] * N, "was a list of numbers"),
    ):
        other = pa.table({"pages": columns["pages"], "review": columns["review"], "image": wrong})
        with pytest.raises(DataError, match=said):
            reading.features(other, 1, "new.parquet", Unread())


def test_data_checks_find_copies_and_tell_no_words(read, columns):
    half = N // 2
    twice = {
        name: [*columns[name][:half], *columns[name][:half]]
        for name in ("review", "image", "pages")
    }
    task = read(text=["review"], **twice)
    found = findings(task, Resampling(folds=2).plan(task))
    told = {str(one.check): str(one.found) for one in found}
    assert "copies" in told
    assert not any("blue shirt" in text for text in told.values())
