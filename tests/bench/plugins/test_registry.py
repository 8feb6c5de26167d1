import importlib.metadata
import sys

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import ROOT, Plugin, Registry


class TestFinding:
    def test_plugins_of_the_house_are_its_files(self):
        for kind, folder in (("model", "models"), ("dataset", "datasets")):
            files = [p.stem for p in (ROOT / folder).glob("*.py") if not p.stem.startswith("_")]
            assert Registry(kind).names() == sorted(files) != []

    def test_nothing_is_imported_to_find_or_describe(self, write, given, model):
        path = write("raise SystemExit\n" + model())
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

    def test_two_files_of_one_name_are_named(self, write, model):
        path = write(model(), "base_rate.py")
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

    def test_model_of_another_package_is_found_and_loaded(self, installed, write, model):
        write("", "their_package/__init__.py")
        path = write(model("Theirs"), "their_package/model.py")
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

    def test_name_that_is_taken_is_named(self, installed, write, model):
        write(model("Theirs"), "their_package.py")
        installed("their_package", name="base_rate")
        with pytest.raises(RequestError, match="two models are called 'base_rate'"):
            Registry("model")
