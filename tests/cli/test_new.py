import shutil
import subprocess
import sys

import pytest
from intentbench.bench.conformance.model_checks import CHECKS, run_check
from intentbench.bench.errors import RequestError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.cli import new
from intentbench.cli.new import new_model

SETTINGS = new.ROOT / "pyproject.toml"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """Keep the tests' models out of the house: an installed package lies in no checkout."""
    monkeypatch.setattr(new, "ROOT", tmp_path / "site-packages" / "intentbench")


def test_new_model_keeps_the_contract_as_it_stands(tmp_path):
    path = new_model("kaufabsicht_5", tmp_path)
    assert path == tmp_path / "kaufabsicht_5.py"
    plugin = Registry("model", [path]).find("kaufabsicht_5")
    model_class = load(plugin)
    assert model_class.__name__ == "Kaufabsicht5"
    for check in CHECKS:
        run_check(model_class, check.__name__)
    told = outline(plugin)
    assert (told.title, told.family) == ("Kaufabsicht 5", "other")
    assert told.summary == "One line that `intentbench list` prints."


@pytest.mark.parametrize("in_house", [True, False])
def test_new_model_is_written_in_the_style_of_the_house(tmp_path, monkeypatch, in_house):
    monkeypatch.setattr(new, "ROOT", tmp_path)
    if in_house:
        (tmp_path / "models").mkdir()
        (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    path = new_model("my_model", None if in_house else tmp_path)
    ruff = shutil.which("ruff", path=str(new.Path(sys.executable).parent)) or "ruff"
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *command, "--config", str(SETTINGS), str(path)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_in_a_checkout_the_model_goes_into_its_folder(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr(new, "ROOT", tmp_path)
    path = new_model("mine")
    assert path == tmp_path / "models" / "mine.py"
    assert "from ..bench.model import" in path.read_text(encoding="utf-8")


def test_elsewhere_the_model_goes_into_the_present_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = new_model("Mine")
    assert path == tmp_path / "mine.py"
    assert "from intentbench.bench import" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["my-model", "2nd", "", "a b", "../up", "_hidden", "class", "none", "my.model"]
)
def test_name_that_cannot_be_a_modules_is_refused(tmp_path, name):
    with pytest.raises(RequestError, match="cannot be a plugin's name: use letters"):
        new_model(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_file_that_is_there_is_kept(tmp_path):
    path = new_model("mine", tmp_path)
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(RequestError, match="mine.py is there already; choose another name"):
        new_model("mine", tmp_path)
    assert path.read_text(encoding="utf-8") == "precious"


def test_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(RequestError, match="cannot write .*mine.py: No such file or directory"):
        new_model("mine", tmp_path / "gone")
