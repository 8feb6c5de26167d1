"""What an attack finds out of models that learn ever closer to single cases.

    python -P benchmarks/membership.py [TASK ...]

Forests of 500 trees with leaves of ever more cases, each on three folds: the attack by the loss on
fit cases against test cases (as the report's column), and the ROC AUC on test cases.
"""

import sys

import numpy as np
from intentbench.bench.cell.cell import fit_and_predict, probability_of_yes
from intentbench.bench.cell.views import Views
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stats.membership import loss_attack


def main() -> None:
    """Print a line a task and size of leaf."""
    forest = load(Registry("model").find("random_forest"))
    for name in sys.argv[1:] or ["online_shoppers"]:
        task = load_task(Registry("dataset").find(name))
        for n_cases in (1, 2, 5, 10, 20, 50):
            attacks, aucs = [], []
            for fold in Resampling(folds=3).plan(task):
                split = fold.splits[0]
                views = Views(task, split, fold.test)
                cell = fit_and_predict(
                    lambda n=n_cases: forest(n_trees=500, min_leaf_cases=n), views, seed=1
                )
                fit, *_ = views.parts(cell.fitted.views)
                attacks.append(
                    loss_attack(
                        said_of(task.target[split.fit], probability_of_yes(cell.fitted, fit, "")),
                        said_of(task.target[fold.test], cell.predictions.test),
                    )
                )
                aucs.append(METRICS["roc_auc"](task.target[fold.test], cell.predictions.test))
            attack, found = np.mean([(attack.auc, attack.found) for attack in attacks], axis=0)
            print(
                f"{name}: leaves of {n_cases:2}: attack {attack:.3f}, finds {found:.1%} at 1 % "
                f"false alarms; ROC AUC {np.mean(aucs):.4f}",
                flush=True,
            )


def said_of(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Give the probability of the outcome that occurred."""
    return np.where(y == 1, p, 1 - p)


if __name__ == "__main__":
    main()
