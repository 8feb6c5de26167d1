"""What pages, docstrings and comments name is there: files by their paths, code by its names."""

import ast
import re
from importlib import import_module
from pathlib import Path

import intentbench
import pytest
from intentbench.bench.plugins.registry import ROOT

FOLDERS = ("api", "bench", "benchmarks", "cli", "datasets", "docs", "models", "reports", "tests")
ENDINGS = ("py", "md", "toml", "txt", "csv", "json", "html", "j2", "css", "js", "parquet", "data")
PATH = re.compile(rf"(?<![\w./$])(?:{'|'.join(FOLDERS)})/[\w./-]*\w\.(?:{'|'.join(ENDINGS)})\b")
ROOM = re.compile(rf"`((?:{'|'.join(FOLDERS)})(?:/\w+)+)/?`")
MODULE = re.compile(r"\bintentbench(?:\.[a-z_]+)+\b")
DOTTED = re.compile(r"(?<!`)`{1,2}([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*?\))?`{1,2}")
ENTRY_POINTS = {f"intentbench.{kind}" for kind in ("models", "datasets", "metrics", "policies")}
# Files that a page tells its reader to write.
OWN = re.compile(r"(?:^|/)my_\w+\.\w+$")
NAMED = re.compile(r"^ *```\w+ (\S+)$", re.MULTILINE)
SOURCES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent != ROOT / "tests" / "plugins"
]


def missing_paths(text):
    written = NAMED.findall(text)
    gone = [
        path
        for path in PATH.findall(text)
        if not (ROOT / path).exists() and path not in written and not OWN.search(path)
    ]
    rooms = [room for room in ROOM.findall(text) if not (ROOT / room).exists()]
    return [*gone, *(room for room in rooms if not (ROOT / f"{room}.py").exists())]


def missing_modules(text):
    return [dotted for dotted in MODULE.findall(text) if not is_there(dotted)]


def is_there(dotted):
    place, (*inside, last) = ROOT, dotted.split(".")[1:]
    for part in inside:
        if (place / f"{part}.py").exists():
            return True  # what follows is a name in it
        place /= part
    if (place / last).is_dir() or (place / f"{last}.py").exists() or dotted in ENTRY_POINTS:
        return True
    # A name that a package loads when it is asked for.
    package = ".".join(("intentbench", *inside))
    return (place / "__init__.py").exists() and hasattr(import_module(package), last)


class Names:
    """All names of the house's sources.

    ``modules`` are the files; ``used`` every identifier; ``homes`` the modules and rooms of each
    function that stands in no class.
    """

    def __init__(self):
        self.modules = {path.stem for path in SOURCES}
        self.used = {"intentbench", "keras", "numpy", "pandas", "sklearn", *self.modules}
        self.homes, methods = {}, set()
        for path in SOURCES:
            self.used.add(path.parent.name)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.homes.setdefault(node.name, set()).update((path.stem, path.parent.name))
            for node in ast.walk(tree):
                for attribute in ("id", "attr", "arg", "name", "asname", "value"):
                    value = getattr(node, attribute, None)
                    if isinstance(value, str) and value.isidentifier():
                        self.used.add(value)
                if isinstance(node, ast.ClassDef):
                    methods |= {part.name for part in node.body if hasattr(part, "name")}
        for name in methods:
            self.homes.pop(name, None)
        for name in dir(intentbench):
            if name in self.homes:
                self.homes[name].add("intentbench")

    def unknown(self, text):
        """Names such as ``module.function`` of which a part, or the function in it, is gone."""
        modules = self.modules | {Path(name).stem for name in NAMED.findall(text)}
        for dotted in DOTTED.findall(text):
            *before, last = dotted.split(".")
            if last == "py":
                if before[-1] not in modules and not OWN.search(dotted):
                    yield dotted
            elif last not in ENDINGS and before[-1] not in modules - self.modules:
                homes = self.homes.get(last, set(before))
                if not {*before, last} <= self.used or not homes & set(before):
                    yield dotted


@pytest.fixture(scope="module")
def names():
    return Names()


def wrong(text, names, *, modules=True):
    missing = missing_modules(text) if modules else []
    return [*missing_paths(text), *missing, *names.unknown(text)]


def test_what_a_page_names_is_there(page, names):
    assert wrong(page.read_text(encoding="utf-8"), names) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_source_names_is_there(folder, names):
    # Tests ask for modules by names that are gone, to see what is said of them.
    found = {
        str(path.relative_to(ROOT)): wrong(
            path.read_text(encoding="utf-8"), names, modules=folder != "tests"
        )
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] == folder
    }
    assert {path: gone for path, gone in found.items() if gone} == {}


@pytest.mark.parametrize(
    "text",
    [
        "see bench/" + "curve.py",
        "see tests/bench/" + "test_judge.py",
        "see `bench/" + "curves/`",
        "import intentbench.bench." + "rereading",
        "``sound_" + "plan.verify_plan``",
        "`alarms." + "leak_alarms`",
        "`_back_" + "offs.py`",
    ],
)
def test_a_file_or_a_name_that_moved_is_told(text, names):
    assert len(wrong(text, names)) == 1


def test_what_a_reader_is_to_write_need_not_be_there(names):
    text = (
        "```python bench/" + "new_file.py\n```\nmodels/my_model.py, `my_shop/visits.csv`, `np.nan`"
    )
    assert wrong(text, names) == []
