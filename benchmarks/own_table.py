"""What a table of one's own costs: processor time and peak memory to read, check and split it.

``python -P benchmarks/own_table.py [ROWS]`` writes a CSV file of 20 columns and so many rows (a
million, if not told) into a temporary folder: numbers, categories, dates, names, texts, missing
cells.  A process of its own then reads it, plans its splits and looks for what weakens the numbers,
as ``intentbench run --data`` does before the first fit.  Nothing is asserted.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from intentbench.bench.data_checks.check_data import findings
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from pyarrow import csv

_CHUNK = 100_000


def write_table(path: Path, n_rows: int) -> None:
    """Write the table chunk by chunk, so that writing needs little memory."""
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        for start in range(0, n_rows, _CHUNK):
            chunk = pa.Table.from_pandas(make_rows(rng, start, min(_CHUNK, n_rows - start)))
            csv.write_csv(chunk, file, csv.WriteOptions(include_header=start == 0))


def make_rows(rng: np.random.Generator, start: int, n_rows: int) -> pd.DataFrame:
    """Draw rows of 20 columns, of which some tell a little about the outcome."""
    moment = np.datetime64("2024-01-01", "s") + rng.integers(0, 180 * 86_400, n_rows)
    numbers = {f"amount_{i}": rng.lognormal(3, 1, n_rows).round(2) for i in range(6)}
    counts = {f"count_{i}": rng.poisson(3, n_rows).astype(float) for i in range(5)}
    counts["count_0"][rng.random(n_rows) < 0.1] = np.nan
    kinds = {f"kind_{i}": rng.choice(list("abcdefgh"), n_rows) for i in range(3)}
    score = 0.02 * numbers["amount_0"] + 0.3 * np.nan_to_num(counts["count_1"]) - 3
    return pd.DataFrame(
        {
            "visit_id": np.arange(start, start + n_rows),
            "customer": np.char.add("c", rng.integers(0, 200_000, n_rows).astype(str)),
            "visited_at": np.datetime_as_string(moment, unit="s"),
            "first_seen": np.datetime_as_string(moment - rng.integers(0, 10**7, n_rows), unit="D"),
            **numbers,
            **counts,
            **kinds,
            "note": np.char.add("came by way of ", rng.integers(0, 10**6, n_rows).astype(str)),
            "bought": np.where(rng.random(n_rows) < 1 / (1 + np.exp(-score)), "yes", "no"),
        }
    )


def measure(path: Path) -> None:
    """Read, split and look, and print the processor time of each step."""
    start = time.process_time()
    parameters = {"path": str(path), "target": "bought", "time": "visited_at"}
    task = load_task(Registry("dataset").find("table_file"), "own", parameters)
    read = time.process_time()
    folds = Resampling().plan(task)
    split = time.process_time()
    found = findings(task, folds)
    looked = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{len(task):,} cases, {task.cases.features.shape[1]} features, {len(folds)} folds, "
        f"{len(found)} findings: read {read - start:.1f} s, split {split - read:.1f} s, checked "
        f"{looked - split:.1f} s (processor time); at most {peak:.2f} GiB"
    )


def main() -> None:
    """Write the table, and measure in a process of its own."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visits.csv"
        write_table(path, n_rows)
        print(f"{path.stat().st_size / 1e6:,.0f} MB of CSV")
        subprocess.run([sys.executable, "-P", __file__, "--measure", str(path)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        main()
