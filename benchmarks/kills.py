"""Kills at random moments: is anything lost, changed, or left running?  Counts.

``python -P benchmarks/kills.py [KILLS [SEED]]`` runs a small table (100 times, if not told), each
into a folder of its own, and ends it by SIGKILL: in a quarter of the runs a worker, in a quarter
the parent while it computes, in a quarter the parent while it writes the run and points ``latest``
to it, in a quarter while it judges and writes the report.  Then the same command is given again.
Prints how many kills met a process alive; how many cells that had been stored were damaged or gone
(lost), predict otherwise (changed) or how many runs could not be read afterwards; what was left
running after the time of a whole run, and what it is; and what was left lying when the second run
had ended.  Ends with 1 if anything was.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from intentbench.bench.errors import StoreError
from intentbench.bench.store.leftovers import leftovers
from intentbench.bench.store.run_reader import changed_of_run, read_run
from intentbench.bench.store.store import Store

_MARK = "RESULTS_TO_BE_KILLED"
_MODELS = ("logistic_regression", "naive_bayes", "decision_tree")
_MOST_SECONDS = 600.0


class Target:
    """The command that is killed, and what becomes of its folder."""

    def __init__(self, table: Path, seed: int) -> None:
        self.table = table
        self.rng = np.random.default_rng(seed)

    def start(self, results: Path) -> subprocess.Popen[bytes]:
        """Start the run; all its processes bear a mark in their environment."""
        command = [sys.executable, "-P", "-m", "intentbench", "run", "smoke", "--jobs", "2"]
        command += ["--data", str(self.table), "--target", "bought", "--results", str(results)]
        for name in _MODELS:
            command += ["--model", name]
        marked = os.environ | {_MARK: str(results)}
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=marked
        )

    def whole(self, results: Path) -> tuple[float, str]:
        """Run to the end; gives the seconds that it took, and what it said."""
        started, process = time.monotonic(), self.start(results)
        said = process.communicate(timeout=_MOST_SECONDS)[0].decode()
        if process.returncode:
            sys.exit(f"a run that nobody disturbed ended with {process.returncode}:\n{said}")
        return time.monotonic() - started, said

    def killed(self, results: Path, moment: str, usual: float, judging: float) -> bool:
        """Start a run and kill it at a moment; tells whether there was something to kill."""
        process = self.start(results)
        runs = results / "runs"
        if moment == "worker":
            self._until(lambda: len(_marked(results)) > 1, process)
            time.sleep(self.rng.uniform(0, 0.3 * usual))
            victims = [one for one in _marked(results) if one.pid != process.pid]
            victim = victims[self.rng.integers(len(victims))] if victims else None
        else:
            if moment == "computing":
                time.sleep(self.rng.uniform(0.3, 1.0) * (usual - judging))
            elif moment == "latest":
                self._until(lambda: any(runs.glob(".*.part")), process)
                time.sleep(self.rng.uniform(0, 0.01))
            else:
                self._until(lambda: any(runs.glob("2*")), process)
                time.sleep(self.rng.uniform(0, judging))
            victim = psutil.Process(process.pid) if process.poll() is None else None
        met = False
        if victim is not None:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
                met = True
        process.communicate(timeout=_MOST_SECONDS)
        return met

    def _until(self, there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None and not there():
            time.sleep(0.0005)


def _marked(results: Path) -> list[psutil.Process]:
    """List the living processes of a run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get(_MARK) == str(results):
                found.append(process)
    return found


def digests(store: Store) -> dict[str, str]:
    """Give the digest of each stored cell's predictions; empty where the cell is damaged."""
    found = {}
    for path in store.cells.glob("*/*"):
        if path.suffix != ".part":
            try:
                found[path.name] = store.read_cell(path.name).facts["predictions_sha256"]
            except StoreError:
                found[path.name] = ""
    return found


def examined(
    store: Store, kept: dict[str, str], expected: dict[str, str], said: str
) -> Counter[str]:
    """Count what is wrong after a kill and a second run."""
    counted: Counter[str] = Counter()
    now = digests(store)
    counted["lost"] = said.count("damaged:") + sum(not digest for digest in kept.values())
    counted["lost"] += sum(key not in now for key in kept)
    counted["changed"] = sum(now.get(key) != digest for key, digest in expected.items())
    try:
        if changed_of_run(store, read_run(store)):
            counted["unreadable"] = 1
    except StoreError as error:
        print(error)
        counted["unreadable"] = 1
    counted["left lying"] = len(
        [one for one in leftovers(store, ()) if store.root in one.path.parents]
    )
    return counted


if __name__ == "__main__":
    n_kills, seed = (*map(int, sys.argv[1:]), *(100, 0)[len(sys.argv) - 1 :])
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        rng, table = np.random.default_rng(5), Path(folder) / "visits.csv"
        x = rng.normal(size=(300, 3))
        rows = [f"{a:.3f},{b:.3f},{c:.3f},{int(a + b + rng.normal() > 0)}" for a, b, c in x]
        table.write_text("pages,seconds,age,bought\n" + "\n".join(rows), encoding="utf-8")
        target, results = Target(table, seed), Path(folder) / "whole"
        usual, _ = target.whole(results)
        expected = digests(Store(results))
        written = (results / "runs" / "latest" / "manifest.json").stat().st_mtime
        judging = (results / "runs" / "latest" / "report.html").stat().st_mtime - written
        print(f"{len(expected)} cells; a run takes {usual:.1f} s, judging {judging:.1f} s of it")
        for number in range(n_kills):
            moment = ("worker", "latest", "computing", "report")[number % 4]
            results = Path(folder) / f"cut-{number}"
            if moment in ("latest", "report"):  # cells are there: it goes to the point at once
                shutil.copytree(Path(folder) / "whole" / "cells", results / "cells")
            total[f"met: {moment}"] += target.killed(results, moment, usual, judging)
            # What forks workers ends when it has imported what they need, which a busy machine
            # makes long: as long as it makes the run.
            deadline = time.monotonic() + max(5.0, usual)
            while (running := _marked(results)) and time.monotonic() < deadline:
                time.sleep(0.05)
            total["left running"] += len(running)
            for process in running:
                with suppress(psutil.NoSuchProcess):
                    print(f"kill {number} ({moment}) left {process.cmdline()}, {process.status()}")
            kept = digests(Store(results)) if results.exists() else {}
            _, said = target.whole(results)
            found = examined(Store(results), kept, expected, said)
            if any(found.values()):
                print(f"kill {number} ({moment}): {dict(found)}\n{said}")
            total += found
            shutil.rmtree(results)
    print(json.dumps({"kills": n_kills, **total}))
    bad = ("lost", "changed", "unreadable", "left running", "left lying")
    print(", ".join(f"{total[what]} {what}" for what in bad))
    sys.exit(any(total[what] for what in bad))
