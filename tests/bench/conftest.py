"""Runs that tests interrupt and kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

TARGET = Path(__file__).parents[1] / "interrupted_run.py"
LONG, OFTEN = 300.0, 0.01  # the first ends a test that would never end


def wait_until(happens, why=lambda: ""):
    """Wait for what must come, however slow the machine."""
    until = time.monotonic() + LONG
    while not happens():
        assert time.monotonic() < until, why()
        time.sleep(OFTEN)


class Template:
    """The process that forks runs, which takes seconds to start."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(TARGET)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def ask(self, **asked):
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.communicate(timeout=LONG)


class Hold:
    """Makes the unhurried model of some processes wait, until it is released."""

    def __init__(self, folder):
        self.file = folder / "hold"
        self.environment = {"UNHURRIED_WHILE": str(self.file)}

    def set(self):
        for file in self.file.parent.glob("waits-*"):
            file.unlink()
        self.file.touch()

    def release(self):
        self.file.unlink()

    @property
    def pids(self):
        """The processes that wait."""
        return {int(file.name.partition("-")[2]) for file in self.file.parent.glob("waits-*")}

    def wait_for(self, n_cells):
        wait_until(lambda: len(self.pids) >= n_cells)

    def held_below(self, pid):
        """Tell whether a process has started one that waits."""
        return any(
            pid in {parent.pid for parent in psutil.Process(held).parents()} for held in self.pids
        )


class Call:
    """A run of ``interrupted_run.py``, and what it says."""

    def __init__(self, template, results, says, engine, environment):
        self.template, self.results, self.says, self.code = template, results, says, None
        self.pid = template.ask(
            words=[str(results), engine], says=str(says), environment=environment
        )

    @property
    def said(self):
        return self.says.read_text(encoding="utf-8")

    @property
    def goes_on(self):
        if self.code is None:
            self.code = self.template.ask(ended=self.pid)
        return self.code is None

    def until_stored(self, n_cells):
        """Wait until so many cells are stored, or for as long as it goes on."""
        self._wait(lambda: not self.goes_on or len(self.digests()) >= n_cells)
        return self

    def ends(self, code=0):
        self._wait(lambda: not self.goes_on)
        assert self.code == code, self.said
        return self.said

    def signal(self, number):
        """Send a signal and wait for the end; tells whether it was still going on."""
        went_on = self.goes_on
        if went_on:
            os.kill(self.pid, number)
            self._wait(lambda: not self.goes_on)
        return went_on

    def interrupt(self):
        return self.signal(signal.SIGINT)

    def kill(self):
        return self.signal(signal.SIGKILL)

    def digests(self):
        return {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))["predictions_sha256"]
            for path in self.results.glob("cells/*/*/cell.json")
            if path.parent.suffix != ".part"  # being written
        }

    def left(self):
        patterns = ("scratch-*", "cells/*/*.part", "runs/.*")
        return [path for pattern in patterns for path in self.results.glob(pattern)]

    def _wait(self, happens):
        wait_until(happens, lambda: self.said)


@pytest.fixture(scope="module")
def new_call(tmp_path_factory):
    """Start a run in a folder by an engine; those that have not ended are killed."""
    template, made = Template(), []

    def start(results, engine="local", environment=None):
        says = tmp_path_factory.mktemp("says") / "said"
        made.append(Call(template, Path(results), says, engine, environment or {}))
        return made[-1]

    yield start
    for one in made:
        one.kill()
    template.stop()


@pytest.fixture(scope="module")
def expected(new_call, tmp_path_factory):
    """What a run that nobody disturbs predicts: digests by the keys of cells."""
    run = new_call(tmp_path_factory.mktemp("alone"))
    run.ends()
    return run.digests()


@pytest.fixture(scope="module")
def new_hold(tmp_path_factory):
    """Make what can hold the unhurried model."""
    return lambda: Hold(tmp_path_factory.mktemp("hold"))
