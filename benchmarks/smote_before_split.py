"""SMOTE before the split, inside the fit cases, and without: what each seems to reach.

    python -P benchmarks/smote_before_split.py [--model NAME ...] [TASK ...]

"Before" balances all cases first, then splits them at random and tests on made-up cases, too, as
many articles do.  "Inside" and "without" are tested on the same real cases.
"""

import argparse
import warnings
from dataclasses import replace

import numpy as np
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import fit_and_predict
from intentbench.bench.cell.views import Views
from intentbench.bench.events import Events
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.variants.named import varied
from intentbench.bench.variants.smote import Smote

_PLAN = Resampling(folds=3)


def main() -> None:
    """Print a line a task and model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", default=["online_shoppers"], metavar="TASK")
    parser.add_argument("--model", action="append", default=[], metavar="NAME")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in given.tasks:
        task = load_task(Registry("dataset").find(name))
        task = replace(task, cases=Cases(task.cases.features, Events.none(len(task))))
        balanced = balanced_first(task)
        for model in given.model or ["random_forest", "xgboost"]:
            model_class = load(Registry("model").find(model))
            before = figures(balanced, model_class)
            inside = figures(task, lambda made=model_class: varied(made(), ["smote"]))
            without = figures(task, model_class)
            print(
                f"{name} {model}: ROC AUC and accuracy at .5: before the split {before[0]:.4f} "
                f"{before[1]:.3f}, inside {inside[0]:.4f} {inside[1]:.3f}, without "
                f"{without[0]:.4f} {without[1]:.3f} (always no {1 - task.base_rate:.3f})",
                flush=True,
            )


def balanced_first(task):
    """Make cases up of all there are, as nobody should."""
    maker = Smote(load(Registry("model").find("decision_tree"))())
    cases, target = maker.balanced(task.cases, task.target, np.random.default_rng(0))
    return replace(task, cases=cases, target=target, truth=None)


def figures(task, make) -> tuple[float, float]:
    """Give ROC AUC and accuracy at 0.5, means over folds."""
    found = []
    for fold in _PLAN.plan(task):
        views = Views(task, fold.splits[0], fold.test)
        p = fit_and_predict(make, views, seed=1).predictions.test
        y = task.target[fold.test]
        found.append((METRICS["roc_auc"](y, p), float(((p >= 0.5) == y).mean())))
    return tuple(np.mean(found, axis=0))


if __name__ == "__main__":
    main()
