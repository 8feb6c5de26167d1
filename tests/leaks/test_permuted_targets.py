"""Nothing learns from outcomes that were dealt out by chance.

Given what a model learnt, the outcomes of its test cases are still in every order equally likely:
all were permuted at once, so also those on both sides of any split, be it by group or in time.  So
the ROC AUC of each fold is that of a random order, whose variance is known (Mann, Whitney 1947),
and a model beyond it has seen what it must not.  Outcomes are not permuted within groups or blocks
of time: what then differs between blocks would be there to be learnt.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import fit_and_predict
from intentbench.bench.cell.views import Views
from intentbench.bench.judge.judge import judge
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.verify import verify_plan
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from scipy.stats import norm

MODELS = Registry("model")
QUICK = ("logistic_regression", "naive_bayes", "decision_tree", "markov_chain", "base_rate")
FALSE_ALARMS = 0.001  # of any entry in any fold, if nothing leaks
N_CASES = 240


def permuted(shop, seed, **kept):
    """Take the shop's cases with its outcomes in another order."""
    rng = np.random.default_rng(seed)
    task = load_task(Registry("dataset", [shop]).find("toy_shop"))
    rows = np.sort(rng.permutation(len(task))[:N_CASES])
    roles = {"group": task.group[rows], "time": task.time[rows]} | kept
    target = rng.permutation(task.target)[rows]
    return replace(task, cases=task.cases.take(rows), target=target, **roles)


def carried_out(task, names, change=lambda name, cases: cases, lightly=lambda name, of: of):
    """Fit the models on each split of the task, and give the run."""
    plan = Resampling(folds=2).plan(task)
    verify_plan(task, plan)
    record = TaskRecord(
        task.name, task.card, "", task.cases.features.shape[1], task.cases.events.n_events,
        task.has_events, task.fingerprint(), task.target, task.group, task.time, plan,
    )  # fmt: skip
    predicted, models, cells = {}, [], []
    for name in names:
        plugin = MODELS.find(name)
        described = outline(plugin)
        models.append(
            ModelRecord(name, described.title, described.family, frozenset(), "", {})
        )  # fmt: skip
        shown = replace(task, cases=change(name, task.cases))
        for fold in plan:
            views = Views(shown, fold.splits[0], fold.test)
            model_class = lightly(name, load(plugin))
            predicted[name, fold.number] = fit_and_predict(model_class, views, seed=1).predictions
            cells.append(CellRecord(task.name, name, fold.number, 0, 0, "", "done"))
    return RunRecord(
        "run", {}, (record,), tuple(models), tuple(cells), {"all": tuple(names)},
        lambda cell: predicted[cell.model, cell.fold],
    )  # fmt: skip


def distances(run):
    """Give each entry's distance from 0.5 in each fold, in standard errors of a random order."""
    (judged,) = judge(run, draws=10).tasks
    assert all(entry.standing != "failed" for entry in (*judged.models, *judged.ensembles))
    found = {}
    for entry in (*judged.models, *judged.ensembles):
        for fold in entry.predictions:
            y = judged.task.target[fold.rows]
            found[entry.name, fold.fold] = (auc(y, fold.p) - 0.5) / error(y)
    return found


def auc(y, p):
    wins = np.sign(p[y == 1][:, None] - p[y == 0])
    return float((wins.mean() + 1) / 2)


def error(y):
    n_yes, n_no = int(y.sum()), int((1 - y).sum())
    return math.sqrt((n_yes + n_no + 1) / (12 * n_yes * n_no))


def beyond(found):
    """Name those beyond the interval of chance, corrected for how many there are (Bonferroni)."""
    reach = norm.isf(FALSE_ALARMS / (2 * len(found)))
    return sorted({name for (name, _), distance in found.items() if abs(distance) > reach})


def test_every_model_and_every_ensemble_ends_inside_the_interval_of_chance(plugins, lightly):
    # Those that must be told something take part where they are.
    names = [name for name in MODELS.names() if not outline(MODELS.find(name)).stated]
    task = permuted(plugins / "toy_shop.py", 0, group=None, time=None)
    run = carried_out(task, names, lightly=lightly)
    found = distances(run)
    assert len(found) >= 2 * (len(names) + 7) and beyond(found) == []


@pytest.mark.parametrize(
    "roles", [{}, {"group": None}, {"time": None}], ids=["both", "time", "group"]
)
def test_so_do_quick_models_on_every_kind_of_plan_many_times(plugins, roles):
    together = {}
    for seed in range(1, 9):
        found = distances(carried_out(permuted(plugins / "toy_shop.py", seed, **roles), QUICK))
        assert beyond(found) == [], seed
        for key, distance in found.items():
            together.setdefault(key, []).append(distance)
    # A small leak shows when permutations are taken together.
    means = {key: np.mean(of) * math.sqrt(len(of)) for key, of in together.items()}
    assert beyond(means) == []


def test_the_true_outcomes_are_not_inside_it(plugins):
    shop = plugins / "toy_shop.py"
    task = permuted(shop, 0, group=None, time=None)
    rows = np.sort(np.random.default_rng(0).permutation(480)[:N_CASES])
    whole = load_task(Registry("dataset", [shop]).find("toy_shop"))
    true = replace(task, target=whole.target[rows])
    assert set(QUICK) - {"base_rate"} <= set(beyond(distances(carried_out(true, QUICK))))


def test_a_column_that_knows_some_of_the_permuted_outcomes_is_not_inside_it(plugins):
    task = permuted(plugins / "toy_shop.py", 0, group=None, time=None)
    known = np.where(np.random.default_rng(1).random(N_CASES) < 0.4, task.target, 0.5)

    def leak(name, cases):
        return Cases(cases.features.assign(known=known), cases.events)

    found = beyond(distances(carried_out(task, QUICK, leak)))
    assert {"logistic_regression", "decision_tree"} <= set(found)
