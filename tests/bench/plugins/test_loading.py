import sys

import pytest
from intentbench.bench.errors import ModelError
from intentbench.bench.plugins.loading import load


def test_the_one_class_is_given(write, given, model):
    assert load(given(write(model()))).title == "Mine"


def test_imported_classes_do_not_count(write, given, model):
    text = "from intentbench.bench import TabularModel\n" + model()
    assert load(given(write(text))).__name__ == "Mine"


def test_second_load_gives_the_same_class(write, given, model):
    plugin = given(write(model()))
    assert load(plugin) is load(plugin)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "one Model class; found none"),
        ("class Broken(:", "SyntaxError"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
    ],
    ids=["none", "syntax", "error"],
)
def test_file_that_is_no_plugin_is_named(write, given, text, words):
    path = write(text)
    with pytest.raises(ModelError) as refused:
        load(given(path))
    assert words in str(refused.value) and str(path) in str(refused.value)
    assert "intentbench_plugin_mine" not in sys.modules or "Model class" in words


def test_file_of_two_models_is_no_plugin(write, given, model):
    path = write(model("A") + model("B"))
    with pytest.raises(ModelError, match="mine.py must .* one Model class; found A, B"):
        load(given(path))


def test_missing_library_comes_with_the_mend(plugins, given):
    with pytest.raises(ModelError, match="no_such_library.*: pip install no_such_library$"):
        load(given(plugins / "fails_at_import.py"))


@pytest.mark.parametrize("line", ["from numpy import nothing", "import numpy.nothing"])
def test_installed_library_is_not_to_be_installed(write, given, line):
    with pytest.raises(ModelError) as refused:
        load(given(write(line)))
    assert "pip install" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("from {}.thinning import thinned", "thinning.thinned", "splits.thinning.thinned"),
        ("from {}.resampling import Fold", "resampling.Fold", "splits.fold.Fold"),
        ("from {}.registry import Plugin, load", "registry.load", "plugins.loading.load"),
        ("import {}.sound_plan", "sound_plan", "splits.verify"),
        ("from {} import curve_points", "curve_points", "run.curve_plan"),
        ("from {}.cell import carry_out", "cell.carry_out", "cell.cell.fit_and_predict"),
    ],
)
def test_what_moved_is_named_with_its_new_place(write, given, model, line, old, new):
    bench = ".".join(("intentbench", "bench"))
    with pytest.raises(ModelError) as refused:
        load(given(write(f"{line.format(bench)}\n{model()}")))
    assert f"{bench}.{old} is {bench}.{new} now" in str(refused.value)
    assert "pip install" not in str(refused.value)


def test_name_that_never_was_is_no_moved_one(write, given):
    with pytest.raises(ModelError) as refused:
        load(given(write("from intentbench.bench.metrics import no_such_metric")))
    assert "no_such_metric" in str(refused.value) and "Files moved" not in str(refused.value)
