"""Curves from the suite to the judgement: planned, computed, stored, read back."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.judge import judge
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.curve_plan import plan_curve
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import load_task, prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.curve import Curve
from intentbench.bench.suite.suite import Suite, Variant
from intentbench.reports.render import write_report

LEARNING = Curve("learning", "visits", shares=(0.25, 0.5), models=("markov_chain",))
EARLY = Curve("early", "visits", after=(1, 3, "end"))


def a_suite(*curves, data="simulated", **given):
    suite = Suite(
        name="curves", title="Curves", tasks=("visits",),
        models=("base_rate", "decision_tree", "markov_chain"), resampling=Resampling(folds=2),
        variants={"visits": Variant(data, {"n_cases": 600, "length": 6, **given})},
        curves=curves, ensembles={},
    )  # fmt: skip
    return suite


def prepared(suite, *plugins):
    return prepare(suite, Registry("model", plugins), Registry("dataset"))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def run(results):
    silent = SimpleNamespace(
        begins=lambda *given: None,
        planned=lambda *given: None,
        finished=lambda *given: None,
        says=lambda *given: None,
    )
    return execute_run(prepared(a_suite(LEARNING, EARLY)), Store(results), 1, silent, {})


def test_points_are_tasks_with_cells_of_their_own(run):
    assert [task.name for task in run.tasks] == ["visits"]
    names = ["visits@0.25", "visits@0.5", "visits@1", "visits@3", "visits@end"]
    assert [task.name for task in run.points] == names
    learning, early = run.curves
    assert [point.task for point in learning.points] == ["visits@0.25", "visits@0.5", "visits"]
    assert [point.size for point in learning.points] == [59.0, 119.5, 240.0]
    assert [(point.size, point.label) for point in early.points] == [
        (1.0, "1"), (3.0, "3"), (0.0, "end"),
    ]  # fmt: skip
    assert all(cell.done for cell in run.cells)
    # The base rate is in every table.
    models = {task: {c.model for c in run.cells if c.task == task} for task in names}
    assert models["visits@0.25"] == {"base_rate", "markov_chain"} == set(learning.models)
    assert models["visits@end"] == {"base_rate", "decision_tree", "markov_chain"}


def test_all_points_of_a_curve_have_the_same_valid_and_test_cases(run):
    known = {task.name: task for task in (*run.tasks, *run.points)}
    for curve in run.curves:
        first, *others = (known[point.task] for point in curve.points)
        for other in others:
            assert np.array_equal(first.target, other.target)
            for fold, twin in zip(first.folds, other.folds, strict=True):
                assert np.array_equal(fold.test, twin.test)
                assert np.array_equal(fold.splits[0].valid, twin.splits[0].valid)


def test_the_same_again_computes_nothing(run, results):
    done = []
    watcher = SimpleNamespace(
        begins=lambda *given: None,
        planned=lambda *given: None,
        finished=done.append,
        says=lambda text: None,
    )
    again = execute_run(prepared(a_suite(LEARNING, EARLY)), Store(results), 1, watcher, {})
    assert done == [] and again.curves == run.curves


def test_curves_come_from_the_store_to_the_page(run, tmp_path):
    judgement = judge(run, draws=60)
    learning, early = judgement.curves
    assert len(early.ceilings) == 3 and early.chosen == "decision_tree"
    tree = next(entry for entry in early.entries if entry.name == "decision_tree")
    # It reads features, which are known from the start.
    assert tree.whole.difference.value == 0
    text = write_report(judgement, tmp_path).read_text(encoding="utf-8")
    assert 'id="curves"' in text and "How much data, how early" in text
    assert text.count('<section class="task"') == 1
    lines = (tmp_path / "tables" / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 3 + 3 * 3


def test_a_point_fails_alone(plugins, tmp_path):
    text = (plugins / "steady.py").read_text(encoding="utf-8")
    refusing = text.replace(
        "def estimator(self):",
        "def fit(self, cases, y, *, valid):\n"
        '        if len(cases) < 100:\n            raise ValueError("too few")\n'
        "        return super().fit(cases, y, valid=valid)\n\n    def estimator(self):",
    )
    assert refusing != text
    path = tmp_path / "particular.py"
    path.write_text(refusing, encoding="utf-8")
    suite = replace(
        a_suite(replace(LEARNING, models=("particular",))), models=("base_rate", "particular")
    )
    silent = SimpleNamespace(
        begins=lambda *given: None,
        planned=lambda *given: None,
        finished=lambda *given: None,
        says=lambda *given: None,
    )
    found = execute_run(prepared(suite, path), Store(tmp_path / "results"), 1, silent, {})
    failed = {(cell.model, cell.task) for cell in found.cells if not cell.done}
    assert failed == {("particular", "visits@0.25")}
    entry = next(e for e in judge(found, draws=60).curves[0].entries if e.name == "particular")
    assert [score.available for score in entry.scores] == [False, True, True]
    assert "ValueError: too few" in entry.failures[0]


def test_a_thinned_cell_is_another_cell_and_the_whole_is_none_twice():
    keys = [cell.key for cell in plan_cells(prepared(a_suite(LEARNING, EARLY)))]
    # "end" is the whole visit, of those visits that have three events.
    assert len(set(keys)) == len(keys)


def test_curves_of_tasks_left_out_are_left_out():
    suite = a_suite(LEARNING)
    work = prepared(replace(suite, tasks=("simulated",), variants=suite.variants))
    assert work.points == () == work.curves


def test_unknown_models_of_a_curve_are_named():
    with pytest.raises(RequestError) as refused:
        prepared(a_suite(replace(LEARNING, models=("markov_chian",))))
    assert "the learning curve of 'visits' names the model 'markov_chian'" in str(refused.value)
    assert "Did you mean 'markov_chain'?" in str(refused.value)


def test_a_data_set_that_cannot_be_asked_early_says_so(plugins):
    suite = replace(a_suite(EARLY), tasks=("toy_shop",), variants={},
                    curves=(replace(EARLY, task="toy_shop"),))  # fmt: skip
    shops = Registry("dataset", [plugins / "toy_shop.py"])
    with pytest.raises(RequestError, match="'toy_shop' cannot be asked after fewer and after more"):
        prepare(suite, Registry("model"), shops)


def test_points_that_are_not_about_the_same_cases_are_refused():
    source = Registry("dataset").find("simulated")

    def ask(after, same_as):
        return load_task(source, "visits", {"n_cases": 300 + after})

    task = ask(0, 0)
    plan = Resampling(folds=2).plan(task)
    with pytest.raises(RequestError, match="visits@1 and visits@3 are not about the same cases"):
        plan_curve(EARLY, task, plan, Resampling(folds=2), ["base_rate"], ask)


def test_all_points_are_split_as_the_earliest_one_must_be():
    whole = load_task(Registry("dataset").find("simulated"), "visits", {"n_cases": 400})
    start = np.datetime64("2024-01-01", "s") + np.arange(400) % 50 * np.timedelta64(1, "h")
    # Slow visits: by their third event some are in the next test block.
    slow = np.where(np.arange(400) % 7 == 0, 5, 0) * np.timedelta64(1, "h")

    def ask(after, same_as):
        return replace(whole, time=start if after == 1 else start + slow)

    resampling = Resampling(folds=2)
    planned = plan_curve(EARLY, whole, (), resampling, ["base_rate"], ask)
    expected = [fold.fingerprint() for fold in resampling.plan(ask(1, 3))]
    later = [fold.fingerprint() for fold in resampling.plan(ask(3, 3))]
    assert expected != later
    for plan in planned.plans.values():
        assert [fold.fingerprint() for fold in plan] == expected
