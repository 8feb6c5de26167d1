"""What many tests use: toy runs of the harness, and the examining of Chromium."""

import os
from dataclasses import replace
from pathlib import Path

# Before numpy is imported: tests run in as many processes as there are cores, one thread each, as
# the harness's own workers do.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"
# Commands that tests start speak English, whoever runs the tests.
os.environ["LC_ALL"] = "C.UTF-8"

import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.seal import read_seal, sha256, write_seal
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import ENSEMBLES, Limits, Suite

GOLDEN = Path(__file__).parent / "golden"
PLUGINS = Path(__file__).parent / "plugins"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files of the tests run"
    )


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
        resampling=None,
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
            limits=limits or Limits(seconds=60, gigabytes=2),
        )
        notes = Notes()
        work = prepare(
            suite, Registry("model", files), Registry("dataset", [PLUGINS / "toy_shop.py"])
        )
        work = replace(work, has_canaries=canary)
        store = Store(results or tmp_path / "results")
        return execute_run(work, store, jobs, notes, {"command": "pytest"}), notes

    return run
