"""Kills of Dask workers, schedulers and clients at random moments: is anything lost?  Counts.

``python -P benchmarks/cluster_kills.py [KILLS [SEED]]`` computes a small suite on a scheduler and
two workers, processes of their own, each time into a new folder (100 times, if not told), and ends
one of them by SIGKILL: in a third of the runs a worker, in a third the scheduler, in a third the
client.  What was killed is started anew; where the client ended, too, the same command is given
again.  Prints how many kills met something at work, how many cells that had been stored were
gone or others afterwards (lost), how many predict otherwise than on this machine (changed), how
many reruns computed anything but what was missing (repeated), and how many did not end well
(failed).  Ends with 1 if any of these is not nought.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from intentbench.bench.errors import StoreError
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store

_VICTIMS = ("worker", "scheduler", "client")
_SUITE = """
title = "To be killed"
tasks = ["small"]
models = ["logistic_regression", "naive_bayes", "decision_tree", "hist_gradient_boosting"]
seeds = [0]

[resampling]
folds = 3

[task.small]
data = "simulated"
n_cases = 600
"""
_MOST_SECONDS = 900.0


class Cluster:
    """A scheduler and two workers."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.engine = folder, f"dask://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start all of it."""
        where = ("--host", "127.0.0.1", "--port", str(self.port))
        self.scheduler = self._started("scheduler", *where, "--no-dashboard")
        self.workers = [self._worker(), self._worker()]

    def kill(self, what: str, rng: np.random.Generator) -> None:
        """Kill a worker, or the scheduler, whose workers end with it; and start anew."""
        if what == "worker":
            victim = self.workers.pop(rng.integers(len(self.workers)))
            victim.kill()
            victim.wait()
            self.workers.append(self._worker())
        else:
            self.scheduler.kill()
            self.scheduler.wait()
            self.stop()
            self.start()

    def stop(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGTERM)
            process.wait(60)

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._started(
            "worker", f"tcp://127.0.0.1:{self.port}", "--no-nanny", "--no-dashboard", "--nthreads",
            "2", "--memory-limit", "0", "--local-directory", str(self.folder),
        )  # fmt: skip

    def _started(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", f"distributed.cli.dask_{what}", *arguments],
            env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"},
            stderr=subprocess.DEVNULL,
        )


def client(results: str, suite: str, chosen: str) -> None:
    """Be the client: run the suite, without its report."""
    from intentbench.api.running import run_suite
    from intentbench.bench.cluster.chosen import chosen_engine
    from intentbench.bench.cluster.opening import opened
    from intentbench.bench.plugins.registry import Registry
    from intentbench.bench.suite.reading import load_suite
    from intentbench.cli.progress import ProgressShown
    from rich.console import Console

    with opened(chosen_engine(chosen), 2, print) as engine:
        with ProgressShown(Console(stderr=True), engine.jobs) as progress:
            run_suite(
                load_suite(suite), Registry("model"), Registry("dataset"), Store(Path(results)),
                progress, {}, jobs=engine.jobs, engine=engine,
            )  # fmt: skip


def started(results: Path, suite: Path, engine: str) -> subprocess.Popen[bytes]:
    """Start a client."""
    command = [sys.executable, "-P", __file__, "client", str(results), str(suite), engine]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Wait for a client; gives its exit code and what it said."""
    said = process.communicate(timeout=_MOST_SECONDS)[0].decode()
    return process.returncode, said


def digests(results: Path) -> dict[str, str]:
    """Give the digest of each stored cell's predictions; empty where the cell is damaged."""
    store, found = Store(results), {}
    for path in store.cells.glob("*/*"):
        if path.suffix != ".part":
            try:
                found[path.name] = store.read_cell(path.name).facts["predictions_sha256"]
            except StoreError:
                found[path.name] = ""
    return found


def until(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for something while a process is there."""
    while process.poll() is None and not there():
        time.sleep(0.01)


def one_kill(
    number: int, cluster: Cluster, folder: Path, expected: dict[str, str], rng: np.random.Generator
) -> Counter[str]:
    """Run, kill, run again; counts what is wrong."""
    what, results = _VICTIMS[number % len(_VICTIMS)], folder / f"cut-{number}"
    suite, counted = folder / "suite.toml", Counter[str]()
    process = started(results, suite, cluster.engine)
    n_before = int(rng.integers(len(expected)))
    until(lambda: len(list(results.glob("cells/*/*/cell.json"))) >= n_before, process)
    time.sleep(rng.uniform(0, 0.5))
    counted[f"met: {what}"] = int(process.poll() is None)
    if what == "client":
        process.kill()
    else:
        cluster.kill(what, rng)
    code, said = ended(process)
    kept = digests(results)
    if code:
        if what == "worker":
            counted["failed"] += 1
            print(f"kill {number} ({what}): {said}")
        code, said = ended(started(results, suite, cluster.engine))
        asked = re.search(r"(\d+) cells? to compute", said)
        if int(asked[1] if asked else 0) != len(expected) - len(kept):
            counted["repeated"] += 1
            print(f"kill {number} ({what}): {len(kept)} cells were stored\n{said}")
    now = digests(results)
    counted["lost"] += sum(now.get(key) != digest or not digest for key, digest in kept.items())
    counted["changed"] += sum(now.get(key) != digest for key, digest in expected.items())
    if code or not all(cell.done for cell in read_run(Store(results)).cells):
        counted["failed"] += 1
        print(f"kill {number} ({what}): {said}")
    shutil.rmtree(results)
    return counted


def main(n_kills: int, seed: int) -> int:
    """Kill, and print what came of it."""
    rng, total = np.random.default_rng(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "suite.toml").write_text(_SUITE, encoding="utf-8")
        code, said = ended(started(folder / "local", folder / "suite.toml", "local"))
        if code:
            sys.exit(said)
        expected = digests(folder / "local")
        cluster = Cluster(folder)
        try:
            for number in range(n_kills):
                total += one_kill(number, cluster, folder, expected, rng)
                print(
                    json.dumps({"kills": number + 1, "cells": len(expected), **total}), flush=True
                )
        finally:
            cluster.stop()
    bad = ("lost", "changed", "repeated", "failed")
    print(", ".join(f"{total[what]} {what}" for what in bad))
    return int(any(total[what] for what in bad))


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        client(*sys.argv[2:])
    else:
        given = (*map(int, sys.argv[1:]), *(100, 0)[len(sys.argv) - 1 :])
        sys.exit(main(*given))
