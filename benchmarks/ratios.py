"""What ratios, or counts, that a model finds itself are worth, on data sets.

    python -P benchmarks/ratios.py [--variant WORD] [--model NAME ...] [--chance N] [--keep FOLDER]
                                   [TASK ...]

For each task and model: ROC AUC and log loss of the model, and how much better (+) or worse each is
with ``+ratios``, or another variant: paired differences, with 95 % intervals over all models of the
task together.  With ``--chance N`` outcomes are permuted N times instead, and mean ROC AUCs are
printed: with the variant they must be at .500 +- .010.  ``--keep`` names a results folder, for a
second look.
"""

import argparse
import tempfile
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
from intentbench.api.watching import Silent
from intentbench.bench.judge.judge import judge
from intentbench.bench.judge.pairwise import gaps
from intentbench.bench.judge.refits import training_ratios
from intentbench.bench.judge.scoring import Question, resample
from intentbench.bench.metrics.bootstrap import Answers
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite

_TASKS = (
    "german_credit", "online_shoppers", "online_shoppers_no_pagevalues", "taiwan_default", "cdnow",
    "give_me_some_credit",
)  # fmt: skip
_MODELS = ("logistic_regression", "xgboost", "lightgbm")
_KEYS = (Key("roc_auc"), Key("log_loss"))


def main() -> None:
    """Run and print a line a task and model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", default=list(_TASKS), metavar="TASK")
    parser.add_argument("--variant", default="ratios", metavar="WORD")
    parser.add_argument("--model", action="append", default=[], metavar="NAME")
    parser.add_argument("--chance", type=int, default=0, metavar="N", help="permute outcomes")
    parser.add_argument("--keep", metavar="FOLDER", help="a results folder")
    given = parser.parse_args()
    pairs = [(name, f"{name}+{given.variant}") for name in given.model or _MODELS]
    for task in given.tasks:
        suite = Suite(
            name=f"{given.variant}_{task}",
            title="A variant",
            tasks=(task,),
            models=tuple(name for pair in pairs for name in pair),
            resampling=Resampling(folds=3),
            ensembles={},
        )
        work = replace(prepare(suite, Registry("model"), Registry("dataset")), has_costs=False)
        if given.chance:
            _print_chance(work, [name for pair in pairs for name in pair], given.chance)
            continue
        folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory()
        with folder as results:
            run = execute_run(work, Store(Path(results)), 1, Silent(), {"command": "benchmark"})
            _print(judge(run, draws=500).tasks[0], run, pairs)


def _print_chance(work, names, n: int) -> None:
    found = defaultdict(list)
    for number in range(n):
        dealt = tuple(
            replace(task, target=np.random.default_rng(number).permutation(task.target))
            for task in work.tasks
        )
        with tempfile.TemporaryDirectory() as results:
            chance = replace(work, tasks=dealt)
            run = execute_run(chance, Store(Path(results)), 1, Silent(), {"command": "benchmark"})
            for entry in judge(run, draws=20).tasks[0].models:
                if entry.name in names:
                    found[entry.name].append(entry.scores[_KEYS[0]].value)
    for name, areas in found.items():
        error = np.std(areas, ddof=1) / np.sqrt(n)
        print(f"{work.tasks[0].name:30} {name:28} {np.mean(areas):.4f} +- {error:.4f}", flush=True)


def _print(judged, run, pairs) -> None:
    entries = {entry.name: entry for entry in judged.models}
    rows = [entries[name].contestant for pair in pairs for name in pair]
    answers = [[Answers(fold.test, {}) for fold in row.folds] for row in rows]
    (scores,) = resample(judged.task, [Question(answers, list(_KEYS))], 500, 0)
    scores = replace(scores, training=training_ratios(judged.task, rows))
    places = [(2 * i + 1, 2 * i) for i in range(len(pairs))]
    for i, (name, varied) in enumerate(pairs):
        line = f"{judged.task.name:30} {name:20}"
        for key in _KEYS:
            gained = gaps(judged.task, scores, key, places)[i].difference
            line += (
                f"  {key.metric} {entries[name].scores[key].value:.4f} {gained.value:+.4f} "
                f"({gained.low:+.4f} to {gained.high:+.4f})"
            )
        seconds = [
            sum(cell.fit_seconds for cell in run.cells if cell.model == which)
            for which in (name, varied)
        ]
        print(f"{line}  {seconds[0]:.1f} > {seconds[1]:.1f} s", flush=True)


if __name__ == "__main__":
    main()
