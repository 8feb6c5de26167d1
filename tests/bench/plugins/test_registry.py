import importlib.metadata
import shutil
import sys

import pytest
from intentbench.bench.errors import ModelError, RequestError
from intentbench.bench.model import FAMILIES
from intentbench.bench.plugins.registry import (
    ROOT,
    Outline,
    Plugin,
    Registry,
    did_you_mean,
    load,
    outline,
    source_digest,
)

MODEL = '''
from intentbench.bench import Model
class {name}(Model):
    """A model of somebody else."""
    title, family, views = "Mine", "tree", frozenset({{"features"}})
    def fit(self, cases, y, *, valid): return self
    def predict_proba(self, cases): return None
'''


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    yield write
    for name in [name for name in sys.modules if name.startswith("intentbench_plugin_mine")]:
        del sys.modules[name]


def given(path, kind="model"):
    return Registry(kind, [path]).find(path.stem)


class TestFinding:
    def test_plugins_of_the_house_are_its_files(self):
        for kind, folder in (("model", "models"), ("dataset", "datasets")):
            files = [p.stem for p in (ROOT / folder).glob("*.py") if not p.stem.startswith("_")]
            assert Registry(kind).names() == sorted(files) != []

    def test_nothing_is_imported_to_find_or_describe(self, write):
        path = write("raise SystemExit\n" + MODEL.format(name="Mine"))
        plugin = given(path)
        assert outline(plugin).title == "Mine"
        assert "intentbench_plugin_mine" not in sys.modules

    def test_given_file_is_added(self, plugins):
        registry = Registry("model", [plugins / "steady.py"])
        assert set(registry.names()) == {*Registry("model").names(), "steady"}
        assert registry.find("steady") == Plugin("model", "steady", plugins / "steady.py", None)

    def test_same_file_given_twice_or_from_the_house_is_one_plugin(self, plugins):
        twice = Registry("model", [plugins / "steady.py", plugins / "." / "steady.py"])
        assert twice.names().count("steady") == 1
        own = Registry("model", [ROOT / "models" / "base_rate.py"])
        assert own.find("base_rate").module == "intentbench.models.base_rate"

    def test_two_files_of_one_name_are_named(self, write):
        path = write(MODEL.format(name="Mine"), "base_rate.py")
        with pytest.raises(RequestError) as refused:
            Registry("model", [path])
        said = str(refused.value)
        assert "two models are called 'base_rate'" in said
        assert str(path) in said and str(ROOT / "models" / "base_rate.py") in said

    @pytest.mark.parametrize("name", ["nothing.py", "not_python.txt", "."])
    def test_file_that_is_not_there_is_named(self, plugins, name):
        with pytest.raises(RequestError, match="--plugin .*: there is no Python file"):
            Registry("model", [plugins / name])

    def test_unknown_name_names_the_nearest(self):
        with pytest.raises(RequestError, match="model 'base_rat'.  Did you mean 'base_rate'"):
            Registry("model").find("base_rat")
        with pytest.raises(RequestError, match="unknown dataset 'cdnov'.  Did you mean 'cdnow'"):
            Registry("dataset").find("cdnov")

    def test_nothing_near_is_nothing_said(self):
        assert did_you_mean("zzzz", ["cdnow"]) == ""


class TestEntryPoints:
    @pytest.fixture
    def installed(self, monkeypatch, write, tmp_path):
        def installed(value, name="theirs", group="intentbench.models"):
            point = importlib.metadata.EntryPoint(name, value, group)
            monkeypatch.setattr(
                importlib.metadata,
                "entry_points",
                lambda group: [point] if group == point.group else [],
            )

        monkeypatch.syspath_prepend(tmp_path)
        yield installed
        for name in [name for name in sys.modules if name.startswith("their_package")]:
            del sys.modules[name]

    def test_model_of_another_package_is_found_and_loaded(self, installed, write):
        write("", "their_package/__init__.py")
        path = write(MODEL.format(name="Theirs"), "their_package/model.py")
        installed("their_package.model:Theirs")
        plugin = Registry("model").find("theirs")
        assert (plugin.path, plugin.module) == (path, "their_package.model")
        assert "their_package.model" not in sys.modules
        assert load(plugin).__name__ == "Theirs"

    @pytest.mark.parametrize("module", ["their_package_gone", "their_package_gone.model"])
    def test_package_that_is_gone_is_named(self, installed, module):
        installed(module)
        with pytest.raises(RequestError, match=f"'theirs'.*{module}.*Reinstall its package"):
            Registry("model")

    def test_package_that_fails_at_import_is_named(self, installed, write):
        write("raise RuntimeError('half installed')", "their_package/__init__.py")
        installed("their_package.model")
        with pytest.raises(RequestError, match="'their_package.model'.*half installed"):
            Registry("model")

    def test_name_that_is_taken_is_named(self, installed, write):
        write(MODEL.format(name="Theirs"), "their_package.py")
        installed("their_package", name="base_rate")
        with pytest.raises(RequestError, match="two models are called 'base_rate'"):
            Registry("model")


class TestLoading:
    def load(self, path):
        return load(given(path))

    def test_the_one_class_is_given(self, write):
        assert self.load(write(MODEL.format(name="Mine"))).title == "Mine"

    def test_imported_classes_do_not_count(self, write):
        text = "from intentbench.bench import TabularModel\n" + MODEL.format(name="Mine")
        assert self.load(write(text)).__name__ == "Mine"

    def test_second_load_gives_the_same_class(self, write):
        path = write(MODEL.format(name="Mine"))
        assert self.load(path) is self.load(path)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (
                MODEL.format(name="A") + MODEL.format(name="B"),
                "one Model class; found A, B",
            ),
            ("x = 1", "one Model class; found none"),
            ("class Broken(:", "SyntaxError"),
            ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ],
        ids=["two classes", "none", "syntax", "error"],
    )
    def test_file_that_is_no_plugin_is_named(self, write, text, words):
        path = write(text)
        with pytest.raises(ModelError) as refused:
            self.load(path)
        assert words in str(refused.value) and str(path) in str(refused.value)
        assert "intentbench_plugin_mine" not in sys.modules or "Model class" in words

    def test_missing_library_comes_with_the_mend(self, plugins):
        with pytest.raises(ModelError, match="no_such_library.*: pip install no_such_library$"):
            self.load(plugins / "fails_at_import.py")

    @pytest.mark.parametrize("line", ["from numpy import nothing", "import numpy.nothing"])
    def test_installed_library_is_not_to_be_installed(self, write, line):
        with pytest.raises(ModelError) as refused:
            self.load(write(line))
        assert "pip install" not in str(refused.value)


class TestOutline:
    def outline(self, path):
        return outline(given(path))

    def test_single_and_tuple_assignments_are_read(self, write):
        path = write(
            'class Helper:\n    """Not this."""\n\n'
            'class Mine(Helper):\n    """Says it in a line.\n\n    And more."""\n'
            '    title, family = "Größe", "linear"\n'
            '    requires: tuple = ("xgboost", "keras")\n'
        )
        assert self.outline(path) == Outline(
            "Größe", "linear", "Says it in a line.", ("xgboost", "keras")
        )

    def test_what_is_no_literal_falls_back(self, write):
        path = write(
            'class Mine:\n    """Mine."""\n    title = f"{1}"\n    family = FAMILIES[0]\n'
            "    requires = NEEDED + ('a',)\n    views = {[]: 1}\n"
        )
        assert self.outline(path) == Outline("mine", "other", "Mine.", ())

    @pytest.mark.parametrize("text", ["class Broken(:", "x = '\0'"])
    def test_file_that_cannot_be_parsed_keeps_its_name(self, write, text):
        assert self.outline(write(text)).title == "mine"

    def test_file_without_a_class_keeps_its_name(self, write):
        assert self.outline(write("x = 1")) == Outline("mine", "other", "", ())

    @pytest.mark.parametrize("kind", ["model", "dataset"])
    def test_every_plugin_of_the_house_can_be_described(self, kind):
        registry = Registry(kind)
        for name in registry.names():
            told = outline(registry.find(name))
            assert told.summary.endswith((".", "?")), name
            assert kind == "dataset" or (told.family in FAMILIES and told.title != name), name

    def test_outline_tells_the_truth(self):
        registry = Registry("model")
        told = outline(registry.find("logistic_regression"))
        loaded = load(registry.find("logistic_regression"))
        assert (told.title, told.family) == (loaded.title, loaded.family)


class TestSourceDigest:
    @pytest.fixture
    def house(self, tmp_path, monkeypatch):
        """A copy of the house, so that its files can be edited."""
        for folder in ("bench", "models"):
            shutil.copytree(
                ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
            )
        monkeypatch.setattr("intentbench.bench.plugins.registry.ROOT", tmp_path)
        return tmp_path

    def digests(self, names=("logistic_regression", "random_forest", "linear_svm")):
        registry = Registry("model")
        return {name: source_digest(registry.find(name), ("cell/cell.py",)) for name in names}

    def changed_by(self, house, file):
        before = self.digests()
        with (house / file).open("a", encoding="utf-8") as source:
            source.write("\n# a remark\n")
        after = self.digests()
        return {name for name in before if before[name] != after[name]}

    @pytest.mark.parametrize(
        ("file", "changed"),
        [
            ("models/linear_svm.py", {"linear_svm"}),
            ("models/_calibration.py", {"linear_svm"}),
            ("bench/encoding.py", {"logistic_regression", "random_forest", "linear_svm"}),
            ("bench/events.py", {"logistic_regression", "random_forest", "linear_svm"}),
            ("bench/cell/cell.py", {"logistic_regression", "random_forest", "linear_svm"}),
            ("bench/run/execute.py", set()),
            ("bench/conformance/model_checks.py", set()),
            ("models/xgboost.py", set()),
        ],
    )
    def test_changes_with_what_the_plugin_is_built_on_alone(self, house, file, changed):
        assert self.changed_by(house, file) == changed

    def test_does_not_depend_on_the_place(self, house, monkeypatch):
        there = self.digests()
        monkeypatch.setattr("intentbench.bench.plugins.registry.ROOT", ROOT)
        assert self.digests() == there

    def test_file_of_somebody_else_is_built_on_the_contract(self, house, write):
        plugin = given(write(MODEL.format(name="Mine")))
        before = source_digest(plugin)
        (house / "bench" / "model.py").open("a").close()
        assert source_digest(plugin) == before
        write_more = (house / "bench" / "model.py").read_text(encoding="utf-8") + "# more\n"
        (house / "bench" / "model.py").write_text(write_more, encoding="utf-8")
        assert source_digest(plugin) != before

    def test_file_that_cannot_be_parsed_has_a_digest(self, write):
        one = source_digest(given(write("class Broken(:")))
        assert one != source_digest(given(write("class Broken(::")))
