"""What a search is worth: gain, optimism and cost on data sets, and on outcomes dealt by chance.

    python -P benchmarks/search.py [--configurations 20] [--model NAME ...] [--chance N] [TASK ...]

For each task and model: ROC AUC with its own parameters and with the chosen ones, the gain with its
interval, the optimism of the chosen ones and of its own, and the processor time of the trials.
With ``--chance N`` the outcomes are permuted N times and the means are printed: outside they must
be at .500 +- .010.
"""

import argparse
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from intentbench.api.watching import Silent
from intentbench.bench.judge.judge import judge
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.threads import cores
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.search import Search
from intentbench.bench.suite.suite import Suite

_TASKS = ("german_credit", "online_shoppers", "taiwan_default")
_MODELS = ("logistic_regression", "decision_tree", "xgboost", "lightgbm")


def main() -> None:
    """Search and print a line a task and model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", default=list(_TASKS), metavar="TASK")
    parser.add_argument("--configurations", type=int, default=20, metavar="N")
    parser.add_argument("--model", action="append", default=[], metavar="NAME")
    parser.add_argument("--chance", type=int, default=0, metavar="N", help="permute outcomes")
    given = parser.parse_args()
    suite = Suite(
        name="search",
        title="Search",
        tasks=tuple(given.tasks),
        models=tuple(given.model or _MODELS),
        resampling=Resampling(folds=3),
        ensembles={},
        search=Search(given.configurations),
    )
    work = replace(prepare(suite, Registry("model"), Registry("dataset")), has_costs=False)
    if not given.chance:
        _print(work)
        return
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for number in range(given.chance):
        dealt = tuple(
            replace(task, target=np.random.default_rng(number).permutation(task.target))
            for task in work.tasks
        )
        for key, point in _searched(replace(work, tasks=dealt)).items():
            found[key].append((point.by_budget[-1].inner, point.by_budget[-1].outer))
    for (task, model), points in found.items():
        inner, outer = np.mean(points, axis=0)
        print(f"{task:24} {model:28} inside {inner:.4f}  outside {outer:.4f}", flush=True)


def _print(work) -> None:
    for (task, _), one in _searched(work).items():
        first, last, gain = one.by_budget[0], one.by_budget[-1], one.gain.difference
        print(
            f"{task:16} {one.title:28} {first.outer:.4f} > {last.outer:.4f}  gain {gain.value:+.4f}"
            f" ({gain.low:+.4f} to {gain.high:+.4f})  optimism {last.optimism:+.4f} (own "
            f"{first.optimism:+.4f})  {one.n_fits:.1f} fits, {one.seconds:.1f} s a fold  by budget "
            + " ".join(f"{point.size}: {point.outer:.4f}" for point in one.by_budget),
            flush=True,
        )


def _searched(work):
    with tempfile.TemporaryDirectory() as folder:
        run = execute_run(work, Store(Path(folder)), cores(), Silent(), {"command": "benchmark"})
        return {
            (judged.task.name, one.name): one
            for judged in judge(run, draws=500).tasks
            for one in judged.searches
        }


if __name__ == "__main__":
    main()
