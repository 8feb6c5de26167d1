from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.search import search
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.leftovers import unused_cells
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord
from intentbench.bench.store.store import Store
from intentbench.bench.suite.search import Search
from intentbench.bench.suite.suite import Limits, Suite

from ...in_this_process import InThisProcess

PLUGINS = Path(__file__).parents[2] / "plugins"
TUNED = "tunable+tuned"


class Notes:
    def __init__(self):
        self.cells = []

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        self.cells += [f"{cell.task}/{cell.plugin.name}/{cell.fold}" for cell in cells]

    def finished(self, cell):
        pass

    def says(self, text):
        pass


def prepared(asked, *models, **resampling):
    suite = Suite(
        name="wide", title="Wide", tasks=("wide_shop",), models=models or ("tunable",),
        resampling=Resampling(**{"folds": 3} | resampling),
        limits=Limits(seconds=600, gigabytes=2), ensembles={}, search=asked,
    )  # fmt: skip
    files = [PLUGINS / f"{name}.py" for name in suite.models if (PLUGINS / f"{name}.py").exists()]
    return prepare(suite, Registry("model", files), Registry("dataset", [PLUGINS / "wide_shop.py"]))


def carried_out(folder, asked, *models, jobs=2, engine=None, **resampling):
    notes = Notes()
    work = prepared(asked, *models, **resampling)
    run = execute_run(work, Store(folder), jobs, notes, {"command": "pytest"}, engine=engine)
    return run, notes.cells


def carried_out_here(folder, asked, *models, **resampling):
    return carried_out(folder, asked, *models, engine=InThisProcess(), **resampling)[0]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("search")


@pytest.fixture(scope="module")
def first(results):
    return carried_out(results, Search(9))


def tried(run):
    """All that a search notes but the time that it took."""
    return [
        replace(one, trials=tuple(replace(trial, seconds=0.0, cells=()) for trial in one.trials))
        for one in run.searches
    ]


def test_the_best_configuration_is_found_and_what_breaks_is_told(first):
    run, _ = first
    assert [(one.model, one.base, one.fold) for one in run.searches] == [
        (TUNED, "tunable", fold) for fold in range(3)
    ]
    for one in run.searches:
        assert len(one.configurations) == 9 and one.configurations[0] == {}
        assert abs(one.configurations[one.chosen]["middle"] - 6) < 3
        broken = {trial.configuration for trial in one.trials if trial.message}
        assert broken and all(one.configurations[number]["breaks"] for number in broken)
        assert all("asked to break" in trial.message for trial in one.trials if trial.message)
    assert run.manifest["n_failed"] == 0


def test_few_go_on_to_all_fit_cases_and_the_models_own_among_them(first):
    run, _ = first
    for one in run.searches:
        whole = [trial.configuration for trial in one.trials if trial.share == 1]
        shares = sorted({trial.share for trial in one.trials})
        assert len(shares) == 2 and 0 in whole and len(whole) == 4
        assert one.chosen in whole
        best = max(trial.figures[0] for trial in one.trials if trial.share == 1)
        assert best == next(
            trial.figures[0]
            for trial in one.trials
            if trial.share == 1 and trial.configuration == one.chosen
        )


def test_the_entry_is_the_chosen_trial_to_the_bit(first):
    run, _ = first
    (task,) = run.tasks
    cells = {cell.fold: cell for cell in run.cells if cell.model == TUNED}
    for one, fold in zip(run.searches, task.folds, strict=True):
        (trial,) = (t for t in one.trials if (t.configuration, t.share) == (one.chosen, 1))
        ours, theirs = run.predictions(trial.cells[0]), run.predictions(cells[one.fold])
        assert np.array_equal(ours.valid, theirs.valid) and np.array_equal(ours.test, theirs.test)
        auc = METRICS["roc_auc"](task.target[fold.valid], ours.valid)
        assert trial.figures[0] == pytest.approx(auc)


def test_it_resumes_and_neither_workers_nor_order_decide(first, results, tmp_path):
    run, computed = first
    again, once_more = carried_out(results, Search(9))
    n_broken = sum(bool(trial.message) for one in run.searches for trial in one.trials)
    assert len(computed) > 20 and len(once_more) == n_broken > 0  # what failed is not kept
    alone, _ = carried_out(tmp_path, Search(9), jobs=1)
    assert tried(alone) == tried(run) == tried(again)
    for ours, theirs in zip(run.cells, alone.cells, strict=True):
        assert ours.key == theirs.key
        assert np.array_equal(run.predictions(ours).test, alone.predictions(theirs).test)


def test_cells_of_trials_are_in_use(first, results):
    run, _ = first
    used = {cell.key for one in run.searches for trial in one.trials for cell in trial.cells}
    assert used and not used & {left.path.name for left in unused_cells(Store(results))}


def test_an_inner_plan_of_several_splits_is_judged_on_all_of_them(tmp_path):
    run = carried_out_here(tmp_path, Search(3), inner=2)
    (task,) = run.tasks
    trial = run.searches[0].trials[0]
    valid = [run.predictions(cell).valid for cell in trial.cells]
    fold = task.folds[0]
    auc = METRICS["roc_auc"](task.target[fold.valid], np.concatenate(valid))
    assert len(valid) == 2 and trial.figures[0] == pytest.approx(auc)


class Told:
    """A store in the place of fits: each configuration's probabilities are made up."""

    def __init__(self, work, lies=False):
        self.work, self.lies, self.made = work, lies, {}

    def compute(self, of_rung, planned):
        for cell in planned:
            rng = np.random.default_rng([cell.configuration, cell.fold])
            fold = of_rung.plans[cell.task][cell.fold]
            test = rng.random(len(fold.test))
            self.made[cell.key] = Predictions(
                rng.random(len(fold.valid)), 1 - test if self.lies else test
            )
        return [CellRecord(**cell.place()) for cell in planned]

    def read_predictions(self, key, sha256):
        return self.made[key]


def test_test_cases_have_no_say():
    work = prepared(Search(9))
    (task,) = work.tasks
    plan = work.plans[task.name][:1]
    target = task.target.copy()
    target[plan[0].test] = 1 - target[plan[0].test]
    found = []
    for one, lies in ((task, False), (task, True), (replace(task, target=target), False)):
        of = replace(work, tasks=(one,), plans={task.name: plan})
        told = Told(of, lies)
        found.append([record.chosen for record in search(of, told, told.compute).records])
    assert found[0] == found[1] == found[2] != [0]


def test_a_grid_takes_the_place_of_the_space(tmp_path):
    grid = {"tunable": {"middle": (2.0, 6.0)}}
    run = carried_out_here(tmp_path, Search(3, grid))
    assert run.searches[0].configurations == ({}, {"middle": 2.0}, {"middle": 6.0})
    assert [one.chosen for one in run.searches] == [2, 2, 2]


def test_where_nothing_works_the_entry_fails_with_the_reason(tmp_path):
    run = carried_out_here(tmp_path, Search(2, {"fails_at_fit": {"C": (1,)}}), "fails_at_fit")
    cells = [cell for cell in run.cells if cell.model == "fails_at_fit+tuned"]
    assert [cell.status for cell in cells] == ["failed"] * 3
    assert "none of its 2 configurations worked" in cells[0].message
    (judged,) = judge(run, draws=50).tasks
    assert judged.searches[0].gain is None and judged.searches[0].n_failed == 6


@pytest.mark.parametrize(
    "asked, models, words",
    [
        (Search(5), ("steady",), "none of the models declares a space"),
        (Search(5, {"tunabel": {"middle": (1,)}}), (), "'tunabel', which does not take part"),
        (Search(5, {"tunable": {"midle": (1,)}}), (), "no parameter 'midle'.  Did you mean"),
    ],
)
def test_what_cannot_be_searched_is_told_before_the_first_fit(asked, models, words):
    with pytest.raises(RequestError, match=words):
        prepared(asked, *models)


def test_gain_optimism_and_budget_are_those_of_the_stored_predictions(first):
    run, _ = first
    (judged,) = judge(run, draws=300).tasks
    (outcome,) = judged.searches
    assert outcome.gain.difference.value > 0.05 and outcome.gain.difference.low > 0
    entries = {entry.name: entry for entry in judged.models}
    (task,) = run.tasks

    def auc(name):
        return np.mean(
            [
                METRICS["roc_auc"](task.target[fold.rows], fold.p)
                for fold in entries[name].predictions
            ]
        )

    assert outcome.gain.difference.value == pytest.approx(auc(TUNED) - auc("tunable"))
    start, end = outcome.by_budget[0], outcome.by_budget[-1]
    assert (start.size, end.size) == (1, 9)
    assert start.outer == pytest.approx(auc("tunable")) and end.outer == pytest.approx(auc(TUNED))
    inner = [
        next(t.figures[0] for t in one.trials if (t.configuration, t.share) == (one.chosen, 1))
        for one in run.searches
    ]
    assert end.inner == pytest.approx(np.mean(inner))
    assert end.optimism == pytest.approx(np.mean(inner) - auc(TUNED))
    assert [point.inner for point in outcome.by_budget] == sorted(
        point.inner for point in outcome.by_budget
    )


def test_what_is_searched_on_permuted_outcomes_finds_nothing(tmp_path):
    work = prepared(Search(9))
    (task,) = work.tasks
    ours = []
    for seed in range(4):
        target = np.random.default_rng(seed).permutation(task.target)
        permuted = replace(work, tasks=(replace(task, target=target),), has_costs=False)
        run = execute_run(
            permuted, Store(tmp_path / str(seed)), 1, Notes(), {"command": "pytest"},
            engine=InThisProcess(),
        )  # fmt: skip
        (judged,) = judge(run, draws=50).tasks
        ours.append(judged.searches[0].by_budget[-1])
    # 4 x 900 tested cases, 35 % of them positive: four standard errors are .04.
    assert abs(np.mean([point.outer for point in ours]) - 0.5) < 0.04
    # Inside, the best of nine looks like something.
    assert np.mean([point.optimism for point in ours]) > 0.01
