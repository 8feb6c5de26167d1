"""Columns of data frames, of every type there is: written, read back, and the same."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from intentbench.api.frames import write_frame
from intentbench.bench.errors import DataError

SINCE, APRIL = pd.Timestamp("2024-03-01"), pd.Timestamp("2024-04-01")
MARCH = pd.Period("2024-03", freq="M")
KEPT = {
    "numpy integers": (np.array([1, 2, 3], dtype="int16"), [1, 2, 3]),
    "nullable integers": (pd.array([1, None, 3], dtype="Int64"), [1, None, 3]),
    "arrow integers": (pd.array([1, None, 3], dtype="int64[pyarrow]"), [1, None, 3]),
    "booleans": ([True, False, True], [True, False, True]),
    "nullable booleans": (pd.array([True, None, False], dtype="boolean"), [True, None, False]),
    "booleans among missing": ([True, None, False], [True, None, False]),
    "texts": (["a", None, "c"], ["a", None, "c"]),
    "dates": ([SINCE, pd.NaT, SINCE], [SINCE, None, SINCE]),
    "numbers as objects": (np.array([1, None, 2.5], dtype=object), [1.0, None, 2.5]),
    "decimals": ([Decimal("1.50"), None, Decimal(2)], [1.5, None, 2.0]),
    "categories": (pd.Categorical(["x", None, "y"]), ["x", None, "y"]),
    "categories of numbers": (pd.Categorical([3, 1, 3]), [3, 1, 3]),
    "differences": (pd.to_timedelta([1, 2, 3], unit="min"), [60.0, 120.0, 180.0]),
    "sparse": (pd.arrays.SparseArray([0, 0, 5]), [0, 0, 5]),
    "periods": (pd.PeriodIndex([MARCH, MARCH + 1, MARCH]), [SINCE, APRIL, SINCE]),
    "intervals": (pd.interval_range(0, 3), ["(0, 1]", "(1, 2]", "(2, 3]"]),
    "mixed": ([1, "b", True], ["1", "b", "True"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_a_column_is_kept(kind, tmp_path):
    given, expected = KEPT[kind]
    frame = pd.DataFrame({"n": range(3)}, index=["z", "y", "z"])
    frame["it"] = pd.Series(given, index=frame.index)
    before = frame.copy()
    write_frame(frame, tmp_path / "frame.parquet")
    read = pd.read_parquet(tmp_path / "frame.parquet")
    assert list(read.columns) == ["n", "it"]
    assert list(read.index) == [0, 1, 2]
    found = [None if pd.isna(value) else value for value in read["it"]]
    assert found == list(expected)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"a": []}), "0 rows"),
        (pd.DataFrame(index=range(3)), "0 columns"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "called 'a'"),
        (pd.DataFrame([[1, 2]], columns=[1, "1"]), "called '1'"),
        (pd.DataFrame({("a", "b"): [1]}), "several levels"),
        (pd.DataFrame({"a": [1j, 2.0]}), "complex"),
        (pd.DataFrame({"a": [[1], [2, 3]]}), "a list in a cell"),
        (pd.DataFrame({"a": [{"b": 1}, None]}), "a dict in a cell"),
    ],
)
def test_what_is_no_table_is_refused(frame, said, tmp_path):
    with pytest.raises(DataError, match=said):
        write_frame(frame, tmp_path / "frame.parquet")
    assert not list(tmp_path.iterdir())
