"""What the ensembles of ``--best`` reach, by fixed work in place of a fixed time.

    python -P benchmarks/best.py [--fold N] [--member NAME ...] [--keep FOLDER] [TASK ...]

Three outer folds (seed 0), or one of them, and five inner splits, as ``--best`` takes them.  For
each model and ensemble: ROC AUC, PR AUC and log loss on test cases, means over folds; and the
processor time of all fits and predictions.  ``--keep`` names a results folder, in which the
same work is done once.  The clock of a busy machine decides nothing here.
"""

import argparse
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from intentbench.api.watching import Silent
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite

_MEMBERS = (
    "mlp", "tabm", "lightgbm+ratios", "xgboost+ratios", "hist_gradient_boosting+ratios",
    "catboost+ratios", "mlp+ratios",
)  # fmt: skip
_FIGURES = ("roc_auc", "pr_auc", "log_loss")


def main() -> None:
    """Run, and print a line an entry."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", default=["online_shoppers"], metavar="TASK")
    parser.add_argument("--fold", type=int, metavar="N", help="this fold alone")
    parser.add_argument("--member", action="append", default=[], metavar="NAME")
    parser.add_argument("--keep", metavar="FOLDER", help="a results folder")
    given = parser.parse_args()
    for task in given.tasks:
        suite = Suite(
            name=f"best_{task}",
            title="Best",
            tasks=(task,),
            models=tuple(given.member or _MEMBERS),
            resampling=Resampling(folds=3, inner=5),
        )
        work = replace(prepare(suite, Registry("model"), Registry("dataset")), has_costs=False)
        if given.fold is not None:
            only = {name: (plan[given.fold],) for name, plan in work.plans.items()}
            work = replace(work, plans=only)
        folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory()
        with folder as results:
            run = execute_run(work, Store(Path(results)), 1, Silent(), {"command": "benchmark"})
            _print(judge(run, draws=200).tasks[0], run)


def _print(judged, run) -> None:
    seconds = {}
    for cell in run.cells:
        seconds.setdefault(cell.model, 0.0)
        seconds[cell.model] += cell.fit_seconds + cell.predict_seconds
    for entry in (*judged.models, *judged.ensembles):
        if entry.scores:
            figures = "  ".join(f"{entry.scores[Key(name)].value:.4f}" for name in _FIGURES)
            taken = f"{seconds[entry.name]:8.1f} s" if entry.name in seconds else ""
            print(f"{judged.task.name:24} {entry.name:32} {figures}{taken}")
    print(f"{judged.task.name:24} {'all members':32} {sum(seconds.values()):.1f} s", flush=True)


if __name__ == "__main__":
    main()
