"""A run of test plugins that tests interrupt and kill: ``python interrupted_run.py RESULTS``."""

import sys
from pathlib import Path

from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite
from intentbench.cli.progress import ProgressShown
from rich.console import Console

if __name__ == "__main__":
    plugins = Path(__file__).parent / "plugins"
    suite = Suite(
        name="toy",
        title="Toy",
        tasks=("toy_shop",),
        # Models of the house share a worker, and the last one gets a process for each cell.
        models=("logistic_regression", "decision_tree", "unhurried"),
        resampling=Resampling(folds=3),
    )
    models = Registry("model", [plugins / "unhurried.py"])
    datasets = Registry("dataset", [plugins / "toy_shop.py"])
    with ProgressShown(Console(stderr=True), jobs=2) as progress:
        work = prepare(suite, models, datasets)
        execute_run(work, Store(Path(sys.argv[1])), 2, progress, {"command": "test"})
