"""What many tests use: toy runs of the harness, and the examining of Chromium."""

import inspect
import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

# Before numpy is imported: tests run in as many processes as there are cores, one thread each, as
# the harness's own workers do.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"
# Commands and workers that tests start read code that is compiled once, as users' do, also where
# the machine's settings keep Python from writing it down: compiling takes seconds of their start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A shell that runs the tests in its background has them, and all that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Commands that tests start speak English, whoever runs the tests.
os.environ["LC_ALL"] = "C.UTF-8"

import hypothesis
import pytest
from intentbench.bench.data_checks import duplicates
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.worker_process import WorkerProcess
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.seal import read_seal, sha256, write_seal
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import ENSEMBLES, Limits, Suite

sys.dont_write_bytecode = False  # of tests, too, whose assertions are rewritten before
GOLDEN = Path(__file__).parent / "golden"
PLUGINS = Path(__file__).parent / "plugins"
CONFORMANCE = "test_registry_conformance.py"
# Neither how busy the machine is nor what is drawn today decides whether a test passes.
hypothesis.settings.register_profile(
    "any_machine",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any_machine")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files of the tests run"
    )


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """Send all tests of a file to one process, where they share its fixtures and its fits.

    The longest file is shared out by the model that is examined.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            examined = re.search(r"\[(\w+)", test) if file.endswith(CONFORMANCE) else None
            return f"{file} {examined[1]}" if examined else file

    return ByFile(config, log)


@pytest.fixture(scope="session")
def golden(request):
    """Compare texts with those kept in a golden file, section by section; gives the comparison."""
    update = request.config.getoption("--update-golden")

    def compare(file, section, text):
        path = GOLDEN / file
        kept = _sections(path)
        if update:
            kept[section] = text
            body = "".join(f"== {name}\n{kept[name]}\n\n" for name in sorted(kept))
            path.write_text(body, encoding="utf-8")
        assert text == kept.get(section, "(nothing is kept: run pytest --update-golden)")

    return compare


def _sections(path):
    if not path.exists():
        return {}
    parts = path.read_text(encoding="utf-8").split("== ")[1:]
    pairs = (part.partition("\n") for part in parts)
    return {name: text.rstrip("\n") for name, _, text in pairs}


# What is boosted until valid cases gain nothing more takes seconds a fit, and a network's steps
# most of its own.  What all models must do does not hang on how long that is: every step is taken,
# in fewer rounds.
LIGHT = {"ebm": {"n_bags": 2, "n_pairs": 3, "learning_rate": 0.1, "patience": 10}}
LEAST_STEPS, MOST_ROUNDS = 10, 9


@pytest.fixture
def lightly(monkeypatch):
    """Give a class of the house's models fewer rounds by default, where it needs many."""

    def of(name, model_class):
        light = LIGHT.get(name, {})
        signature = inspect.signature(model_class.__init__).parameters.values()
        usual = [(keyword.name, keyword.default) for keyword in signature][1:]
        assert light.keys() <= {keyword for keyword, _ in usual}
        if light:
            defaults = tuple(light.get(keyword, default) for keyword, default in usual)
            monkeypatch.setattr(model_class.__init__, "__defaults__", defaults)
        if model_class.family == "deep":
            whole = model_class.recipe
            rounds = min(whole.rounds, MOST_ROUNDS)
            recipe = replace(whole, rounds=rounds, least_steps=LEAST_STEPS)
            monkeypatch.setattr(model_class, "recipe", recipe)
        return model_class

    return of


@pytest.fixture(scope="session", autouse=True)
def scored_once():
    """Score a toy task's copies by forests once, not for each run that is prepared on it."""
    two_scores, known = duplicates.two_scores, {}

    def scored(task, code):
        of = task.fingerprint(), code.tobytes()
        if of not in known:
            known[of] = two_scores(task, code)
        return known[of]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "two_scores", scored)
        yield


class Notes:
    """A watcher that keeps what it is told."""

    def __init__(self):
        self.cells, self.said, self.done = [], [], []

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        self.cells = [f"{cell.plugin.name}/{cell.fold}" for cell in cells]

    def finished(self, cell):
        self.done.append(cell)

    def says(self, text):
        self.said.append(text)


@pytest.fixture
def plugins():
    """The folder of well-behaved and broken test plugins."""
    return PLUGINS


@pytest.fixture
def hanging_is_short(monkeypatch):
    """Limit the model ``hangs`` to half a second from when it has begun, on machines of any speed.

    All others have the time that their suite gives them.
    """
    look = WorkerProcess.look

    def looks(process, limits):
        if process.begun and process.request["plugin"]["name"] == "hangs":
            limits = replace(limits, seconds=0.5)
        return look(process, limits)

    monkeypatch.setattr(WorkerProcess, "look", looks)


@pytest.fixture
def reseal():
    """Seal a file that a test has changed, as somebody would who knows how seals are made."""

    def of(folder, name):
        seal = read_seal(folder)
        digest = sha256((folder / name).read_bytes())
        write_seal(folder, replace(seal, files={**seal.files, name: digest}))

    return of


# Which models of so small a task are quick hangs on the machine's other work.
NO_QUICK_ENSEMBLES = {name: members for name, members in ENSEMBLES.items() if name != "quick"}


@pytest.fixture
def toy_run(tmp_path):
    """Run test plugins on the toy shop; gives the run and what its watcher was told."""

    def run(
        *models, jobs=2, results=None, folder=PLUGINS, limits=None, seeds=(0,), canary=False,
        resampling=None, engine=None,
    ):  # fmt: skip
        files = [folder / f"{name}.py" for name in models]
        suite = Suite(
            name="toy",
            title="Toy",
            tasks=("toy_shop",),
            models=models,
            seeds=seeds,
            ensembles=NO_QUICK_ENSEMBLES,
            resampling=resampling or Resampling(folds=2),
            limits=limits or Limits(seconds=600, gigabytes=2),
        )
        notes = Notes()
        work = prepare(
            suite, Registry("model", files), Registry("dataset", [PLUGINS / "toy_shop.py"])
        )
        work = replace(work, has_canaries=canary)
        store = Store(results or tmp_path / "results")
        return execute_run(work, store, jobs, notes, {"command": "pytest"}, engine=engine), notes

    return run
