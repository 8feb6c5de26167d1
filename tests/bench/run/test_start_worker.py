import json
import os
import signal
import sys
import tempfile

import psutil
import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.fence import Fence
from intentbench.bench.run.sender import plugin_request
from intentbench.bench.run.start_worker import ForkedProcess, start_worker
from intentbench.bench.suite.suite import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
# Tells, where it is loaded, what its process knows and draws.
TELLING = """
import json, os, random, tempfile
import numpy as np

facts = {
    "drawn": [np.random.random(), random.random(), os.urandom(4).hex()],
    "folders": [os.getcwd(), tempfile.gettempdir(), os.environ["TMPDIR"]],
    "variables": sorted(os.environ),
    "open": sorted(map(int, os.listdir("/proc/self/fd"))),
}
with open("told.json", "w") as file:
    json.dump(facts, file)
"""


@pytest.fixture
def start():
    """Start workers that are ended with the test."""
    started = []
    with tempfile.TemporaryFile() as log:

        def one():
            started.append(start_worker(None, log))
            return started[-1]

        yield one
        for process in started:
            process.stdin.close()
            process.wait(120)
            process.stdout.close()


def servers():
    return [
        process
        for process in psutil.Process().children()
        if "intentbench.bench.run.fork_server" in process.cmdline()
    ]


def test_forked_workers_know_and_draw_what_new_processes_would(tmp_path, monkeypatch):
    monkeypatch.setenv("INTENTBENCH_MADE_UP", "/somewhere")
    monkeypatch.setenv("SET_AFTER_THE_SERVER", "1")
    file = tmp_path / "telling.py"
    file.write_text(TELLING)
    plugin = plugin_request(Registry("model", [file]).find("telling"))
    told = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        request = {"work": "check", "plugin": plugin, "check": "check_declares_itself"}
        request |= {"alone": True, "out": str(tmp_path / name)}
        list(Fence(1, Limits(600.0, 2.0)).answers([request]))
        told.append(json.loads((tmp_path / name / "told.json").read_text()))
        assert told[-1]["folders"] == [str(tmp_path / name)] * 3
        assert "SET_AFTER_THE_SERVER" in told[-1]["variables"]
        assert not {"INTENTBENCH_MADE_UP", "PWD"} & set(told[-1]["variables"])
    assert all(a != b for a, b in zip(told[0]["drawn"], told[1]["drawn"], strict=True))
    # The second inherits nothing that the server holds for the first.
    assert told[0]["open"] == told[1]["open"]


def test_exit_codes_are_told_as_of_children(start, tmp_path):
    process = start()
    assert isinstance(process, ForkedProcess) and process.poll() is None
    os.kill(process.pid, signal.SIGUSR1)
    assert process.wait(120) == -signal.SIGUSR1
    (tmp_path / "ends.py").write_text("import os; os._exit(7)")
    plugin = plugin_request(Registry("model", [tmp_path / "ends.py"]).find("ends"))
    request = {"work": "check", "plugin": plugin, "check": "check_declares_itself"}
    (answer,) = Fence(1, Limits(600.0, 2.0)).answers([request | {"alone": False}])
    assert (answer.status, answer.message) == ("crashed", "its process ended with code 7")


def test_a_server_that_was_stopped_or_killed_stands_in_nobodys_way(start):
    start()
    (server,) = servers()
    server.suspend()
    assert start().poll() is None and servers() == [server]
    server.kill()
    psutil.wait_procs([server])
    assert start().poll() is None
    assert len(servers()) == 1 and servers() != [server]
