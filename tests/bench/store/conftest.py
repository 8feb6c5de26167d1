"""A small run, computed once, with a report that is a stand-in."""

import shutil
from pathlib import Path

import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.seal import REPORT, close_report, open_report
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite

PLUGINS = Path(__file__).parents[2] / "plugins"


class Silent:
    """A watcher that watches nothing."""

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        pass

    def finished(self, cell):
        pass

    def says(self, text):
        pass


def stand_in_report(folder):
    """Seal what stands for a report."""
    open_report(folder)
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables" / "figures.csv").write_text("task,value\n", encoding="utf-8")
    (folder / REPORT).write_text("<p>report</p>", encoding="utf-8")
    close_report(folder, "these sources")


@pytest.fixture(scope="session")
def small_results(tmp_path_factory):
    """The folder of a run of two models; not to be changed."""
    suite = Suite(
        name="toy", title="Toy", tasks=("toy_shop",), models=("steady", "random_draws"),
        resampling=Resampling(folds=2),
    )  # fmt: skip
    files = [PLUGINS / f"{name}.py" for name in suite.models]
    datasets = Registry("dataset", [PLUGINS / "toy_shop.py"])
    work = prepare(suite, Registry("model", files), datasets)
    store = Store(tmp_path_factory.mktemp("small") / "results")
    run = execute_run(work, store, 2, Silent(), {"command": "pytest"})
    stand_in_report(store.runs / run.run_id)
    return store.root


@pytest.fixture
def small(small_results, tmp_path):
    """A copy of it, as a store, to be changed."""
    shutil.copytree(small_results, tmp_path / "results", symlinks=True)
    return Store(tmp_path / "results")
