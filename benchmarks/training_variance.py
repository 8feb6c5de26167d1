"""How much training varies, and how much is allowed for, by kind of learner.

    OMP_NUM_THREADS=1 python -P benchmarks/training_variance.py [SHARE [LEARNER ...]]

Prints a Markdown table: the variance that training adds to a difference between two equal models on
one hold-out, over that of the test cases, as it is (from many data sets, with its standard error)
and as ``training_ratios`` estimates it.  With a SHARE such as 0.2 it does with that part of the
data sets.  Nothing is asserted.
"""

import sys
from collections.abc import Callable
from functools import partial
from itertools import islice

import numpy as np
from intentbench.bench.judge import simulated_tables
from intentbench.bench.judge.refits import training_ratios
from intentbench.bench.judge.simulated_tables import Plan
from intentbench.bench.stats.delong import delong_influence
from sklearn.base import ClassifierMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

N_DATA_SETS = {600: 100, 2000: 60, 12_000: 25}
PLANS = (
    (600, 0.05), (600, 0.15), (600, 0.5), (2000, 0.02), (2000, 0.05), (2000, 0.15), (2000, 0.5),
    (12_000, 0.01), (12_000, 0.05), (12_000, 0.15),
)  # fmt: skip
N_MODELS, SEED = 8, 5


def learner(
    make: Callable[[], ClassifierMixin], x: np.ndarray, y: np.ndarray, seed: int
) -> simulated_tables.Predict:
    """Fit a scikit-learn classifier that needs no seed."""
    del seed
    fitted = make().fit(x, y)
    return lambda cases: fitted.predict_proba(cases)[:, 1]


TREES = {
    "stump": {"max_depth": 1},
    "4 leaves": {"max_leaf_nodes": 4},
    "8 leaves": {"max_leaf_nodes": 8},
    "depth 3": {"max_depth": 3},
    "depth 5": {"max_depth": 5, "min_samples_leaf": 20},
    "full-grown": {},
}
MADE = {
    **{
        name: partial(DecisionTreeClassifier, random_state=0, **limits)
        for name, limits in TREES.items()
    },
    "naive Bayes": GaussianNB,
    "25 neighbours": partial(KNeighborsClassifier, 25),
}
simulated_tables.LEARNERS.update({name: partial(learner, make) for name, make in MADE.items()})


def main() -> None:
    """Print a row for each learner and plan as soon as it is known."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    print("| learner | cases | base rate | training adds | allowed for |\n" + "| --- " * 5 + "|")
    with threadpool_limits(limits=1):
        for name in sys.argv[2:] or (*MADE, "logistic"):
            for n_cases, rate in PLANS:
                n = max(10, round(share * N_DATA_SETS[n_cases]))
                added, error, allowed = ratios(Plan(n_cases, "hold-out", N_MODELS, name, rate), n)
                said = f"{added:.2f} ± {error:.2f} | {allowed:.2f}"
                print(f"| {name} | {n_cases:,} | {rate:.0%} | {said} |", flush=True)


def ratios(plan: Plan, n: int) -> tuple[float, float, float]:
    """Give the variance that training adds, its standard error, and what is allowed for.

    All are over the variance of the test cases, and means over pairs of models.
    """
    pairs = np.triu_indices(plan.n_models, 1)
    squares, of_test, allowed = np.empty((3, n))
    for number, (task, models) in enumerate(
        islice(simulated_tables.simulated_tables(plan, SEED), n)
    ):
        (fold,) = task.folds
        scored = [delong_influence(task.target[fold.test], model.folds[0].test) for model in models]
        figures, moved = np.array([of[0] for of in scored]), np.array([of[1] for of in scored])
        variance = np.square(moved[:, None] - moved).sum(axis=2)[pairs]
        squares[number] = np.square(figures[:, None] - figures)[pairs].mean()
        of_test[number] = variance.mean()
        allowed[number] = (training_ratios(task, models)[pairs] * variance).mean()
    unit = of_test.mean()
    error = squares.std(ddof=1) / np.sqrt(n) / unit
    return float(squares.mean() / unit - 1), float(error), float(allowed.mean() / unit)


if __name__ == "__main__":
    main()
