"""Parameters that a suite gives to models: who takes part because of them, and what is refused."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.given_parameters import taking_part_in_suite
from intentbench.bench.run.prepare import prepare
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.suite import Suite
from intentbench.bench.train.named_model import named_model

PRIVATE = "private_naive_bayes"
GOOD = {"epsilon": 1.0, "categories": {"channel": ["mail", "ad"]}}
SHOP = Path(__file__).parents[2] / "plugins" / "toy_shop.py"


def suite(*models, **parameters):
    return Suite("s", "S", ("toy_shop",), models, parameters=parameters)


def test_a_model_that_must_be_told_takes_part_only_where_it_is():
    models = Registry("model")
    names = [plugin.name for plugin, _ in taking_part_in_suite(suite(), models)]
    assert "naive_bayes" in names and PRIVATE not in names
    names = [plugin.name for plugin, _ in taking_part_in_suite(suite(private_tan=GOOD), models)]
    assert "private_tan" in names and PRIVATE not in names


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (suite(PRIVATE), "must be told epsilon, bounds, categories"),
        (suite(PRIVATE, **{PRIVATE: {"epsilom": 1}}), "Did you mean 'epsilon'"),
        (suite("naive_bayes", no_such=GOOD), "no_such"),
        (suite(PRIVATE, **{PRIVATE: {**GOOD, "epsilon": 0}}), "it must be a number above 0"),
        (suite(PRIVATE, **{PRIVATE: {"epsilon": 1}}), "state what is public"),
        (suite(PRIVATE, **{PRIVATE: {**GOOD, "bounds": {"x": [0, 1]}}}), "is no column"),
    ],
)
def test_what_cannot_be_meant_stops_the_run_before_a_fit(given, words):
    with pytest.raises(RequestError, match=words):
        prepare(given, Registry("model"), Registry("dataset", [SHOP]))


def test_parameters_reach_the_cells_and_their_keys():
    given = suite("naive_bayes", PRIVATE, naive_bayes={"smoothing": 9.0}, **{PRIVATE: GOOD})
    work = prepare(given, Registry("model"), Registry("dataset", [SHOP]))
    cells = {cell.plugin.name: cell for cell in plan_cells(work)}
    assert cells["naive_bayes"].params == {"smoothing": 9.0} and cells[PRIVATE].params == GOOD
    other = replace(work, suite=replace(given, parameters={PRIVATE: {**GOOD, "epsilon": 2.0}}))
    others = {cell.plugin.name: cell for cell in plan_cells(other)}
    assert others["base_rate"].key == cells["base_rate"].key
    assert others[PRIVATE].key != cells[PRIVATE].key


def test_a_suite_file_says_them(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('tasks = ["cdnow"]\n[model.private_tan]\nepsilon = 0.5\n', encoding="utf-8")
    assert load_suite(str(file)).parameters == {"private_tan": {"epsilon": 0.5}}
    file.write_text('tasks = ["cdnow"]\nmodel = 3\n', encoding="utf-8")
    with pytest.raises(RequestError, match="as in \\[model.xgboost\\]"):
        load_suite(str(file))


def test_training_on_all_cases_uses_them():
    content = {"parameters": {PRIVATE: GOOD}}
    run = SimpleNamespace(searches=(), transfer=None, manifest={"suite_content": content})
    made = named_model(run, "toy_shop", PRIVATE, Registry("model")).make()
    assert made.epsilon == 1.0 and made.categories == GOOD["categories"]
    # Runs that were stored before suites gave any.
    run = SimpleNamespace(searches=(), transfer=None, manifest={"suite_content": {}})
    assert named_model(run, "toy_shop", "tan", Registry("model")).make().get_params()
