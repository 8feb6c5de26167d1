import json
import os
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from ..conftest import LONG, wait_until

# Connections of Dask's own, which are given up after half a minute otherwise.
SLOWLY = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": f"{LONG}s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": f"{LONG}s",
}


class Cluster:
    """A scheduler and its workers, each a process of its own, as on machines of their own."""

    def __init__(self, folder, environment, *, allowed_failures=0):
        self.folder, self.processes, self.workers = folder, [], []
        self.port = 0  # one that is free
        self.environment = (
            os.environ
            | SLOWLY
            | environment
            | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
        )
        self.start_scheduler()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def engine(self):
        return f"dask://{self.address}"

    def start_scheduler(self):
        told = self.folder / f"scheduler-{len(self.processes)}.json"
        self.scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--dashboard-address",
            "127.0.0.1:0",
            "--scheduler-file",
            str(told),
        )
        wait_until(lambda: _address(told))
        self.port = urlsplit(_address(told)).port

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
        process.wait(LONG)

    def stop(self):
        for process in reversed(self.processes):
            self.kill(process)


def _address(told):
    """Read what a scheduler has written; nothing as long as it is at it."""
    with suppress(OSError, ValueError):
        return json.loads(told.read_text(encoding="utf-8"))["address"]
    return ""


@pytest.fixture(scope="module")
def new_cluster(tmp_path_factory):
    """Start clusters, which are stopped afterwards."""
    made = []

    def new(n_workers=1, environment=(), **keywords):
        made.append(Cluster(tmp_path_factory.mktemp("cluster"), dict(environment), **keywords))
        for _ in range(n_workers):
            made[-1].start_worker()
        return made[-1]

    yield new
    for one in made:
        one.stop()


@pytest.fixture
def call(new_call, tmp_path):
    """Start a run in a folder of this test by an engine."""
    return lambda engine="local", **more: new_call(tmp_path / "results", engine, **more)
