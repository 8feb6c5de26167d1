"""Columns of texts and of vectors keep what they hold on every way that rows take."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.bench.cases import Cases, texts
from intentbench.bench.content_columns import (
    BadVectorError,
    TextArray,
    VectorArray,
    content_kind,
    vectors_of_arrow,
    without_content,
)
from intentbench.bench.errors import DataError

TEXTS = ["blue shirt", None, "", "鞋 很好"]
VECTORS = np.array([[1, 2], [np.nan, np.nan], [0.5, -1], [0, 0]], dtype=np.float32)


@pytest.fixture
def table():
    return pd.DataFrame(
        {"x": [1.0, 2.0, 3.0, 4.0], "t": TextArray(TEXTS), "v": VectorArray(VECTORS)}
    )


def holds(table, order):
    return table["t"].tolist() == [TEXTS[row] for row in order] and np.array_equal(
        table["v"].array.vectors, VECTORS[list(order)], equal_nan=True
    )


def test_kinds_and_missing_values(table):
    assert [content_kind(column) for _, column in table.items()] == ["", "text", "vector"]
    assert table["t"].isna().tolist() == table["v"].isna().tolist() == [False, True, False, False]
    assert list(without_content(table)) == ["x"]
    plain = table[["x"]]
    assert without_content(plain) is plain


def test_rows_are_taken_joined_and_copied(table):
    order = [3, 0, 1]
    assert holds(table.iloc[order], order)
    assert holds(pd.concat([table.iloc[:2], table.iloc[2:]], ignore_index=True), range(4))
    assert holds(table[np.array([True, False, True, False])], [0, 2])
    copy = table.copy()
    copy.loc[0, "t"] = "other"
    assert holds(table, range(4))
    assert holds(Cases(table).take(np.array(order)).features, order)


def test_parquet_gives_them_back(table):
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    again = pd.read_parquet(file)
    assert list(again.dtypes.astype(str)) == ["float64", "text", "vector[2]"]
    assert holds(again, range(4))


def test_equal_vectors_have_equal_texts(table):
    twice = texts(pd.concat([table["v"], table["v"]], ignore_index=True))
    assert twice.nunique() == 3
    assert twice.isna().sum() == 2
    assert twice[0] == twice[4] != twice[2]


@pytest.mark.parametrize(
    ("vectors", "row", "why"),
    [
        ([[1.0, 2.0], None, [1.0]], 2, "1 numbers"),
        ([[1.0, 2.0], [1.0, None]], 1, "missing"),
        ([[1.0, 2.0], [1.0, float("inf")]], 1, "without bounds"),
        ([[], []], 0, "empty"),
        ([[1.0, 2.0], "words"], 1, "no list"),
        ([[[1.0], [2.0]]], 0, "no list"),
    ],
)
def test_a_vector_that_is_none_is_refused_with_its_row(vectors, row, why):
    with pytest.raises(BadVectorError, match=why) as caught:
        VectorArray.of_lists(vectors)
    assert caught.value.row == row


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.large_list(pa.int64()), pa.list_(pa.float64(), 2)]
)
def test_all_types_of_lists_are_read(kind):
    array = pa.chunked_array([pa.array([[1, 2], None], kind), pa.array([[3, 4]], kind)])
    assert np.array_equal(
        vectors_of_arrow(array).vectors, [[1, 2], [np.nan, np.nan], [3, 4]], equal_nan=True
    )


def test_cases_refuse_half_a_vector():
    vectors = VectorArray(np.array([[1, 2], [1, np.nan]]))
    with pytest.raises(DataError, match="case 1"):
        Cases(pd.DataFrame({"v": vectors}))
