import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.fence import Fence
from intentbench.bench.run.keeper import die_with
from intentbench.bench.run.sender import plugin_request
from intentbench.bench.run.worker_process import WorkerProcess
from intentbench.bench.suite.suite import Limits

TESTS = Path(__file__).parents[2]
LIMITS = Limits(seconds=600, gigabytes=2)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="orphans are found on Linux alone")


def hostile():
    spec = importlib.util.spec_from_file_location("hostile_plugins", TESTS / "hostile_plugins.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOSTILE = hostile()
# The others are for `benchmarks/hostile_plugins.py`, which takes minutes.
CHOSEN = {
    "changes_a_default": ("done", ""),
    "clears_the_environment": ("done", ""),
    "answers_rubbish": ("crashed", "no answer to be read: it is no JSON"),
    "answers_another_request": ("crashed", "it belongs to another request"),
    "answers_twice": ("crashed", "there were two of them"),
    # Its own answer may come before the worker's is read, or together with it.
    "claims_to_be_done": ("crashed", "its process "),
    "spoils_its_cases": ("done", ""),
    "limits_its_files": ("failed", "OSError"),
    "leaves_children": ("done", ""),
    "stops_its_keeper": ("done", ""),
}


def running_with(mark):
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or []):
            found.append(process)
    return found


def test_hostile_models_harm_only_themselves(toy_run, plugins, tmp_path):
    alone, _ = toy_run("steady", results=tmp_path / "alone")
    folder = tmp_path / "plugins"
    folder.mkdir()
    HOSTILE.write_plugins(folder, tuple(CHOSEN))
    (folder / "steady.py").write_bytes((plugins / "steady.py").read_bytes())
    before = set(os.listdir(tmp_path))
    run, notes = toy_run(*CHOSEN, "steady", folder=folder, limits=Limits(seconds=600, gigabytes=1))
    for model, (status, words) in CHOSEN.items():
        cells = [cell for cell in run.cells if cell.model == model]
        assert [cell.status for cell in cells] == [status] * 2, cells
        assert all(words in cell.message for cell in cells), cells
    ours = {cell.fold: run.predictions(cell) for cell in run.cells if cell.model == "steady"}
    for cell in alone.cells:
        if cell.model == "steady":
            expected = alone.predictions(cell)
            assert np.array_equal(ours[cell.fold].valid, expected.valid)
            assert np.array_equal(ours[cell.fold].test, expected.test)
    assert not running_with(HOSTILE.MARK)
    assert set(os.listdir(tmp_path)) - before == {"results"}


def checks(folder, deed, *names):
    """Requests to check models in one process, as the house's own are."""
    HOSTILE.DEEDS["made_up"] = deed
    (file,) = HOSTILE.write_plugins(folder, ("made_up",))
    plugin = plugin_request(Registry("model", [file]).find("made_up"))
    return [
        {"work": "check", "plugin": plugin, "check": name, "alone": False, "out": ""}
        for name in names
    ]


CHANGES = {
    "environment, MADE_UP": "import os; os.environ['MADE_UP'] = '1'",
    "scikit-learn's configuration, assume_finite": (
        "import sklearn; sklearn.set_config(assume_finite=True)"
    ),
    "defaults of scikit-learn, sklearn.linear_model._logistic.LogisticRegression": """
from sklearn.linear_model import LogisticRegression
LogisticRegression.__init__.__kwdefaults__["C"] = 1e-6
""",
    "numpy's error state": "np.seterr(over='raise')",
    "numpy's random numbers": "np.random.seed(7)",
    "warnings, filters": "import warnings; warnings.simplefilter('error')",
    "working directory": "import os; os.chdir('/')",
    "signal handlers": "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    "open files": "import sys; sys.kept = open(__file__)",
}


def test_process_that_a_cell_changed_is_told_and_replaced(tmp_path):
    # A library must be there before, or there is nothing that could have been changed.
    requests = checks(tmp_path, "import sklearn.linear_model", "check_fit_keeps_keywords")
    (tmp_path / "made_up.py").rename(tmp_path / "loads.py")
    loads = Registry("model", [tmp_path / "loads.py"]).find("loads")
    requests[0]["plugin"] = plugin_request(loads)
    deeds = "\n".join(deed.strip() for deed in CHANGES.values())
    requests += checks(tmp_path, deeds, "check_fit_keeps_keywords", "check_declares_itself")
    answers = list(Fence(1, LIMITS).answers(requests))
    assert [answer.status for answer in answers] == ["done"] * 3, answers
    assert not answers[0].left and not answers[2].left
    for what in CHANGES:
        assert any(text.startswith(what) for text in answers[1].left), (what, answers[1].left)


def test_request_that_nobody_noted_is_tried_once_more(tmp_path, monkeypatch):
    requests = checks(tmp_path, "pass", "check_declares_itself", "check_init_only_stores")
    started = []

    class Dies(WorkerProcess):
        def __init__(self, folder=None):
            super().__init__(folder)
            started.append(self)
            if len(started) in kills:
                os.kill(self.process.pid, signal.SIGKILL)

    monkeypatch.setattr("intentbench.bench.run.fence.WorkerProcess", Dies)
    kills = {1}
    assert [each.status for each in Fence(1, LIMITS).answers(requests)] == ["done", "done"]
    assert len(started) == 2
    started.clear()
    kills = {1, 2}
    statuses = [each.status for each in Fence(1, LIMITS).answers(requests)]
    assert statuses == ["crashed", "done"] and len(started) == 3


def test_worker_that_ends_between_two_requests_costs_neither(tmp_path):
    requests = checks(tmp_path, "pass", "check_declares_itself", "check_init_only_stores")

    def handed_out():
        yield requests[0]
        for process in psutil.Process().children(recursive=True):
            process.kill()
        yield requests[1]

    assert [each.status for each in Fence(1, LIMITS).answers(handed_out())] == ["done", "done"]


ORPHANS = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import hostile_plugins
from intentbench.bench.run.fence import Fence
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.sender import plugin_request
from intentbench.bench.suite.suite import Limits

hostile_plugins.DEEDS["lives_on"] = (
    hostile_plugins.DEEDS["leaves_children"] + hostile_plugins.DEEDS["holds_the_interpreter"]
)
(file,) = hostile_plugins.write_plugins(Path({folder!r}), ("lives_on",))
plugin = plugin_request(Registry("model", [file]).find("lives_on"))
request = {{"work": "check", "plugin": plugin, "check": "check_fit_keeps_keywords",
            "alone": False, "out": ""}}
list(Fence(1, Limits(600.0, 4.0)).answers([request]))
"""


@LINUX
def test_nothing_lives_on_when_the_parent_is_killed(tmp_path):
    """Not a worker whose interpreter is held by a search, nor grandchildren in a new session."""
    code = ORPHANS.format(tests=str(TESTS), folder=str(tmp_path))
    parent = subprocess.Popen([sys.executable, "-P", "-c", code])
    until = time.monotonic() + 300
    while len(running_with(HOSTILE.MARK)) < 2:
        assert time.monotonic() < until and parent.poll() is None
        time.sleep(0.1)
    family = psutil.Process(parent.pid).children(recursive=True)
    assert len(family) >= 4  # keeper, worker, and what it started
    parent.kill()
    parent.wait()
    gone, alive = psutil.wait_procs(family, timeout=120)
    assert not alive and not running_with(HOSTILE.MARK)


def test_process_whose_parent_is_another_ends_at_once():
    child = os.fork()
    if not child:
        die_with(-1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
