import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

TARGET = Path(__file__).parents[2] / "interrupted_run.py"


class Cluster:
    """A scheduler and its workers, each a process of its own, as on machines of their own."""

    def __init__(self, folder, *, allowed_failures=0):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.processes, self.workers = folder, [], []
        self.environment = os.environ | {
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)
        }
        self.start_scheduler()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def engine(self):
        return f"dask://{self.address}"

    def start_scheduler(self):
        self.scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--dashboard-address",
            "127.0.0.1:0",
        )

    def start_worker(self, **environment):
        worker = self._start(
            "worker", f"tcp://{self.address}", "--no-nanny", "--no-dashboard", "--nthreads", "2",
            "--memory-limit", "0", "--local-directory", str(self.folder), **environment,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def _start(self, what, *arguments, **environment):
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", f"distributed.cli.dask_{what}", *arguments],
                stdout=log, stderr=log, env=self.environment | environment,
                start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process):
        process.kill()
        process.wait(10)

    def stop(self):
        for process in reversed(self.processes):
            self.kill(process)


@pytest.fixture(scope="module")
def new_cluster(tmp_path_factory):
    """Start clusters, which are stopped afterwards."""
    made = []

    def new(n_workers=1, **keywords):
        made.append(Cluster(tmp_path_factory.mktemp("cluster"), **keywords))
        for _ in range(n_workers):
            made[-1].start_worker()
        return made[-1]

    yield new
    for one in made:
        one.stop()


class Call:
    """A run of ``interrupted_run.py``, and what it says."""

    def __init__(self, results, engine="local"):
        self.results = Path(results)
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(TARGET), str(results), engine],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.said = ""

    def until(self, words):
        """Read what it says until it has said these words."""
        while words not in self.said:
            line = self.process.stdout.readline().decode()
            assert line, self.said
            self.said += line

    def until_stored(self, n_cells):
        until = time.monotonic() + 90
        while len(self.digests()) < n_cells:
            assert time.monotonic() < until and self.process.poll() is None, self.said
            time.sleep(0.02)

    def ends(self, code=0):
        self.said += self.process.communicate(timeout=180)[0].decode()
        assert self.process.returncode == code, self.said
        return self.said

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=20)

    def digests(self):
        return {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))["predictions_sha256"]
            for path in self.results.glob("cells/*/*/cell.json")
            if path.parent.suffix != ".part"
        }

    def left(self):
        patterns = ("scratch-*", "cells/*/*.part", "runs/.*")
        return [path for pattern in patterns for path in self.results.glob(pattern)]


@pytest.fixture
def call(tmp_path):
    """Start calls, which are killed if they have not ended."""
    made = []

    def start(results="results", engine="local"):
        made.append(Call(tmp_path / results, engine))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.kill()
