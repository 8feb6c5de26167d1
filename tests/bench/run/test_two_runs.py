"""Two processes that run at once in one results folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.store.latest import finished_runs
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store

TARGET = Path(__file__).parents[2] / "interrupted_run.py"


def start(results):
    return subprocess.Popen(
        [sys.executable, "-P", str(TARGET), str(results)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def ended_well(process):
    said = process.communicate(timeout=120)[0].decode()
    assert process.returncode == 0, said


def digests(results):
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["predictions_sha256"]
        for path in results.glob("cells/*/*/cell.json")
    }


def left(results):
    return [*results.glob("scratch-*"), *results.glob("cells/*/*.part"), *results.glob("runs/.*")]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    alone = tmp_path_factory.mktemp("alone")
    ended_well(start(alone))
    return digests(alone)


def test_both_are_right_and_no_cell_is_lost(tmp_path, expected):
    for process in [start(tmp_path), start(tmp_path)]:
        ended_well(process)
    store = Store(tmp_path)
    runs = finished_runs(store.runs)
    assert len(runs) == 2
    for run in runs:
        assert {cell.key for cell in read_run(store, run).cells if cell.done} == set(expected)
    assert os.readlink(store.runs / "latest") in runs
    assert digests(tmp_path) == expected and not left(tmp_path)


def test_kills_of_one_leave_the_other_whole(tmp_path, expected):
    rng = np.random.default_rng(5)
    for number in range(3):
        results = tmp_path / str(number)
        one, other = start(results), start(results)
        while not any(results.glob("cells/*/*/cell.json")) and one.poll() is None:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 1))
        one.send_signal(signal.SIGKILL)
        one.communicate(timeout=30)
        ended_well(other)
        assert digests(results) == expected
        ended_well(start(results))
        assert digests(results) == expected and not left(results)
