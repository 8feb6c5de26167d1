import pytest
from intentbench.bench.language.sentence import said
from intentbench.bench.language.speaking import speaking
from intentbench.bench.model import FAMILIES
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import Outline, kind_of_file, outline
from intentbench.bench.plugins.registry import Registry


def test_single_and_tuple_assignments_are_read(write, given):
    path = write(
        'class Helper:\n    """Not this."""\n\n'
        'class Mine(Helper):\n    """Says it in a line.\n\n    And more."""\n'
        '    title, family = "Größe", "linear"\n'
        '    requires: tuple = ("xgboost", "keras")\n'
    )
    assert outline(given(path)) == Outline(
        "Größe", "linear", "Says it in a line.", ("xgboost", "keras")
    )


def test_what_is_no_literal_falls_back(write, given):
    path = write(
        'class Mine:\n    """Mine."""\n    title = f"{1}"\n    family = FAMILIES[0]\n'
        "    requires = NEEDED + ('a',)\n    views = {[]: 1}\n"
    )
    assert outline(given(path)) == Outline("mine", "other", "Mine.", ())


@pytest.mark.parametrize("text", ["class Broken(:", "x = '\0'"])
def test_file_that_cannot_be_parsed_keeps_its_name(write, given, text):
    assert outline(given(write(text))).title == "mine"


def test_file_without_a_class_keeps_its_name(write, given):
    assert outline(given(write("x = 1"))) == Outline("mine", "other", "", ())


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_every_plugin_of_the_house_can_be_described(kind):
    registry = Registry(kind)
    for name in registry.names():
        told = outline(registry.find(name))
        assert told.summary.endswith((".", "?")), name
        assert kind == "dataset" or (told.family in FAMILIES and told.title != name), name


def test_outline_tells_the_truth():
    registry = Registry("model")
    told = outline(registry.find("logistic_regression"))
    loaded = load(registry.find("logistic_regression"))
    assert (told.title, told.family) == (loaded.title, loaded.family)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("class A(Dataset):\n    pass", "dataset"),
        ("from intentbench.datasets.cdnow import Cdnow\nclass A(Cdnow):\n    pass", "dataset"),
        ("class A(Model):\n    pass", "model"),
        ("F2 = Metric('f2')", "metric"),
        (
            "from intentbench.bench import Metric as M\ndef f(b):\n    return M(b)\nF = f(2)",
            "metric",
        ),
        ("import intentbench.bench.metrics as m\nF = m.Metric('f2')", "metric"),
        ("class A(Model):\n    compares_by = Metric('f2')", "model"),
        ("x = 1", "model"),
        ("class Broken(:", "model"),
    ],
)
def test_kind_of_a_file_is_told_without_running_it(write, text, kind):
    assert kind_of_file(write(text + "\nraise SystemExit\n")) == kind


def test_title_in_other_languages_is_said_there(write, given):
    titles = 'titles = {"zh": "我的模型", "fr": "Mon modèle"}'
    title = outline(given(write(f'class Mine:\n    title = "Mine"\n    {titles}\n'))).title
    assert title == said(title) == "Mine"
    with speaking("zh"):
        assert said(title) == "我的模型"


@pytest.mark.parametrize("titles", ["{'zh': 3}", "'zh'", "named()"])
def test_titles_that_are_none_are_passed_over(write, given, titles):
    title = outline(given(write(f'class Mine:\n    title = "Mine"\n    titles = {titles}\n'))).title
    with speaking("zh"):
        assert said(title) == "Mine"
