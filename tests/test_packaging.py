import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
from intentbench.bench.plugins.registry import ROOT

NO_SOURCE = shutil.ignore_patterns(
    ".*", "__pycache__", "results", "build", "dist", "*.egg-info", "*.pyc"
)
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "copy", ignore=NO_SOURCE)
    # A file that a careless package list or a glob would take along.
    (folder / "copy" / "models" / "notes.txt").write_text("mine", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps",
            "--no-build-isolation", "--no-index", "--wheel-dir", folder / "out", folder / "copy",
        ],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (folder / "out").glob("*.whl")
    return path


def test_wheel_that_is_installed_elsewhere_does_what_its_messages_say(wheel, tmp_path, plugins):
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    here.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(elsewhere)
    shutil.copy(plugins / "toy_shop.py", here)
    (here / "toy.toml").write_text(
        'tasks = ["toy_shop"]\nmodels = ["decision_tree"]\n[resampling]\nfolds = 2', "utf-8"
    )

    def intentbench(*words):
        return subprocess.run(
            [sys.executable, "-P", "-m", "intentbench", *words], cwd=here,
            env=os.environ | {"PYTHONPATH": "../elsewhere"}, capture_output=True, text=True,
        )  # fmt: skip

    # In the checkout of these tests it would be written into the house.
    made = intentbench("new", "model", "my_model")
    assert made.returncode == 0 and (here / "my_model.py").is_file(), made.stderr
    file = here / "my_model.py"
    assert f"intentbench check {file}, then intentbench run smoke --plugin {file}" in made.stderr
    checked = intentbench("check", str(file))
    assert checked.returncode == 0 and str(file) in checked.stdout, checked.stdout
    ran = intentbench("run", "toy.toml", "--plugin", str(file), "--plugin", "toy_shop.py")
    assert ran.returncode == 0, ran.stderr
    (report,) = ran.stdout.splitlines()
    page = (here / report).read_text(encoding="utf-8")
    assert "My model" in page and "Decision tree" in page
    assert len(list(here.glob("results/cells/*/*/cell.json"))) >= 6


def test_wheel_holds_the_house_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        wheel = {name for name in archive.namelist() if ".dist-info/" not in name}
    patterns = (
        "*.py", "api/**/*.py", "bench/**/*.py", "bench/language/catalogs/*.mo",
        "bench/suite/*.toml", "cli/**/*.py", "models/**/*.py", "datasets/**/*.py",
        "reports/**/*.py", "reports/*.toml", "reports/templates/*.j2", "reports/static/*",
    )  # fmt: skip
    expected = {
        f"intentbench/{path.relative_to(ROOT).as_posix()}"
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if path.is_file()
    }
    assert wheel == expected
    assert "intentbench/bench/suite/default.toml" in wheel
    assert any(name.endswith(".css") for name in wheel)
    assert not any("/tests/" in name or "/test_" in name for name in wheel)


def test_every_folder_of_the_house_is_a_listed_package():
    folders = {
        path.parent.relative_to(ROOT)
        for home in ("api", "bench", "cli", "datasets", "models", "reports")
        for path in (ROOT / home).rglob("*.py")
    }
    for folder in folders:
        assert (ROOT / folder / "__init__.py").is_file(), folder
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {".".join(("intentbench", *folder.parts)) for folder in folders}
    assert set(packages["tool"]["setuptools"]["packages"]) == named | {"intentbench"}


def pins(path):
    """Each pinned requirement of a file, with its hashes."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group().lower().replace("_", "-")


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
class TestRequirements:
    def test_every_requirement_is_pinned_with_a_hash(self, path):
        pinned = r"[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+"
        assert len(pins(path)) > 10
        for line in pins(path):
            assert re.fullmatch(pinned, line, re.IGNORECASE), line[:120]

    def test_no_address_is_named(self, path):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links|(^|\s)-[if] | @ ", text)

    def test_no_torch_anywhere(self, path):
        assert not [line for line in pins(path) if re.match(r"(py)?torch|triton", name_of(line))]

    def test_no_gpu_library_where_there_are_wheels_without(self, path):
        for line in pins(path):
            if re.match(r"nvidia|xgboost$|tensorflow$", name_of(line)):
                assert "platform_machine != 'x86_64'" in line, line[:120]


def test_all_that_the_project_needs_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = {name_of(line) for line in pins(ROOT / "requirements" / "run.txt")}
    dev = {name_of(line) for line in pins(ROOT / "requirements" / "dev.txt")}
    extras = project["optional-dependencies"]
    assert {name_of(text) for text in project["dependencies"] + extras["deep"]} <= run
    others = ("dev", "boosters", "dask", "imbalance", "serve", "mlflow", "onnx")
    assert {name_of(text) for name in others for text in extras[name]} <= dev


def test_development_pins_agree_with_those_of_a_run():
    run, dev = (
        {line.split(" ")[0] for line in pins(ROOT / "requirements" / name)}
        for name in ("run.txt", "dev.txt")
    )
    assert run - dev == set()
