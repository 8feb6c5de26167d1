"""Columns of data frames, of every type there is: written, read back, and the same."""

from datetime import date, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.api.frames import write_frame
from intentbench.bench.errors import DataError

SINCE, APRIL = pd.Timestamp("2024-03-01"), pd.Timestamp("2024-04-01")
MARCH = pd.Period("2024-03", freq="M")


def arrow(values, kind):
    return pd.array(values, dtype=pd.ArrowDtype(kind))


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
    "texts of arrow": (pd.array(["a", None, "c"], dtype="string[pyarrow]"), ["a", None, "c"]),
    "dates with a zone": (
        pd.DatetimeIndex([SINCE, pd.NaT, SINCE]).tz_localize("Asia/Tokyo"),
        [SINCE.tz_localize("Asia/Tokyo"), None, SINCE.tz_localize("Asia/Tokyo")],
    ),
    "days as objects": (
        [date(2024, 3, 1), None, date(2024, 4, 1)], ["2024-03-01", None, "2024-04-01"]
    ),
    "times of day": ([time(1, 2), None, time(3)], ["01:02:00", None, "03:00:00"]),
    "times of day of arrow": (
        arrow([time(1, 2), None, time(3)], pa.time64("us")), ["01:02:00", None, "03:00:00"]
    ),
    "differences as objects": ([timedelta(1), None, timedelta(2)], [86400.0, None, 172800.0]),
    "differences of arrow": (
        arrow([timedelta(1), None, timedelta(2)], pa.duration("s")), [86400.0, None, 172800.0]
    ),
    "categories of arrow": (
        arrow(["a", None, "a"], pa.dictionary(pa.int8(), pa.string())), ["a", None, "a"]
    ),
    "categories of intervals": (
        pd.cut(pd.Series([1, 2, 3]), [0, 2, 4]).array, ["(0, 2]", "(0, 2]", "(2, 4]"]
    ),
    "categories of booleans": (pd.Categorical([True, None, False]), [True, None, False]),
    "long doubles": (np.array([1, 2.5, 3], dtype="longdouble"), [1.0, 2.5, 3.0]),
    "half precision": (np.array([1, np.nan, 2.5], dtype="float16"), [1.0, None, 2.5]),
    "whole numbers beyond all types": ([2**70, None, 1], [float(2**70), None, 1.0]),
    "sparse with gaps": (pd.arrays.SparseArray([np.nan, 1.5, np.nan]), [None, 1.5, None]),
    "nothing known": ([None, None, None], [None, None, None]),
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
        (pd.DataFrame({"a": [{1}, None]}), "a set in a cell"),
        (pd.DataFrame({"a": [pd.Series([1]), None]}), "a Series in a cell"),
        (pd.DataFrame({"a": arrow([[1], None], pa.list_(pa.int8()))}), "a list<.*> in a cell"),
        (pd.DataFrame({"a": [b"x", None]}), "bytes.*decode"),
        (pd.DataFrame({"a": arrow([b"x", None], pa.binary())}), "bytes.*decode"),
        (pd.DataFrame({"a": pd.Series([1j, None], dtype=object)}), "complex"),
        (pd.DataFrame({"a": pd.Series(["x\ud800", None], dtype=object)}), "no file can hold"),
        (pd.DataFrame([[1], [2]], columns=pd.Index(["x\ud800"], dtype=object)), "no file can hold"),
    ],
)
def test_what_is_no_table_is_refused(frame, said, tmp_path):
    with pytest.raises(DataError, match=said):
        write_frame(frame, tmp_path / "frame.parquet")
    assert not list(tmp_path.iterdir())


INDEXES = {
    "repeated": ["z", "y", "z"],
    "of moments": pd.DatetimeIndex(["2024-01-01", "2024-01-01", "2023-01-01"]),
    "of several levels": pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)]),
    "of intervals": pd.interval_range(0, 3),
    "with gaps": [np.nan, 2.0, np.nan],
    "named as a column": pd.Index([3, 1, 2], name="n"),
}


@pytest.mark.parametrize("kind", INDEXES)
def test_no_index_changes_what_is_written(kind, tmp_path):
    plain = pd.DataFrame({"n": range(3), "it": pd.Categorical(["a", None, "b"])})
    frame = plain.set_axis(INDEXES[kind], axis=0)
    for number, one in enumerate((plain, frame)):
        write_frame(one, tmp_path / f"{number}.parquet")
    assert (tmp_path / "0.parquet").read_bytes() == (tmp_path / "1.parquet").read_bytes()
