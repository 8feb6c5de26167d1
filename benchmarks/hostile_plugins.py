"""What hostile plugins do to other cells, and what they leave running: counted.

``python -P benchmarks/hostile_plugins.py`` runs two models of the house alone, then among all of
``tests/hostile_plugins.py``, and counts predictions that differ, processes that are left and
folders that are left.  Ends with 1 if there are any.
"""

import runpy
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.records import RunRecord
from intentbench.bench.store.store import Store
from intentbench.bench.store.temporary import TEMPORARY
from intentbench.bench.suite.suite import Limits, Suite
from intentbench.cli.progress import ProgressShown
from rich.console import Console

TESTS = Path(__file__).parents[1] / "tests"
VICTIMS = ("logistic_regression", "decision_tree")


def run(results: Path, files: list[Path]) -> RunRecord:
    """Run the victims, and the plugins of the files between them."""
    first, last = VICTIMS
    suite = Suite(
        name="hostile", title="Hostile", tasks=("toy_shop",),
        models=(first, *(file.stem for file in files), last),
        resampling=Resampling(folds=2), limits=Limits(seconds=10, gigabytes=1),
    )  # fmt: skip
    datasets = Registry("dataset", [TESTS / "plugins" / "toy_shop.py"])
    work = prepare(suite, Registry("model", files), datasets)
    with ProgressShown(Console(quiet=True), 2) as progress:
        return execute_run(work, Store(results), 2, progress, {"command": "benchmark"})


def left_running(mark: str) -> list[int]:
    """Give the processes that a plugin started, and workers without a run.

    The server that forks workers, a child of this process, waits for further ones.
    """
    me, found = psutil.Process(), []
    for process in psutil.process_iter(["cmdline", "username", "pid"]):
        words = process.info["cmdline"] or []
        ours = {child.pid for child in me.children(recursive=True)}
        waits = "intentbench.bench.run.fork_server" in words and process.ppid() == me.pid
        if mark in words or (process.pid in ours and not waits):
            found.append(process.pid)
    return found


def main() -> int:
    """Run twice, compare and print."""
    hostile = runpy.run_path(str(TESTS / "hostile_plugins.py"))
    temporary = Path(tempfile.gettempdir())
    before = set(temporary.glob(f"{TEMPORARY}*"))
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        files = hostile["write_plugins"](Path(folder))
        alone = run(Path(folder) / "alone", [])
        among = run(Path(folder) / "among", files)
        expected = {cell.key: alone.predictions(cell) for cell in alone.cells}
        n_changed = n_compared = 0
        for cell in among.cells:
            if cell.key in expected:
                n_compared += 1
                got, want = among.predictions(cell), expected[cell.key]
                same = np.array_equal(got.valid, want.valid) and np.array_equal(got.test, want.test)
                n_changed += not same
        for file in files:
            ends = {
                f"{cell.status}: {cell.message[:90]}" for cell in among.cells
                if cell.model == file.stem
            }  # fmt: skip
            print(f"{file.stem:28} {'; '.join(sorted(ends))}")
    time.sleep(1)
    n_running = len(left_running(hostile["MARK"]))
    n_folders = len(set(temporary.glob(f"{TEMPORARY}*")) - before)
    print(
        f"{len(files)} hostile plugins: {n_changed} of {n_compared} cells of others changed, "
        f"{n_running} processes and {n_folders} folders left; {time.monotonic() - started:.0f} s"
    )
    return int(n_compared != len(expected) or bool(n_changed + n_running + n_folders))


if __name__ == "__main__":
    sys.exit(main())
