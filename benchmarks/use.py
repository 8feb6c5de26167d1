"""What a file of a model takes: to load, for a single case, and for a million rows.

``python -P benchmarks/use.py [--rows N] [NAME ...]`` (logistic_regression, xgboost and tan, if not
told) fits each on made-up visits of 17 columns, writes its file, and prints processor time and
memory: loading, quantiles of single cases, and ``intentbench predict`` on a million rows of CSV (or
N; 0 leaves it out).  A name as in ``stacking_all`` is an ensemble of the models named beside it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.model import FAMILIES
from intentbench.bench.plugins.registry import Registry

_FITTED, _ROWS, _ANSWERS = 12_000, 1_000_000, 500
_SUITE = """
tasks = ["cdnow"]
models = {models}
[resampling]
folds = 2
[ensembles]
all = {families}
"""


def visits(n: int, seed: int) -> pd.DataFrame:
    """Make visits of ten numbers and seven categories."""
    rng = np.random.default_rng(seed)
    numbers = {f"amount {k}": np.round(rng.lognormal(1, 1, n), 3) for k in range(10)}
    names = {f"kind {k}": rng.choice([f"value {v}" for v in range(3 + 3 * k)], n) for k in range(7)}
    score = numbers["amount 0"] - numbers["amount 1"] + (names["kind 0"] == "value 0")
    bought = rng.random(n) < 1 / (1 + np.exp(1.5 - score))
    return pd.DataFrame({**numbers, **names, "bought": np.where(bought, "yes", "no")})


def command(folder: Path, *words: str) -> tuple[float, float]:
    """Run a command of intentbench; gives seconds of processor time, and megabytes at most."""
    program = [sys.executable, "-P", "-m", "intentbench", *words]
    with subprocess.Popen(program, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, took = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return took.ru_utime + took.ru_stime, took.ru_maxrss / 1e3


def main() -> None:
    """Print a line for each model and ensemble."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rows", type=int, default=_ROWS)
    given = parser.parse_args()
    names = given.names or ["logistic_regression", "xgboost", "tan"]
    models = [name for name in names if name in Registry("model").names()]
    suite = _SUITE.format(models=models, families=[f for f in FAMILIES if f != "baseline"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        visits(_FITTED, 0).to_csv(folder / "visits.csv", index=False)
        new = visits(max(given.rows, _ANSWERS), 1).drop(columns="bought")
        new.to_csv(folder / "new.csv", index=False)
        alone = [new.iloc[[row]].reset_index(drop=True) for row in range(_ANSWERS)]
        (folder / "suite.toml").write_text(suite, encoding="utf-8")
        command(folder, "run", "suite.toml", "--data", "visits.csv", "--target", "bought")
        for name in names:
            file = f"{name}.intent"
            command(
                folder, "train", "--model" if name in models else "--ensemble", name, "-o", file
            )
            begun = time.process_time()
            predictor = Predictor.load(folder / file)
            loaded = time.process_time() - begun
            took = []
            for case in alone:
                begun = time.process_time()
                predictor.predict_proba(case)
                took.append(time.process_time() - begun)
            middle, high = 1e3 * np.quantile(took[20:], [0.5, 0.99])
            said = f"{name}: {(folder / file).stat().st_size / 1e3:,.0f} KB, loaded in "
            said += f"{1e3 * loaded:.0f} ms; a single case {middle:.2f} ms (p99 {high:.2f})"
            if given.rows:
                words = ("predict", file, "new.csv", "-o", "scored.parquet")
                seconds, megabytes = command(folder, *words)
                said += f"; {len(new):,} rows in {seconds:.1f} s, at most {megabytes:,.0f} MB"
            print(said, flush=True)


if __name__ == "__main__":
    main()
