"""An array of a file: read as it is, written to for oneself, unmapped when it goes."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.cell.private_map import private_map


@pytest.mark.parametrize(
    "values",
    [
        np.arange(5_000, dtype=np.int32),
        np.asfortranarray(np.random.default_rng(0).random((3, 700))),
        np.zeros(0, dtype=np.float32),
        np.array([True, False]),
    ],
)
def test_an_array_is_that_of_its_file(values, tmp_path):
    np.save(tmp_path / "a.npy", values)
    found = private_map(tmp_path / "a.npy")
    assert found.dtype == values.dtype and found.flags.writeable
    np.testing.assert_array_equal(found, values)
    found[...] = 1
    np.testing.assert_array_equal(private_map(tmp_path / "a.npy"), values)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="maps are seen on Linux alone")
def test_no_file_stays_open_and_the_map_goes_with_its_last_array(tmp_path):
    file = tmp_path / "seen in maps.npy"
    np.save(file, np.arange(5_000))
    before = set(os.listdir("/proc/self/fd"))
    found = private_map(file)
    assert set(os.listdir("/proc/self/fd")) <= before
    part = found[100:200]
    del found
    gc.collect()
    assert file.name in Path("/proc/self/maps").read_text()
    assert part.sum() == np.arange(100, 200).sum()
    del part
    gc.collect()
    assert file.name not in Path("/proc/self/maps").read_text()


def test_what_is_no_array_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        private_map(tmp_path / "nowhere.npy")
    (tmp_path / "text.npy").write_text("no array, but a text that is long enough")
    with pytest.raises(ValueError, match="magic"):
        private_map(tmp_path / "text.npy")
