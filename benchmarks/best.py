"""What the ensembles of ``--best`` reach, by fixed work in place of a fixed time.

    python -P benchmarks/best.py [--fold N] [--seed N] [--share S] [--member NAME ...]
                                 [--keep FOLDER] [TASK ...]

Three outer folds (``--seed``, 0), or one of them, and five inner splits, as ``--best`` takes them;
with ``--share`` models are fitted on that share of the fit cases.  For each model and ensemble: ROC
AUC, PR AUC and log loss on test cases, means over folds; and the processor time of all fits and
predictions.  The last lines are no results: members weighed by the outcomes of the very test cases,
which tells what no honest rule that weighs them can reach.  ``--keep`` names a results folder, in
which the same work is done once.  The clock of a busy machine decides nothing here.
"""

import argparse
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
from intentbench.api.watching import Silent
from intentbench.bench.ensembles.combiners import log_odds
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.penalised_logistic import penalised_logistic
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.thinning import thinned
from intentbench.bench.store.predictions import pooled
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite
from scipy.special import expit

_MEMBERS = (
    "mlp", "tabm", "mlp+ratios", "lightgbm+ratios+counts", "xgboost+ratios+counts",
    "hist_gradient_boosting+ratios+counts", "catboost+counts",
)  # fmt: skip
_FIGURES = ("roc_auc", "pr_auc", "log_loss")
_SLIGHT = 1e-6  # a penalty that decides nothing, and keeps members that are alike apart


def main() -> None:
    """Run, and print a line an entry."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", default=["online_shoppers"], metavar="TASK")
    parser.add_argument("--fold", type=int, metavar="N", help="this fold alone")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all splits")
    parser.add_argument("--share", type=float, metavar="S", help="of the fit cases, below 1")
    parser.add_argument("--member", action="append", default=[], metavar="NAME")
    parser.add_argument("--keep", metavar="FOLDER", help="a results folder")
    given = parser.parse_args()
    for task in given.tasks:
        suite = Suite(
            name=f"best_{task}",
            title="Best",
            tasks=(task,),
            models=tuple(given.member or _MEMBERS),
            resampling=Resampling(folds=3, inner=5, seed=given.seed),
        )
        work = replace(prepare(suite, Registry("model"), Registry("dataset")), has_costs=False)
        if given.fold is not None:
            only = {name: (plan[given.fold],) for name, plan in work.plans.items()}
            work = replace(work, plans=only)
        if given.share is not None:
            thin = {t.name: thinned(t, work.plans[t.name], given.share, 0) for t in work.tasks}
            work = replace(work, plans=thin)
        folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory()
        with folder as results:
            run = execute_run(work, Store(Path(results)), 1, Silent(), {"command": "benchmark"})
            _print(judge(run, draws=200).tasks[0], run)
            _print_bounds(run)


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


def _print_bounds(run) -> None:
    """Print the figures of log odds weighed by the test cases' own outcomes; flattering ones."""
    task = run.tasks[0]
    members = [model.name for model in run.models if model.family != "baseline"]
    blends = sorted({cell.model for cell in run.cells if cell.split < 0})
    for label, names in (("members", members), ("members and blend", [*members, *blends])):
        of_folds = []
        for fold in task.folds:
            p = np.column_stack([_of_test(run, name, fold.number) for name in names])
            design = np.column_stack([np.ones(len(p)), log_odds(p)])
            y, aim = task.target[fold.test], np.zeros(design.shape[1])
            beta = penalised_logistic(design, y, aim, np.full(len(aim), _SLIGHT), aim)
            of_folds.append([METRICS[name](y, expit(design @ beta)) for name in _FIGURES])
        figures = "  ".join(f"{value:.4f}" for value in np.mean(of_folds, axis=0))
        what = f"NO RESULT, a bound: {label} weighed by the test cases themselves"
        print(f"{task.name:24} {what}  {figures}", flush=True)


def _of_test(run, name: str, fold: int) -> np.ndarray:
    cells = [cell for cell in run.cells if (cell.model, cell.fold) == (name, fold)]
    return pooled([[run.predictions(cell)] for cell in cells]).test


if __name__ == "__main__":
    main()
