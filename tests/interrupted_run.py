"""A run of test plugins that tests interrupt and kill: ``interrupted_run.py RESULTS [ENGINE]``."""

import sys
from functools import partial
from pathlib import Path

from intentbench.bench.cluster.chosen import chosen_engine
from intentbench.bench.cluster.opening import opened
from intentbench.bench.errors import IntentbenchError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite
from intentbench.cli.progress import ProgressShown, tell
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
    results, engine = sys.argv[1], chosen_engine((sys.argv[2:] or ["local"])[0])
    console = Console(stderr=True)
    try:
        with (
            opened(engine, 2, partial(tell, console)) as opened_engine,
            ProgressShown(console, opened_engine.jobs) as progress,
        ):
            work = prepare(suite, models, datasets)
            about = {"command": "test"}
            execute_run(
                work, Store(Path(results)), opened_engine.jobs, progress, about,
                engine=opened_engine,
            )  # fmt: skip
    except IntentbenchError as error:
        sys.exit(f"{type(error).__name__}: {error}")
