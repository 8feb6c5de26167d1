"""``run --best`` adds variants of strong models to all models, unless some are named."""

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.variants.named import find_model
from intentbench.cli import run
from intentbench.cli.best import members_of_best
from intentbench.cli.main import main

MODELS = Registry("model")


def test_all_models_and_variants_with_ratios_are_named():
    names = members_of_best(MODELS)
    assert names[: len(MODELS.names())] == list(MODELS.names())
    added = names[len(MODELS.names()) :]
    assert added and all(name.endswith("+ratios") for name in added)
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
