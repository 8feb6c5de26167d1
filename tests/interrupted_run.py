"""A run of test plugins that tests interrupt and kill: ``interrupted_run.py RESULTS [ENGINE]``.

Without words it is a template: it has imported all that a run needs, and is asked in lines of JSON
to fork one or how one has ended.  What a fork is spared are seconds in which nothing is at stake.
"""

import contextlib
import json
import os
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

with contextlib.suppress(ImportError):
    import distributed  # noqa: F401 - an extra, which some of the runs use

PLUGINS = Path(__file__).parent / "plugins"


def main(results, engine="local"):
    suite = Suite(
        name="toy",
        title="Toy",
        tasks=("toy_shop",),
        # Models of the house share a worker, and the last one gets a process for each cell.
        models=("logistic_regression", "decision_tree", "unhurried"),
        resampling=Resampling(folds=3),
    )
    models = Registry("model", [PLUGINS / "unhurried.py"])
    datasets = Registry("dataset", [PLUGINS / "toy_shop.py"])
    console = Console(stderr=True)
    try:
        with (
            opened(chosen_engine(engine), 2, partial(tell, console)) as opened_engine,
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


def forked():
    """Do what is asked; returns in each fork, with the words of its run."""
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        if "ended" in asked:
            pid, status = os.waitpid(asked["ended"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif not (answer := os.fork()):
            os.setsid()  # a signal of the test reaches nobody else
            os.environ.update(asked["environment"])
            for number, name in enumerate((os.devnull, asked["says"], asked["says"])):
                os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
            return asked["words"]
        print(json.dumps(answer), flush=True)
    sys.exit()


if __name__ == "__main__":
    main(*sys.argv[1:] or forked())
