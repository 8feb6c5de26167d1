import sys

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.needs import needs
from intentbench.bench.plugins.outline import Outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.suite.suite import Suite
from intentbench.cli.main import main


@pytest.fixture
def without_tensorflow(monkeypatch):
    for library in ("tensorflow", "keras"):
        monkeypatch.setitem(sys.modules, library, None)


def described(*requires):
    return Outline("Mine", "other", "", requires)


def test_what_is_there_is_not_needed():
    assert needs(described()) == needs(described("sklearn", "xgboost")) == ""


def test_what_is_missing_is_named_with_the_command_that_brings_it(without_tensorflow):
    said = "needs TensorFlow: pip install 'intentbench[deep]'"
    assert needs(described("tensorflow", "keras")) == said
    assert (
        needs(described("no_such_library")) == "needs no_such_library: pip install no_such_library"
    )


def suite(*models):
    return Suite("toy", "Toy", ("toy_shop",), models)


def planned(plugins, *models):
    datasets = Registry("dataset", [plugins / "toy_shop.py"])
    return prepare(suite(*models), Registry("model"), datasets)


def test_deep_models_are_left_out_where_tensorflow_is_missing(without_tensorflow, plugins):
    work = planned(plugins, "logistic_regression", "mlp", "gru")
    assert [plugin.name for plugin, _ in work.models] == ["logistic_regression", "base_rate"]
    assert set(work.left_out) == {"mlp", "gru"}
    whole = planned(plugins)
    families = {outlined.family for _, outlined in whole.models}
    assert "deep" not in families and "tree" in families
    assert {"mlp", "gru", "transformer"} <= set(whole.left_out)


def test_run_of_deep_models_alone_is_refused_where_tensorflow_is_missing(
    without_tensorflow, plugins
):
    with pytest.raises(RequestError, match="'gru' needs TensorFlow: pip install 'intentbench"):
        planned(plugins, "gru")


def test_list_says_what_is_needed(without_tensorflow, capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (gru,) = [line for line in lines if line.startswith("  gru ")]
    (tree,) = [line for line in lines if line.startswith("  decision_tree ")]
    assert gru.endswith("(needs TensorFlow: pip install 'intentbench[deep]')")
    assert "needs" not in tree


def test_all_models_take_part_where_all_is_installed(plugins):
    assert not planned(plugins, "gru", "logistic_regression").left_out
