"""A path says where a file lies, never what it holds: folders named like columns change nothing."""

import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.datasets._complete_journey_baskets import read_tables
from intentbench.datasets._files.large_csv import Layout, large_files
from intentbench.datasets.event_log import EventLog
from intentbench.datasets.table_file import TableFile
from pyarrow import feather

N = 80
# Names of columns, of none, and what shells and databases take for commands.
FOLDERS = ("user=alice", "bought=yes", "year=2024/month=3", "a*b?[c]", "day=2024-01-01 ; --")


def visits():
    i = np.arange(N)
    return pd.DataFrame(
        {
            "user": np.char.add("u", (i % 9).astype(str)),
            "pages": 1 + i * 7 % 23,
            "time": 1_717_372_800 + i * 1000,
            "bought": np.where(i % 3 == 0, "yes", "no"),
        }
    )


def packed(write):
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


FRAME = visits()
CSV = FRAME.to_csv(index=False).encode()
JSON = FRAME.to_json(orient="records", lines=True).encode()
PARQUET = packed(lambda buffer: FRAME.to_parquet(buffer, index=False))
LOGS = {
    "part.csv": CSV,
    "part.csv.gz": gzip.compress(CSV, mtime=0),
    "part.tsv": FRAME.to_csv(index=False, sep="\t").encode(),
    "part.jsonl": JSON,
    "part.parquet": PARQUET,
}
TABLES = LOGS | {
    "part.jsonl.zst": pa.Codec("zstd").compress(JSON).to_pybytes(),
    "part.feather": packed(lambda buffer: feather.write_feather(FRAME, buffer)),
}


def saved(folder, name, content):
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("inside", FOLDERS)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_file_holds(tmp_path, name, inside):
    paths = [saved(tmp_path / folder, name, TABLES[name]) for folder in ("plain", inside)]
    plain, other = (TableFile(path=str(path), target="bought").load() for path in paths)
    assert plain.fingerprint() == other.fingerprint()
    folder = TableFile(path=str(paths[1].parent), target="bought").load()
    assert folder.fingerprint() == plain.fingerprint()


@pytest.mark.parametrize("inside", FOLDERS)
@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_what_the_file_holds(tmp_path, name, inside):
    paths = [saved(tmp_path / folder, name, LOGS[name]) for folder in ("plain", inside)]
    plain, other = (
        EventLog(
            path=str(path), who="user", when="time", what="bought", target="yes", every="1h",
            within="6h",
        ).load()
        for path in paths
    )  # fmt: skip
    assert len(plain) > 20
    assert plain.fingerprint() == other.fingerprint()


@pytest.mark.parametrize("inside", FOLDERS)
def test_a_large_file_is_what_it_holds(tmp_path, inside):
    path = saved(tmp_path / inside, "part.csv", CSV)
    layout = Layout(tuple(FRAME))
    with large_files("test") as large:
        large.check(path, layout)
        large.run(f"CREATE TABLE drawn AS SELECT * FROM {layout.scan}", path)
        drawn = large.frame("drawn")
    assert drawn.astype("str").equals(FRAME.astype("str"))


@pytest.mark.parametrize("inside", FOLDERS[:3])
def test_a_published_parquet_file_is_what_it_holds(tmp_path, inside):
    frame = FRAME.assign(transaction_timestamp=pd.Timestamp("2017-03-01"))
    columns = ["household_id", "basket_id", "product_id", "sales_value", "retail_disc",
               "coupon_disc", "coupon_match_disc"]  # fmt: skip
    frame = frame.assign(**dict.fromkeys(columns, 1))
    path = saved(tmp_path / inside, "transactions.parquet", packed(frame.to_parquet))
    read = read_tables({"transactions.parquet": path})["transactions"]
    assert list(read) == [*columns, "clock"]
