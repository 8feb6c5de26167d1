"""What a cell costs more on Dask workers: the same cells by both engines, in processor time.

``python -P benchmarks/cluster.py`` computes 200 cells with two worker processes of this machine,
then on a scheduler and two Dask workers with two threads each, as processes of their own.  Prints
whether the digests are the same, what a cell took more, and what of that is left without the
cluster's start and without what it takes for being there, whatever it does.
"""

import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_SUITE = """
title = "Two hundred cells"
tasks = ["complete_journey_coupons"]
models = ["base_rate", "logistic_regression", "decision_tree", "naive_bayes"]
seeds = [{seeds}]

[resampling]
folds = 5
"""
_SEEDS = 10
_IDLE_SECONDS = 20.0
_SETTINGS = {  # as docs/cluster.md advises
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}


def processor_seconds(work: Callable[[], None]) -> float:
    """Measure what children take, with all that they have waited for."""

    def used() -> float:
        of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return of_children.ru_utime + of_children.ru_stime

    before = used()
    work()
    return used() - before


def compute(results: Path, suite: Path, engine: str) -> None:
    """Run the suite, without its report."""
    code = (
        "import sys; from pathlib import Path\n"
        "from intentbench.api.running import run_suite\n"
        "from intentbench.bench.cluster.chosen import chosen_engine\n"
        "from intentbench.bench.cluster.opening import opened\n"
        "from intentbench.bench.plugins.registry import Registry\n"
        "from intentbench.bench.store.store import Store\n"
        "from intentbench.bench.suite.reading import load_suite\n"
        "from intentbench.cli.progress import ProgressShown\n"
        "from rich.console import Console\n"
        "if __name__ == '__main__':\n"
        "    results, suite, engine = sys.argv[1:]\n"
        "    models, datasets = Registry('model'), Registry('dataset')\n"
        "    with opened(chosen_engine(engine), 2, print) as found:\n"
        "        with ProgressShown(Console(stderr=True), found.jobs) as progress:\n"
        "            run_suite(load_suite(suite), models, datasets, Store(Path(results)),\n"
        "                      progress, {}, jobs=found.jobs, engine=found)\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code, str(results), str(suite), engine], check=True)


def on_cluster(folder: Path, work: Callable[[str], None]) -> None:
    """Start a cluster, do something with it, and end it so that all it took is counted."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | _SETTINGS
    worker = (
        "worker", f"tcp://127.0.0.1:{port}", "--no-nanny", "--no-dashboard", "--nthreads", "2",
        "--memory-limit", "0", "--local-directory", str(folder),
    )  # fmt: skip
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", f"distributed.cli.dask_{what}", *arguments],
            env=environment, stderr=subprocess.DEVNULL,
        )
        for what, *arguments in (scheduler, worker, worker)
    ]  # fmt: skip
    try:
        work(f"dask://127.0.0.1:{port}")
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
            process.wait()


def nothing_to_do(engine: str, seconds: float = 0.0) -> None:
    """Wait until a cluster is there, and then for some seconds."""
    from distributed import Client

    with Client(engine.removeprefix("dask://"), set_as_default=False) as client:
        client.wait_for_workers(2)
        time.sleep(seconds)


def digests(results: Path) -> dict[str, str]:
    """Give the digests of all predictions."""
    return {
        path.parent.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in results.glob("cells/*/*/predictions.parquet")
    }


def main() -> int:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        suite = folder / "two_hundred.toml"
        suite.write_text(_SUITE.format(seeds=", ".join(map(str, range(_SEEDS)))), encoding="utf-8")
        one, other = folder / "local", folder / "dask"
        started = processor_seconds(lambda: on_cluster(folder, nothing_to_do))
        idle = processor_seconds(
            lambda: on_cluster(folder, lambda engine: nothing_to_do(engine, _IDLE_SECONDS))
        )
        a_second = (idle - started) / _IDLE_SECONDS
        local = processor_seconds(lambda: compute(one, suite, "local"))
        began = time.monotonic()
        dask = processor_seconds(
            lambda: on_cluster(folder, lambda engine: compute(other, suite, engine))
        )
        passed = time.monotonic() - began
        found = digests(one)
        same = found == digests(other)
        more, start = 1000 * (dask - local) / len(found), 1000 * started / len(found)
        there = 1000 * a_second * passed / len(found)
        print(f"{len(found)} cells, the same digests: {same}")
        print(f"processor time: {local:.1f} s by worker processes, {dask:.1f} s by Dask workers")
        print(
            f"a cell takes {more:.0f} ms more: {start:.0f} for the cluster's start, {there:.0f} "
            f"for its being there for {passed:.0f} s, {more - start - there:.0f} for itself"
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
