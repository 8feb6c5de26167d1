"""How often intervals of drivers hold the truth, and how often slices are called worse by chance.

``python benchmarks/drivers_and_slices.py [SIMULATIONS]``.  A logistic regression is fitted on 600
simulated cases in two folds.  The true loss of a fitted model is that on 40,000 further cases.
"""

import sys
import warnings
from collections import defaultdict

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.cell.drivers import Took, drivers_of
from intentbench.bench.cell.questions import Told
from intentbench.bench.cell.views import Views
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.drivers import drivers_of_models
from intentbench.bench.judge.judgement import Entry, FoldPredictions, RuleOutcome
from intentbench.bench.judge.slices import slices_of_entry
from intentbench.bench.metrics.key import CHOSEN
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import (
    CellRecord,
    ModelRecord,
    RunRecord,
    SliceColumn,
    TaskRecord,
)
from intentbench.bench.task import Card, Task
from scipy.special import expit

COEFFICIENTS = {"strong": 1.5, "weak": -0.4, "noise": 0.0}
N, N_FOLDS, N_TRUTH = 600, 2, 40_000
CARD = Card("Simulated", "?", "made up", "none", "1 = yes")


def simulated(n, rng):
    """Cases and outcomes whose log odds are linear in the columns."""
    frame = pd.DataFrame({name: rng.normal(size=n) for name in COEFFICIENTS})
    p = expit(-1 + sum(size * frame[name] for name, size in COEFFICIENTS.items()))
    return frame, (rng.random(n) < p).to_numpy().astype(np.int8)


def true_losses(model, rng):
    """What each column is worth to a fitted model on cases without end."""
    frame, y = simulated(N_TRUTH, rng)
    auc = METRICS["roc_auc"]
    whole = auc(y, model.predict_proba(Cases(frame))[:, 1])
    lost = {}
    for name in frame:
        changed = frame.assign(**{name: rng.permutation(frame[name])})
        lost[name] = whole - auc(y, model.predict_proba(Cases(changed))[:, 1])
    return lost


def one(seed, model_class):
    """Give for each column whether its interval holds the truth, and whether a slice is called."""
    rng = np.random.default_rng(seed)
    frame, y = simulated(N, rng)
    task = Task("task", Cases(frame), y, CARD)
    folds, cells, truths, predictions = [], [], [], []
    for number, test in enumerate(np.array_split(rng.permutation(N), N_FOLDS)):
        train = np.setdiff1d(np.arange(N), test)
        split = Split(train[: 4 * len(train) // 5], train[4 * len(train) // 5 :])
        views = Views(task, split, test)
        fit, valid, tested = views.parts(model_class.views)
        model = model_class().fit(fit, y[split.fit], valid=(valid, y[split.valid]))
        p = model.predict_proba(tested)[:, 1]
        noted = drivers_of(model, views, Told.of(views), p, number, Took(1.0, 0.01, N))
        folds.append(Fold(number, test, (split,)))
        cells.append(CellRecord("task", "m", number, 0, 0, "0" * 40, "done", drivers=noted))
        truths.append(true_losses(model, rng))
        predictions.append(FoldPredictions(number, test, p, 0.4))
    values = {
        "region": rng.choice(np.array(list("abc"), dtype=object), N),
        "age": rng.normal(size=N),
    }
    record = TaskRecord(
        "task", CARD, "folds", 3, 0, False, "0", y, None, None, tuple(folds),
        slice_columns=tuple(SliceColumn(name, True) for name in values), slice_values=values,
    )  # fmt: skip
    models = (ModelRecord("m", "M", "linear", frozenset({"features"}), "", {}),)
    run = RunRecord("run", {}, (record,), models, tuple(cells), {}, lambda cell: None)
    held = {}
    for driver in drivers_of_models(run, record)["m"].drivers:
        (name,) = driver.names
        truth = np.mean([of_fold[name] for of_fold in truths])
        held[name] = driver.loss.low <= truth <= driver.loss.high
    rule = RuleOutcome(CHOSEN, "Highest F1", (0.4,) * N_FOLDS, {})
    entry = Entry(
        Contestant("m", "M", "linear", (), ()), predictions=tuple(predictions), outcomes=(rule,)
    )
    outcomes = slices_of_entry(record, entry)
    called = {
        metric: any(one.apart[metric].established for one in outcomes if metric in one.apart)
        for metric in outcomes[0].scores
    }
    return held, called


def main():
    """Simulate, and print the shares."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    warnings.simplefilter("ignore")
    model_class = load(Registry("model").find("logistic_regression"))
    holds, calls = defaultdict(list), defaultdict(list)
    for seed in range(n):
        held, called = one(seed, model_class)
        for name, is_held in held.items():
            holds[name].append(is_held)
        for metric, is_called in called.items():
            calls[metric].append(is_called)
    print(f"{n} simulations of {N} cases in {N_FOLDS} folds")
    for name, values in holds.items():
        print(f"driver {name}: the 95 % interval holds the true loss in {np.mean(values):.1%}")
    for metric, values in calls.items():
        print(f"slices, {metric}: some difference is called established in {np.mean(values):.1%}")


if __name__ == "__main__":
    main()
