"""What several workers hold of one large task: each its own, as of small tasks, or mapped files.

``python -P benchmarks/shared_task.py [MEGABYTES [WORKERS]]`` makes a task of so many megabytes (if
not told, 1000; half of it columns, half events) and a split of it, lets so many processes (8) read
it and cut the parts of the split as workers do, and touch all of them, first in the one way and
then in the other; and prints what they hold together when all of them do.  Of a page that several
processes hold each counts its share (PSS; Linux only).  What processes hold that have read nothing
is taken off.  Each its own takes twice the task for each process: mind the machine's memory.
Nothing is asserted.
"""

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.cell.mapped_cases import MappedCases, write_mapped
from intentbench.bench.cell.transport import receive_cases, send_cases
from intentbench.bench.cell.views import Views
from intentbench.bench.events import Events
from intentbench.bench.splits.fold import Split
from intentbench.bench.task import Task

_COLUMNS, _EVENTS = 16, 16
_CASE = 8 * _COLUMNS + 8 * _EVENTS
_BOTH = frozenset({"features", "events"})
_OWN, _MAPPED, _NOTHING = "each its own", "mapped", "nothing"


def cases_of(megabytes: int) -> Cases:
    """Make cases of so many megabytes."""
    rng = np.random.default_rng(0)
    n = megabytes * 1_000_000 // _CASE
    features = {f"x{k}": rng.random(n) for k in range(_COLUMNS)}
    marks = {
        "kind": rng.integers(0, 9, n * _EVENTS, dtype=np.int32),
        "gap": rng.random(n * _EVENTS, dtype=np.float32),
    }
    vocabulary = {"kind": tuple(map(str, range(9)))}
    offsets = np.arange(n + 1, dtype=np.int64) * _EVENTS
    return Cases(pd.DataFrame(features, copy=False), Events(offsets, marks, vocabulary))


def work(way: str, folder: Path, ready: object, go: object) -> None:
    """Hold what a worker holds that fits and predicts, and wait."""
    held = []
    if way != _NOTHING:
        rows = np.load(folder / "rows.npy")
        test, split = rows[: len(rows) // 3], Split(*np.split(rows[len(rows) // 3 :], [-9_999]))
        if way == _OWN:
            cases = receive_cases(folder / way)
        else:
            cases = MappedCases(folder / way, split, test, folder / "split.cut")
        task = Task.__new__(Task)
        object.__setattr__(task, "cases", cases)
        for part in Views(task, split, test).parts(_BOTH):
            held.append(part)
            touched = [part.features[name].sum() for name in part.features]
            touched += [mark.sum() for mark in part.events.marks.values()]
    ready.release()
    go.wait()


def together(way: str, folder: Path, n_workers: int) -> int:
    """Give the bytes that workers hold together when all of them are ready."""
    spawn = multiprocessing.get_context("spawn")
    ready, go = spawn.Semaphore(0), spawn.Event()
    workers = [spawn.Process(target=work, args=(way, folder, ready, go)) for _ in range(n_workers)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    total = sum(_share(worker.pid) for worker in workers)
    go.set()
    for worker in workers:
        worker.join()
    return total


def _share(process: int) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main(megabytes: int, n_workers: int) -> None:
    """Measure both ways and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = cases_of(megabytes)
        np.save(folder / "rows.npy", np.random.default_rng(1).permutation(len(cases)))
        send_cases(cases, folder / _OWN)
        write_mapped(cases, folder / _MAPPED)
        del cases
        alone = together(_NOTHING, folder, n_workers)
        for way in (_OWN, _MAPPED):
            started = time.perf_counter()
            held = (together(way, folder, n_workers) - alone) / 1e9
            seconds = time.perf_counter() - started
            print(
                f"{n_workers} workers on {megabytes / 1000:.2f} GB, {way}: {held:.2f} GB together "
                f"({held * 1000 / megabytes:.1f} times the task), {seconds:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:3]]
    main(asked[0] if asked else 1000, asked[1] if len(asked) > 1 else 8)
