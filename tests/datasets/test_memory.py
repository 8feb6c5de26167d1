import gzip
import resource

import numpy as np
import pandas as pd
import psutil
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._files import memory
from intentbench.datasets._files.memory import free_bytes
from intentbench.datasets._files.parts import find_parts, read_part
from intentbench.datasets._table.arrow_table import read_table

GIB = 1 << 30


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A control group of our own, on a machine with 100 GiB to spare."""
    plenty = psutil.virtual_memory()._replace(available=100 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: plenty)
    monkeypatch.setattr(memory, "_GROUP", tmp_path)

    def write(most, used=3 * GIB, kept=GIB):
        (tmp_path / "memory.max").write_text(f"{most}\n", encoding="ascii")
        (tmp_path / "memory.current").write_text(f"{used}\n", encoding="ascii")
        stat = f"anon 5\ninactive_file {kept}\n"
        (tmp_path / "memory.stat").write_text(stat, encoding="ascii")

    return write


def test_the_least_of_what_machine_and_container_leave(group):
    assert free_bytes() == 100 * GIB  # no container
    group("max")
    assert free_bytes() == 100 * GIB
    group(8 * GIB)
    assert free_bytes() == 6 * GIB
    group(2 * GIB)
    assert free_bytes() == 0


def test_the_limit_of_the_process_counts(group, monkeypatch):
    in_use = psutil.Process().memory_info().vms
    monkeypatch.setattr(resource, "getrlimit", lambda what: (in_use + GIB, -1))
    assert 0 < free_bytes() <= 1.2 * GIB


def test_unpacking_stops_where_memory_ends(tmp_path, monkeypatch):
    path = tmp_path / "v.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000))
    (part,) = find_parts(path)
    monkeypatch.setattr("intentbench.datasets._files.parts.free_bytes", lambda: 1_200_000)
    with pytest.raises(DataError, match="v.csv.gz needs more memory than the 1 MiB that are free"):
        read_part(part)
    monkeypatch.setattr("intentbench.datasets._files.parts.free_bytes", lambda: 1_300_000)
    assert len(read_part(part)[0]) == 400_004


def test_table_that_would_not_fit_may_be_read_block_by_block(tmp_path, monkeypatch):
    # A number in a few bits on disk is one of eight bytes in memory.
    path = tmp_path / "v.parquet"
    pd.DataFrame({"a": np.zeros(200_000), "y": np.arange(200_000) % 2}).to_parquet(path)
    free = "intentbench.datasets._files.parts.free_bytes"
    monkeypatch.setattr(free, lambda: 9_000_000)
    with pytest.raises(DataError, match="8 MiB that are free here.  Read it block by block: --out"):
        read_table(str(path))
    monkeypatch.setattr(free, lambda: 12_000_000)
    assert read_table(str(path)).table.num_rows == 200_000
