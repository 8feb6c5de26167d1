from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.cell.transport import receive_blend_rows
from intentbench.bench.ensembles.blending import blend
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.blend_plan import plan_blends
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import load_task, prepare
from intentbench.bench.run.sender import Sender
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.predictions import pooled
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Limits, MemberSet, Suite

from ...in_this_process import InThisProcess

MEMBERS = {"all": MemberSet(("linear", "other", "tree"))}
MODELS = ("steady", "random_draws")


class Notes:
    """Keeps which cells were computed."""

    def __init__(self):
        self.cells = []

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        self.cells += [f"{cell.plugin.name}/{cell.fold}" for cell in cells]

    def finished(self, cell):
        pass

    def says(self, text):
        pass


@pytest.fixture(scope="module")
def prepared():
    """Plan a run of test plugins on the wide shop."""

    def plan(folder, *models, sets=MEMBERS, **resampling):
        suite = Suite(
            name="wide", title="Wide", tasks=("wide_shop",), models=models,
            resampling=Resampling(**{"folds": 2, "inner": 3} | resampling),
            limits=Limits(seconds=600, gigabytes=2), ensembles=sets,
        )  # fmt: skip
        files = [folder / f"{name}.py" for name in models]
        return prepare(
            suite, Registry("model", files), Registry("dataset", [folder / "wide_shop.py"])
        )

    return plan


@pytest.fixture(scope="module")
def run_models(tmp_path_factory, prepared):
    """Carry it out; gives the run and the cells that were computed."""
    default = tmp_path_factory.mktemp("blends")

    def run(folder, *models, results=default, engine=None, **given):
        notes = Notes()
        work, about = prepared(folder, *models, **given), {"command": "pytest"}
        return execute_run(work, Store(results), 1, notes, about, engine=engine), notes.cells

    return run


@pytest.fixture(scope="module")
def first(run_models):
    return run_models(Path(__file__).parents[2] / "plugins", *MODELS)


def blends(run):
    return [cell for cell in run.cells if cell.model == "blending_all"]


def entry_of(run):
    (task,) = judge(run, draws=200).tasks
    return next(entry for entry in task.ensembles if entry.name == "blending_all"), task


def test_one_blend_for_each_fold_is_made_of_the_stored_predictions(first):
    run, computed = first
    assert computed[-2:] == ["blending_all/0", "blending_all/1"] and len(computed) == 20
    (task,) = run.tasks
    assert [(cell.fold, cell.split, cell.done) for cell in blends(run)] == [
        (0, -1, True),
        (1, -1, True),
    ]
    for cell, fold in zip(blends(run), task.folds, strict=True):
        made = run.predictions(cell)
        assert made.test.shape == fold.test.shape
        assert made.valid.shape == fold.valid.shape


def test_a_blend_is_what_blending_gives(first, plugins):
    run, _ = first
    (task,) = run.tasks
    fold = task.folds[1]
    source = Registry("dataset", [plugins / "wide_shop.py"]).find("wide_shop")
    features = load_task(source).cases.features
    found = {
        name: [
            run.predictions(cell)
            for cell in run.cells
            if (cell.model, cell.fold) == (name, 1) and cell.split >= 0
        ]
        for name in blends(run)[1].weights
    }
    assert set(found) == set(MODELS)
    p = np.column_stack([np.concatenate([one.valid for one in of]) for of in found.values()])
    q = np.column_stack([np.mean([one.test for one in of], axis=0) for of in found.values()])
    rows = fold.valid
    ours = blend(p, features.iloc[rows], task.target[rows], None)
    stored = run.predictions(blends(run)[1])
    assert np.array_equal(stored.valid, ours.out_of_sample)
    assert np.array_equal(stored.test, ours.predict(q, features.iloc[fold.test]))
    assert list(blends(run)[1].weights.values()) == ours.stacked.coefficients.tolist()


def test_it_stands_among_the_ensembles_and_finds_what_its_members_cannot(run_models, plugins):
    # Two folds have too few degrees of freedom to establish anything over all pairs.
    run, _ = run_models(plugins, *MODELS, folds=5, engine=InThisProcess())
    entry, task = entry_of(run)
    assert (entry.title, entry.family) == ("Blending, all", "ensemble")
    assert {member.name for member in entry.contestant.members} == set(MODELS)
    assert task.ensembles[0] is entry  # a linear model cannot see that only middling minutes buy
    assert entry.gain.difference.value > 0.08 and entry.gain.difference.low > 0
    assert entry.rival == "steady"


def test_its_costs_are_those_of_all_members_and_its_own(first):
    run, _ = first
    entry, task = entry_of(run)
    stacking = next(e for e in task.ensembles if e.name == "stacking_all")
    models = [model for model in task.models if model.name in MODELS]
    own = blends(run)
    assert stacking.contestant.fit_seconds == pytest.approx(
        sum(model.contestant.fit_seconds for model in models)
    )
    assert entry.contestant.fit_seconds == pytest.approx(
        stacking.contestant.fit_seconds + np.mean([cell.fit_seconds for cell in own])
    )
    for name in ("p50_seconds", "stored_bytes"):
        assert getattr(entry.contestant.costs, name) == pytest.approx(
            sum(getattr(model.contestant.costs, name) for model in models)
            + getattr(own[0].costs, name)
        )
    assert entry.contestant.costs.missing == () and own[1].costs.missing == (
        "they were not measured",
    )
    assert (
        0
        < entry.contestant.costs.p50_seconds
        <= entry.contestant.costs.p95_seconds
        <= entry.contestant.costs.p99_seconds
    )


def test_costs_are_measured_once_a_model(first):
    timed = [cell for cell in first[0].cells if cell.costs.p50_seconds > 0]
    assert [(cell.model, cell.fold, max(cell.split, 0)) for cell in timed] == [
        (name, 0, 0) for name in ("steady", "random_draws", "base_rate", "blending_all")
    ]


def test_second_run_computes_nothing(first, run_models, plugins):
    again, computed = run_models(plugins, *MODELS)
    assert computed == [] and again.manifest["n_reused"] == again.manifest["n_cells"] == 20
    for ours, theirs in zip(blends(first[0]), blends(again), strict=True):
        assert np.array_equal(first[0].predictions(ours).test, again.predictions(theirs).test)


def test_a_run_is_judged_from_what_is_stored(first):
    run, _ = first
    read = read_run(Store(run.predictions.__closure__[0].cell_contents.root), run.run_id)
    assert entry_of(read)[0].scores[Key("roc_auc")] == entry_of(run)[0].scores[Key("roc_auc")]


def test_key_hangs_on_members_and_libraries(first, prepared, plugins):
    run, _ = first
    work, cells = prepared(plugins, *MODELS), [cell for cell in run.cells if cell.split >= 0]

    def keys(cells, **libraries):
        return [blend.key for blend in plan_blends(work, cells, libraries)]

    known = keys(cells)
    refitted = [
        replace(cell, key="new")
        if (cell.model, cell.fold, cell.split) == ("steady", 1, 2)
        else cell
        for cell in cells
    ]
    assert keys(cells[::-1]) == known and len(set(known)) == 2
    assert [ours == theirs for ours, theirs in zip(keys(refitted), known, strict=True)] == [
        True,
        False,
    ]
    assert not set(keys(cells, sklearn="9.9")) & set(known)


def test_failed_members_are_left_out_and_named(first, run_models, plugins):
    run, computed = run_models(plugins, *MODELS, "fails_at_fit", engine=InThisProcess())
    entry, _ = entry_of(run)
    assert {member.name for member in entry.contestant.members} == set(MODELS)
    (why,) = entry.contestant.left_out
    assert "moon" in why
    # The same members as without it: the blends are there already.
    assert {name.split("/")[0] for name in computed} == {"fails_at_fit"}


def test_a_single_model_has_nothing_to_blend(run_models, plugins):
    run, computed = run_models(plugins, "steady")
    assert computed == [] and run.blended == "" and blends(run) == []
    assert judge(run, draws=100).tasks[0].ensembles == ()


def test_too_few_valid_cases_are_said_and_nothing_failed(run_models, plugins, tmp_path):
    run, _ = run_models(plugins, *MODELS, results=tmp_path, inner=1, engine=InThisProcess())
    assert blends(run) == [] and run.manifest["n_failed"] == 0
    entry, _ = entry_of(run)
    assert entry.standing == "not applicable" and len(entry.contestant.failures) == 2
    assert "valid cases are too few to learn from features" in entry.contestant.failures[0]


def test_a_set_that_is_limited_in_time_is_not_blended(run_models, plugins):
    sets = {"quick": MemberSet(("linear", "other"), 1000.0)}
    run, _ = run_models(plugins, *MODELS, sets=sets)
    assert run.blended == "" and blends(run) == []


def test_a_blend_that_failed_fails_alone(first):
    run, _ = first
    cells = tuple(
        replace(cell, status="timed out", message="took longer than the limit of 60 s")
        if cell.model == "blending_all" and cell.fold == 1
        else cell
        for cell in run.cells
    )
    entry, task = entry_of(replace(run, cells=cells))
    assert entry.contestant.failures == ("fold 1: timed out: took longer than the limit of 60 s",)
    others = [*task.models, *task.ensembles]
    assert [other.name for other in others if other.standing == "failed"] == ["blending_all"]


def test_a_worker_that_dies_while_it_is_timed_has_predicted(run_models, plugins, tmp_path):
    run, _ = run_models(plugins, "dies_alone", results=tmp_path)
    cells = [cell for cell in run.cells if cell.model == "dies_alone"]
    assert [cell.done for cell in cells] == [True] * 6
    assert all(cell.costs.missing == ("they were not measured",) for cell in cells)
    (task,) = judge(run, draws=100).tasks
    assert all(entry.standing != "failed" for entry in task.models)


def test_workers_are_told_whom_cases_are_about_and_no_more(first, prepared, plugins, tmp_path):
    work, cells = prepared(plugins, *MODELS), [cell for cell in first[0].cells if cell.split >= 0]
    (task,) = work.tasks
    fold = work.plans[task.name][0]
    names = np.array(["Zoë", "Ann", "Bob"])[np.arange(len(task)) % 3]
    grouped = replace(work, tasks=(replace(task, group=names),))
    cell, cell_of = plan_blends(work, cells, {})[0], {cell.key: cell for cell in cells}
    for number, (of, expected) in enumerate(((work, None), (grouped, names[fold.valid]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        store = Store(tmp_path / "results")
        store.read_predictions = lambda key: first[0].predictions(cell_of[key])
        asked = Sender(of, store, folder).request(cell)
        _, rows, members = receive_blend_rows(Path(asked["rows"]), task.cases)
        assert np.array_equal(rows.valid, fold.valid) and np.array_equal(rows.test, fold.test)
        if expected is None:
            assert rows.who is None
        else:
            assert np.array_equal(rows.who, np.unique(expected, return_inverse=True)[1])
        assert list(members) == list(cell.members)
        for name, splits in cell.members.items():
            told = pooled([[store.read_predictions(key) for key in keys] for keys in splits])
            assert np.array_equal(members[name].valid, told.valid)
            assert np.array_equal(members[name].test, told.test)
