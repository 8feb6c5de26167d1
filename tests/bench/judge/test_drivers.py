from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.drivers import Took, drivers_of
from intentbench.bench.cell.questions import Told
from intentbench.bench.cell.views import Views
from intentbench.bench.judge.drivers import drivers_of_models
from intentbench.bench.judge.model_drivers import FALLS, RISES, UNCLEAR
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.drivers import CellDrivers
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.tabular import TabularModel
from intentbench.bench.task import Card, Task
from scipy.special import expit
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression

CARD = Card("Toy", "?", "made up", "none", "1 = yes")
COEFFICIENTS = {"strong": 1.5, "weak": -0.5, "noise": 0.0}


class Logistic(TabularModel):
    """Logistic regression."""

    title, family = "Logistic", "linear"

    def estimator(self):
        return LogisticRegression()


def simulated(n, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.normal(size=n) for name in COEFFICIENTS})
    p = expit(-0.5 + sum(size * frame[name] for name, size in COEFFICIENTS.items()))
    y = (rng.random(n) < p).to_numpy().astype(np.int8)
    return Task("toy", Cases(frame), y, CARD)


def judged(task, n_folds=2):
    """Fit a model on each fold, ask it, and judge the answers; gives the fitted models, too."""
    parts = np.array_split(np.arange(len(task)), n_folds)
    folds, cells, fitted = [], [], []
    for number, test in enumerate(parts):
        train = np.setdiff1d(np.arange(len(task)), test)
        split = Split(train[:-50], train[-50:])
        folds.append(Fold(number, test, (split,)))
        views = Views(task, split, test)
        model = Logistic().fit(views.fit_cases(), task.target[split.fit], valid=(None, None))
        p = model.predict_proba(views.test_cases())[:, 1]
        noted = drivers_of(model, views, Told.of(views), p, number, Took(1.0, 0.01, 1000))
        cells.append(cell_record(number, noted))
        fitted.append((model, test))
    record = record_of(task, folds)
    return drivers_of_models(run_of(record, cells), record)["logistic"], fitted


def cell_record(fold, noted, model="logistic"):
    return CellRecord("toy", model, fold, 0, 0, "0" * 40, "done", drivers=noted)


def record_of(task, folds):
    return TaskRecord(
        "toy", CARD, "folds", 3, 0, False, "0", task.target, task.group, None, tuple(folds),
        weight=task.weight,
    )  # fmt: skip


def run_of(task, cells):
    models = (ModelRecord("logistic", "Logistic", "linear", frozenset({"features"}), "", {}),)
    return RunRecord("run", {}, (task,), models, tuple(cells), {}, lambda cell: None)


def test_order_and_sign_of_known_coefficients_are_recovered():
    known, _ = judged(simulated(4000, 1))
    assert [driver.names for driver in known.drivers] == [("strong",), ("weak",), ("noise",)]
    strong, weak, noise = known.drivers
    assert strong.direction.word == RISES
    assert weak.direction.word == FALLS
    assert strong.loss.low > weak.loss.high > weak.loss.low > 0
    assert strong.direction.start.p < 0.2 < 0.6 < strong.direction.end.p
    assert [driver.names for driver in known.leading(5)] == [("strong",), ("weak",)]
    assert abs(noise.loss.value) < 0.01


def test_losses_are_those_of_scikit_learn():
    task = simulated(1000, 2)
    known, fitted = judged(task)
    ours = {driver.names[0]: driver for driver in known.drivers}
    theirs = []
    for model, test in fitted:

        def scored(_, table, y, model=model):
            from sklearn.metrics import roc_auc_score

            return roc_auc_score(y, model.predict_proba(Cases(table))[:, 1])

        table = task.cases.features.iloc[test].reset_index(drop=True)
        theirs.append(
            permutation_importance(
                LogisticRegression(), table, task.target[test], scoring=scored, n_repeats=40,
                random_state=0,
            ).importances_mean
        )  # fmt: skip
    for name, loss in zip(task.cases.features, np.mean(theirs, axis=0), strict=True):
        assert ours[name].loss.value == pytest.approx(loss, abs=0.012)
        assert ours[name].loss.low <= loss <= ours[name].loss.high


def test_the_interval_of_a_noise_column_holds_zero():
    held = []
    for seed in range(60):
        known, _ = judged(simulated(600, 100 + seed))
        (noise,) = [driver for driver in known.drivers if driver.names == ("noise",)]
        held.append(noise.loss.low <= 0 <= noise.loss.high)
    assert np.mean(held) >= 0.88


def test_cases_of_one_group_count_as_one():
    once = simulated(300, 5)
    rows = np.repeat(np.arange(300), 4)
    fourfold = Task("toy", once.cases.take(rows), once.target[rows], CARD)
    width = [
        known.drivers[0].loss.high - known.drivers[0].loss.low
        for known, _ in (judged(fourfold), judged(replace(fourfold, group=rows)))
    ]
    assert width[1] > 1.4 * width[0]


def test_a_fold_without_drivers_leaves_those_of_the_others_and_none_say_why():
    task = simulated(1200, 6)
    known, _ = judged(task)
    assert {driver.n_folds for driver in known.drivers} == {2}
    folds = [Fold(0, np.arange(600), (Split(np.arange(600, 1100), np.arange(1100, 1200)),))]
    record = record_of(task, folds)
    missing = cell_record(0, CellDrivers(missing="it was slow"))
    assert drivers_of_models(run_of(record, [missing]), record)["logistic"].missing == "it was slow"
    nothing = drivers_of_models(run_of(record, []), record)["logistic"]
    assert nothing.missing == "the model failed"


def test_too_few_cases_of_an_outcome_give_no_drivers():
    task = simulated(400, 7)
    noted = CellDrivers.of(np.arange(5), np.full(5, 0.5), np.empty((0, 1, 5)), ())
    record = record_of(
        Task("toy", task.cases, np.where(np.arange(400) == 0, 1, 0).astype(np.int8), CARD),
        [Fold(0, np.arange(200), (Split(np.arange(200, 300), np.arange(300, 400)),))],
    )
    known = drivers_of_models(run_of(record, [cell_record(0, noted)]), record)["logistic"]
    assert "fewer than two are of one outcome" in known.missing


def test_a_column_that_is_not_read_has_no_direction():
    known, _ = judged(simulated(3000, 8))
    noise = known.drivers[-1]
    assert (
        noise.direction is None
        or noise.direction.word == UNCLEAR
        or abs(noise.direction.end.p - noise.direction.start.p) < 0.05
    )
