"""What cells are expected to take, and that the cheap ones come first."""

from dataclasses import replace

import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.expected_time import ExpectedTime, cheap_first, whole_models_first
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.records import CellRecord
from intentbench.bench.suite.suite import Suite

MODELS = ("mlp", "decision_tree", "logistic_regression", "tan")


@pytest.fixture(scope="module")
def work():
    plugins = __file__.rpartition("/bench/run/")[0] + "/plugins"
    suite = Suite("toy", "Toy", ("toy_shop",), MODELS, resampling=Resampling(folds=3), ensembles={})
    return prepare(suite, Registry("model"), Registry("dataset", [f"{plugins}/toy_shop.py"]))


def done(cell, seconds, status="done"):
    return CellRecord(
        **cell.place(status),
        fit_seconds=0.5 * seconds,
        predict_seconds=0.25 * seconds,
        wall_seconds=seconds,
    )


def of(cells, model):
    return [cell for cell in cells if cell.plugin.name == model]


def test_what_cells_of_a_model_took_is_what_others_of_it_will_take(work):
    expected, cells = ExpectedTime(work), plan_cells(work)
    one, two, three = of(cells, "tan")
    expected.learn(done(one, 10.0))
    expected.learn(done(two, 30.0))
    sizes = [work.n_fitted(cell) for cell in (one, two, three)]
    assert expected.of(three) == pytest.approx(40 / (sizes[0] + sizes[1]) * sizes[2])


def test_failed_cell_teaches_nothing(work):
    expected, cells = ExpectedTime(work), plan_cells(work)
    before = expected.of(cells[0])
    expected.learn(done(cells[0], 100.0, "failed"))
    assert expected.of(cells[0]) == before


def test_models_not_seen_yet_are_scaled_by_those_that_were(work):
    expected, cells = ExpectedTime(work), plan_cells(work)
    (tree, *_), (deep, *_) = of(cells, "decision_tree"), of(cells, "mlp")
    guessed_tree, guessed = expected.of(tree), expected.of(deep)
    expected.learn(done(tree, 7 * guessed_tree))
    assert expected.of(deep) == pytest.approx(7 * guessed)


def test_cheap_models_come_first_and_keep_their_order(work):
    cells = plan_cells(work)
    ordered = cheap_first(cells, ExpectedTime(work))
    names = list(dict.fromkeys(cell.plugin.name for cell in ordered))
    assert names[0] == "base_rate" and names[-1] == "mlp"
    assert sorted(cell.key for cell in ordered) == sorted(cell.key for cell in cells)
    for name in names:
        assert [cell.key for cell in of(ordered, name)] == [cell.key for cell in of(cells, name)]


def test_what_is_known_beats_the_family(work):
    cells, expected = plan_cells(work), ExpectedTime(work)
    expected.learn(done(of(cells, "logistic_regression")[0], 500.0))
    expected.learn(done(of(cells, "mlp")[0], 1e-5))
    names = [cell.plugin.name for cell in cheap_first(cells, expected)]
    assert names[-1] == "logistic_regression" and names.index("mlp") < names.index("tan")


def test_family_that_there_is_not_is_taken_for_any_other(work):
    expected = ExpectedTime(work)
    assert expected.of_model("mine", "magic", 1000) == expected.of_model("mine", "other", 1000) > 0


def test_cells_of_other_works_are_ordered_too(work):
    other = replace(work, plans={f"{name}_2": plan for name, plan in work.plans.items()})
    cells = [replace(cell, task=f"{cell.task}_2") for cell in plan_cells(work)]
    assert len(cheap_first(cells, ExpectedTime(other))) == len(cells)


def test_in_limited_time_each_model_is_made_whole_and_families_take_turns(work):
    trees = [
        replace(cell, plugin=replace(cell.plugin, name=f"tree_{number}"))
        for cell in of(plan_cells(work), "decision_tree")
        for number in range(3)
    ]
    ordered = whole_models_first([*plan_cells(work), *trees], ExpectedTime(work))
    names = [cell.plugin.name for cell in ordered]
    runs = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert len(runs) == len(set(names)) == 8  # none is begun twice
    assert runs[:3] == ["base_rate", "logistic_regression", "decision_tree"]
    assert runs.index("tan") < runs.index("tree_1")  # not all trees before the first of another


def test_in_limited_time_a_model_that_turns_out_dear_waits_for_others(work):
    trees = [
        replace(cell, plugin=replace(cell.plugin, name=f"tree_{number}"))
        for cell in of(plan_cells(work), "decision_tree")
        for number in range(3)
    ]
    expected = ExpectedTime(work)
    names = []
    for cell in whole_models_first([*plan_cells(work), *trees], expected):
        names.append(cell.plugin.name)
        dear = 50.0 if cell.plugin.name == "decision_tree" else 1.0
        expected.learn(done(cell, dear * expected.of(cell)))
    assert len(names) == 24
    first = names.index("decision_tree")
    assert names[first + 1] != "decision_tree"
    others = [i for i, name in enumerate(names) if name in ("tan", "tree_0", "tree_1", "tree_2")]
    assert names.index("decision_tree", first + 1) > max(others)
