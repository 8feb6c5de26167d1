"""``run --best`` adds variants of strong models to all models, unless some are named."""

from dataclasses import replace

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.given_parameters import taking_part_in_suite
from intentbench.bench.suite.suite import Suite
from intentbench.bench.variants.named import find_model
from intentbench.cli import run
from intentbench.cli.best import members_of_best
from intentbench.cli.main import main

MODELS = Registry("model")
SUITE = Suite("all", "All", ("cdnow",))


def test_best_is_a_run_of_models_that_all_can_take_part():
    found = taking_part_in_suite(SUITE.narrowed([], members_of_best(MODELS)), MODELS)
    assert not any(described.waits for _, described in found)
    told = {"private_tan": {"epsilon": 1.0}}
    suite = replace(SUITE, parameters=told, models=tuple(members_of_best(MODELS, told)))
    assert "private_tan" in [plugin.name for plugin, _ in taking_part_in_suite(suite, MODELS)]


def test_all_models_and_variants_with_more_columns_are_named():
    names = members_of_best(MODELS)
    nobody_named = [plugin.name for plugin, _ in taking_part_in_suite(SUITE, MODELS)]
    assert names[: len(nobody_named)] == nobody_named
    added = names[len(nobody_named) :]
    assert added and all(name.endswith(("+ratios", "+counts")) for name in added)
    assert all(find_model(MODELS, name)[1].family in ("tree", "deep") for name in added)


@pytest.mark.parametrize(
    "flags, has_variants",
    [(["--best"], True), (["--best", "--model", "xgboost"], False), ([], False)],
)
def test_they_take_part_where_nobody_names_models(flags, has_variants, monkeypatch, tmp_path):
    asked = []

    def stop(suite, *_rest, **_more):
        asked.append(suite)
        raise RequestError("that is enough")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "run_suite", stop)
    assert main(["run", "shoppers", *flags]) == 2
    (suite,) = asked
    assert any("+ratios" in name for name in suite.models) == has_variants
    assert suite.resampling.inner == (5 if "--best" in flags else 1)
