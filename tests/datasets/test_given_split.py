"""A table's own split, and tables whose rows stand in order."""

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import ALWAYS_TRAIN, ALWAYS_VALID
from intentbench.datasets._table.given_split import given_split, looks_like_a_split
from intentbench.datasets.table_file import TableFile


def table(tmp_path, column, values):
    rows = [f"{i % 7},{value},{i % 2}" for i, value in enumerate(values)]
    path = tmp_path / "visits.csv"
    path.write_text("\n".join([f"x,{column},bought", *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("values", "sides"),
    [
        (["train", "test"], [ALWAYS_TRAIN, 0]),
        ([" TRAIN", "Validation", "Test "], [ALWAYS_TRAIN, ALWAYS_VALID, 0]),
        (["2", "0", "1"], [2, 0, 1]),
        (["10", "30"], [0, 1]),
        (["train", "valid"], None),
        (["train", "test", "other"], None),
        (["1.5", "2"], None),
        (["7"], None),
        (["a", "b"], None),
    ],
)
def test_values_are_read_as_sides_or_folds(values, sides):
    assert given_split(values) == sides


@pytest.mark.parametrize(
    ("name", "values", "does"),
    [
        ("part", ["train", "test"], True),
        ("cv_fold", ["0", "1", "2"], True),
        ("fold", ["0", "1", "2"], True),
        ("children", ["0", "1", "2"], False),
        ("manifold_id", ["0", "1"], False),
        ("split", ["left", "right"], False),
    ],
)
def test_a_column_that_looks_like_one_is_noticed(tmp_path, name, values, does):
    assert looks_like_a_split(name, values) == does
    path = table(tmp_path, name, np.resize(values, 60))
    told = " ".join(TableFile(path=path, target="bought").load().card.caveats)
    assert ("looks like a split that came with the data" in told) == does


def test_the_column_decides_who_is_tested_and_is_no_feature(tmp_path):
    path = table(tmp_path, "part", ["test" if i % 10 > 7 else "train" for i in range(100)])
    task = TableFile(path=path, target="bought", split="part").load()
    assert list(task.cases.features) == ["x"]
    (fold,) = Resampling().plan(task)
    assert fold.test.tolist() == [i for i in range(100) if i % 10 > 7]


def test_what_is_no_split_is_refused(tmp_path):
    path = table(tmp_path, "part", ["left", "right"] * 30)
    with pytest.raises(DataError, match="'left', 'right', which is no split"):
        TableFile(path=path, target="bought", split="part").load()
    path = table(tmp_path, "part", ["train", "test", ""] * 20)
    with pytest.raises(DataError, match="missing in 20 of 60 rows.*in which part it stands"):
        TableFile(path=path, target="bought", split="part").load()


def test_rows_in_order_are_split_in_time(tmp_path):
    path = table(tmp_path, "z", range(90))
    task = TableFile(path=path, target="bought", in_order=True).load()
    folds = Resampling(folds=3).plan(task)
    assert [fold.test.tolist() for fold in folds] == [
        list(range(45, 60)), list(range(60, 75)), list(range(75, 90))
    ]  # fmt: skip
    assert any("order of the rows" in caveat for caveat in task.card.caveats)


@pytest.mark.parametrize("also", [{"time": "z"}, {"split": "z"}])
def test_in_order_stands_alone(tmp_path, also):
    with pytest.raises(DataError, match="Leave one of them out"):
        TableFile(
            path=table(tmp_path, "z", range(90)), target="bought", in_order=True, **also
        ).load()
