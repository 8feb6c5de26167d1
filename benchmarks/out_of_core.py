"""What a fit costs on a table larger than memory: 100,000 and 10,000,000 rows of 20 columns.

``python -P benchmarks/out_of_core.py --folder DIR --to FILE [--sizes N ...] [--model NAME ...]``
writes a Parquet file of each size into DIR, reads it with ``out_of_core`` (a fiftieth of the rows
in memory), and fits each model on it.  Reading and every fit have a process of their own with one
thread, which is asked for processor time and for the most memory that it held.  Results are
appended to FILE as they come, and what is there is not done again; ``--table FILE`` prints the
table of docs/performance.md.  Ten million rows take 1.2 GB in DIR for the file and 1.7 GB for the
rows as they are read: remove it afterwards.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

SIZES = (100_000, 10_000_000)
MODELS = (
    "base_rate", "naive_bayes", "tan", "aode", "logistic_regression", "xgboost", "lightgbm",
)  # fmt: skip
_IN_MEMORY = 50  # one row of so many
_AT_A_TIME = 250_000
_LEVELS = (2, 6, 20, 500)
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)


def high_water_bytes() -> int:
    """Give the most memory that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def some_rows(n: int, part: int) -> pd.DataFrame:
    """Draw rows as in ``million_cases``, with the same effects in every part of a file."""
    effects = np.random.default_rng(0).normal(0, 0.5, (len(_LEVELS), max(_LEVELS)))
    rng = np.random.default_rng([1, part])
    columns = {f"amount_{i}": rng.lognormal(3, 1, n).round(2) for i in range(6)}
    columns |= {f"rate_{i}": rng.beta(1, 4, n) for i in range(3)}
    columns |= {f"count_{i}": rng.poisson(1 + i, n) for i in range(6)}
    kinds = [rng.integers(0, levels, n) for levels in _LEVELS]
    log_odds = (
        0.5 * (np.log(columns["amount_0"]) - 3)
        + 0.4 * np.sqrt(columns["count_2"])
        - 3.0 * columns["rate_0"] * (kinds[1] < 3)
        + 0.6 * (columns["amount_1"] > 40) * (columns["count_1"] > 2)
        + effects[2][kinds[2]] + 0.7 * effects[3][kinds[3]]
        - 2.2
    )  # fmt: skip
    for number, (codes, levels) in enumerate(zip(kinds, _LEVELS, strict=True)):
        names = [f"kind_{number}_{level}" for level in range(levels)]
        columns[f"kind_{number}"] = pd.Categorical.from_codes(codes, names)
    since = np.where(rng.random(n) < 0.1, np.nan, rng.exponential(30, n))
    bought = rng.random(n) < 1 / (1 + np.exp(-log_odds))
    return pd.DataFrame(columns | {"since": since, "bought": bought.astype(np.int8)})


def write_table(path: Path, n: int) -> None:
    """Write a file of n rows, part by part."""
    made = path.with_suffix(".part")
    writer = None
    for part, start in enumerate(range(0, n, _AT_A_TIME)):
        rows = pa.Table.from_pandas(some_rows(min(_AT_A_TIME, n - start), part))
        writer = writer or parquet.ParquetWriter(made, rows.schema)
        writer.write_table(rows)
    writer.close()
    made.rename(path)


def load(path: Path, n: int):
    """Load the task: a sample, and all other rows on disk."""
    from intentbench.datasets.table_file import TableFile

    return TableFile(str(path), "bought", rows=n // _IN_MEMORY, out_of_core=True).load()


def one_reading(path: Path, n: int) -> dict[str, object]:
    """Read the file."""
    started = time.process_time()
    task = load(path, n)
    assert len(task) + task.further.n_cases == n
    return {"fit": time.process_time() - started, "bytes": high_water_bytes()}


def one_fit(name: str, path: Path, n: int) -> dict[str, object]:
    """Fit a model on three fifths of the sample and on all rows on disk."""
    from intentbench.bench.cell.further_cases import asked_of_further, learning_from
    from intentbench.bench.plugins.loading import load as load_plugin
    from intentbench.bench.plugins.registry import Registry
    from intentbench.bench.splits.fold import Split
    from sklearn.metrics import roc_auc_score

    task = load(path, n)
    held = np.random.default_rng(0).permutation(len(task))
    fit, valid, test = np.split(held, [len(held) * 3 // 5, len(held) * 4 // 5])
    made = load_plugin(Registry("model").find(name))
    model = learning_from(made, asked_of_further(task, Split(fit, valid), test, None))()
    if "random_state" in model.get_params():
        model.set_params(random_state=0)
    cases = [task.cases.take(rows) for rows in (fit, valid, test)]
    started = time.process_time()
    model.fit(cases[0], task.target[fit], valid=(cases[1], task.target[valid]))
    fitted = time.process_time()
    p = model.predict_proba(cases[2])[:, 1]
    return {
        "fit": fitted - started,
        "bytes": high_water_bytes(),
        "auc": roc_auc_score(task.target[test], p),
    }


def measure(asked) -> None:
    """Do what is missing in the file, the small sizes first."""
    asked.folder.mkdir(parents=True, exist_ok=True)
    there = {(line["model"], line["n"]) for line in read(asked.to)}
    for n in asked.sizes:
        path = asked.folder / f"rows-{n}.parquet"
        if not path.exists():
            write_table(path, n)
        for name in ["(reading)", *(asked.model or MODELS)]:
            if (name, n) in there:
                continue
            command = [sys.executable, "-P", __file__, "--one", name, "--sizes", str(n)]
            done = subprocess.run(
                [*command, "--folder", str(asked.folder)],
                capture_output=True,
                text=True,
                env=os.environ | _ONE_THREAD | {"XDG_CACHE_HOME": str(asked.folder / "cache")},
            )
            if done.returncode:
                sys.exit(f"{name}, {n:,} rows: {done.stderr.strip().splitlines()[-1]}")
            line = {"model": name, "n": n} | json.loads(done.stdout.splitlines()[-1])
            with asked.to.open("a") as file:
                print(json.dumps(line), file=file, flush=True)
            print(line, flush=True)


def one(asked) -> None:
    """Carry one measurement out."""
    n = asked.sizes[0]
    path = asked.folder / f"rows-{n}.parquet"
    found = one_reading(path, n) if asked.one == "(reading)" else one_fit(asked.one, path, n)
    print(json.dumps(found))


def read(path: Path) -> list[dict]:
    """Give what was measured."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def table(path: Path) -> None:
    """Print what was measured as a Markdown table."""
    found = defaultdict(dict)
    for line in read(path):
        found[line["model"]][line["n"]] = line
    sizes = sorted({n for of_model in found.values() for n in of_model})
    heads = [f"{what}, {n:,}" for what in ("processor time", "memory", "ROC AUC") for n in sizes]
    print("| model | " + " | ".join([*heads, "times as long"]) + " |")
    print("| --- " * (2 + len(heads)) + "|")
    for name, of_model in found.items():
        lines = [of_model.get(n, {}) for n in sizes]
        cells = [f"{line['fit']:.3g} s" if line else "-" for line in lines]
        cells += [f"{line['bytes'] / 2**30:.2f} GB" if line else "-" for line in lines]
        cells += [f"{line['auc']:.4f}" if "auc" in line else "-" for line in lines]
        is_grown = all(lines) and lines[0]["fit"] > 0
        cells.append(f"{lines[-1]['fit'] / lines[0]['fit']:.0f}" if is_grown else "-")
        print(f"| `{name}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where tables are written")
    parser.add_argument("--to", type=Path, help="file that results are appended to")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--model", action="append")
    parser.add_argument("--table", type=Path, help="print what is in this file")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.table:
        table(given.table)
    elif given.one:
        one(given)
    elif given.to and given.folder:
        measure(given)
    else:
        parser.error("say where tables and results go: --folder DIR --to FILE")
