import shutil
from types import SimpleNamespace

import pytest
from intentbench.bench.plugins.registry import ROOT, Registry
from intentbench.bench.plugins.source import source_digest

ALL = {"logistic_regression", "random_forest", "linear_svm"}
CHANGE = "\nMORE = 1\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A copy of the house, so that its files can be edited."""
    for folder in ("bench", "models"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    settle(monkeypatch, tmp_path)
    return tmp_path


def settle(monkeypatch, root):
    for module in ("registry", "source"):
        monkeypatch.setattr(f"intentbench.bench.plugins.{module}.ROOT", root)


def digests(root):
    registry = Registry("model")
    decisive = SimpleNamespace(__file__=root / "bench" / "cell" / "cell.py")
    return {name: source_digest(registry.find(name), [decisive]) for name in ALL}


def append(path, text=CHANGE):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("models/linear_svm.py", {"linear_svm"}),
        ("models/_calibration.py", {"linear_svm"}),
        ("bench/categories.py", ALL),
        ("bench/encoding.py", ALL),
        ("bench/events.py", ALL),
        ("bench/cell/cell.py", ALL),
        ("bench/cell/views.py", ALL),
        ("bench/run/execute.py", set()),
        ("bench/store/records.py", set()),
        ("bench/suite/suite.py", set()),
        ("bench/conformance/model_checks.py", set()),
        ("models/xgboost.py", set()),
    ],
)
def test_changes_with_what_the_plugin_is_built_on_alone(house, file, changed):
    before = digests(house)
    append(house / file)
    after = digests(house)
    assert {name for name in ALL if before[name] != after[name]} == changed


def test_does_not_depend_on_the_place(house, monkeypatch):
    there = digests(house)
    settle(monkeypatch, ROOT)
    assert digests(ROOT) == there


def test_does_not_depend_on_the_names_of_files(house):
    before = digests(house)
    models = house / "models"
    (models / "_calibration.py").rename(models / "_sigmoid.py")
    text = (models / "linear_svm.py").read_text(encoding="utf-8")
    assert "from ._calibration import" in text
    text = text.replace("from ._calibration import", "from ._sigmoid import")
    (models / "linear_svm.py").write_text(text, encoding="utf-8")
    assert digests(house) == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("# a remark\n", "# another\n"),
        ("'A text that stands alone.'\n", "'And another.'\n"),
        ("if TYPE_CHECKING:\n    import a\n", "if TYPE_CHECKING:\n    from .b import c\n"),
    ],
)
def test_what_only_readers_see_decides_nothing(write, given, model, one, other):
    found = [source_digest(given(write(model() + added))) for added in (one, other, CHANGE)]
    assert found[0] == found[1] != found[2]


def test_docstrings_and_layout_decide_nothing(write, given, model):
    before = source_digest(given(write(model())))
    assert "A model of somebody else." in model()
    text = model().replace("A model of somebody else.", "Better said.").replace(", y, *", ",y,  *")
    assert source_digest(given(write(text))) == before


def test_of_two_files_it_is_told_from_which_a_name_comes(write, given):
    write("def f():\n    return 1\n", "a.py")
    write("def f():\n    return 2\n", "b.py")
    text = "from .{} import f\nfrom .{} import f as other\n"
    one = source_digest(given(write(text.format("a", "b"))))
    assert source_digest(given(write(text.format("b", "a")))) != one


def test_helpers_that_import_each_other_are_read_once(write, given):
    write("from .b import g\n", "a.py")
    path = write("from .a import f\n", "b.py")
    before = source_digest(given(write("from .a import f\n")))
    append(path)
    assert source_digest(given(write("from .a import f\n"))) != before


def test_helper_that_is_a_package_counts(write, given):
    path = write("SIZE = 1\n", "helpers/__init__.py")
    plugin = given(write("from .helpers import SIZE\n"))
    before = source_digest(plugin)
    append(path)
    assert source_digest(plugin) != before


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("from intentbench.bench import Model", "bench/model.py"),
        ("from intentbench.bench import TabularModel", "bench/cases.py"),
        ("from intentbench.bench.encoding import Bins", "bench/binning.py"),
        ("from intentbench.bench.encoding import RatedCases", "bench/categories.py"),
        ("import intentbench.bench.encoding as encoding", "bench/encoding.py"),
        ("from intentbench.models._calibration import Sigmoid", "models/_calibration.py"),
    ],
)
def test_file_of_somebody_else_is_built_on_what_it_imports(house, write, given, line, file):
    plugin = given(write(line))
    before = source_digest(plugin)
    append(house / file, "# a remark\n")
    append(house / "bench" / "dataset.py")
    assert source_digest(plugin) == before
    append(house / file)
    assert source_digest(plugin) != before


def test_file_that_cannot_be_parsed_has_a_digest(write, given):
    one = source_digest(given(write("class Broken(:")))
    assert one != source_digest(given(write("class Broken(::")))
