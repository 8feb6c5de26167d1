"""The plan of the house: rooms by the step of the flow, and who may import whom.

A file's room is found by its place: the first folder under ``bench/``, or the file itself at its
root; ``api``, ``cli``, ``models``, ``datasets`` and ``reports`` are one room
each.  A new file in a room needs no line here.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from intentbench.bench.plugins.registry import ROOT, Registry

HEAVY = {
    "imblearn",
    "tensorflow",
    "keras",
    "pgmpy",
    "hmmlearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "interpret",
}

# The contract: what a plugin author reads, and all that stands at the root of bench/.
CONTRACT = {
    "errors", "events", "cases", "task", "model", "categories", "encoding", "tabular", "dataset",
    "one_case", "binning", "keras_library", "policy", "content_columns", "embedding",
    "stored_cases", "fit_blocks",
}  # fmt: skip
# Floors from the ground up; a room may import those named, all of them on lower floors.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(), "keras_library": set(), "one_case": set(), "policy": set(),
    "content_columns": set(), "embedding": {"content_columns", "errors"},
    "stats": set(),
    "language": {"errors"},
    "metrics": set(),
    "audit": {"errors"}, "download": {"errors"}, "events": {"errors"}, "plugins": {"errors"},
    "search": {"errors"},
    "cases": {"content_columns", "errors", "events"},
    "categories": {"cases", "errors", "events", "one_case"},
    "binning": {"cases", "categories", "errors", "events", "one_case"},
    "encoding": {"binning", "cases", "categories", "errors", "events", "one_case"},
    "model": {"cases", "errors", "events"},
    "stored_cases": {"cases", "errors", "events"},
    "fit_blocks": {"cases", "errors", "events", "stored_cases"},
    "task": {"cases", "content_columns", "errors", "events", "stored_cases"},
    "dataset": {"cases", "download", "errors", "events", "stored_cases", "task"},
    "ensembles": {"content_columns", "encoding", "errors", "metrics"},
    "splits": {"cases", "errors", "events", "task"},
    "tabular": {"cases", "encoding", "errors", "events", "model"},
    "variants": {"cases", "encoding", "errors", "events", "keras_library", "model", "plugins"},
    "data_checks": {
        "cases", "content_columns", "encoding", "errors", "events", "splits", "stats", "task",
    },
    "act_or_wait": {"errors", "metrics", "policy", "stats"},
    "suite": {"errors", "metrics", "model", "plugins", "policy", "splits"},
    "store": {"data_checks", "errors", "metrics", "model", "plugins", "splits", "suite", "task"},
    "cell": {*CONTRACT, "act_or_wait", "ensembles", "splits", "store", "variants"},
    "deploy": {
        *CONTRACT, "cell", "ensembles", "metrics", "plugins", "stats", "store",
    },
    "judge": {
        "act_or_wait", "data_checks", "ensembles", "errors", "metrics", "model", "policy",
        "splits", "stats", "store", "suite", "task",
    },
    "conformance": {
        *CONTRACT, "act_or_wait", "cell", "deploy", "metrics", "plugins", "search", "splits",
        "variants",
    },
    "run": {
        *CONTRACT, "act_or_wait", "cell", "conformance", "data_checks", "ensembles", "metrics",
        "plugins", "search", "splits", "store", "suite", "variants",
    },
    "cluster": {
        "cell", "errors", "plugins", "run", "splits", "store", "stored_cases", "suite", "task",
    },
    "serve": {"cases", "content_columns", "deploy", "errors", "events", "metrics", "one_case"},
    "export": {
        "cases", "categories", "content_columns", "deploy", "encoding", "ensembles", "errors",
        "plugins", "serve",
    },
    "train": {
        *CONTRACT, "cell", "deploy", "ensembles", "judge", "metrics", "plugins", "run", "search",
        "splits", "store", "suite", "variants",
    },
    "watch": {
        *CONTRACT, "deploy", "judge", "metrics", "plugins", "splits", "stats", "store", "suite",
        "train",
    },
    "models": CONTRACT - {"content_columns", "dataset", "embedding", "policy"},
    "policies": {"errors", "keras_library", "policy", "stats"},
    "datasets": CONTRACT
    - {"binning", "categories", "embedding", "encoding", "fit_blocks", "keras_library", "model",
       "one_case",
       "policy", "tabular"},
    "reports": {
        "data_checks", "deploy", "errors", "judge", "metrics", "model", "splits", "stats", "store",
        "suite", "task", "watch",
    },
}  # fmt: skip
# Whoever speaks to a reader may ask for the language; errors are below it.
for room in MAY_IMPORT.keys() - {"errors", "language"}:
    MAY_IMPORT[room] |= {"language"}
MAY_IMPORT["api"] = set(MAY_IMPORT)
MAY_IMPORT["cli"] = set(MAY_IMPORT)


@cache
def sources() -> list[Path]:
    """All source files of the house."""
    folders = ("api", "bench", "cli", "datasets", "models", "reports")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def room_of(path: Path) -> str:
    """The room of a file: see the module's docstring."""
    folder, *rest = path.relative_to(ROOT).parts
    return folder if folder != "bench" else Path(rest[0]).stem


@cache
def parsed(path: Path) -> ast.Module:
    """A file's tree; all tests look at the same one."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def forgets_the_trees():
    """Leave no tree behind for the tests of other files: all together take 120 MB."""
    yield
    parsed.cache_clear()


def imported(path: Path) -> Iterator[tuple[Path, str]]:
    """The files of the house that a file imports, anywhere in it, and where it does."""
    for node in ast.walk(parsed(path)):
        where = f"{path.relative_to(ROOT)}, line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            assert not any(name.split(".")[0] == "intentbench" for name in names), where
        elif isinstance(node, ast.ImportFrom):
            assert node.level or node.module.split(".")[0] != "intentbench", where
            if not node.level:
                continue
            place = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            if place.with_suffix(".py").is_file():
                yield place.with_suffix(".py"), where
                continue
            for alias in node.names:
                file = place / f"{alias.name}.py"
                assert file.is_file(), f"{where}: name the file that you import from"
                yield file, where


@cache
def arrows() -> list[tuple[Path, Path, str]]:
    """All imports between files of the house."""
    return [
        (path, target, where)
        for path in sources()
        if path.name != "__init__.py"  # loads its names when they are asked for
        for target, where in imported(path)
    ]


def test_every_room_has_its_line_and_every_line_its_room():
    rooms = {room_of(path) for path in sources()} - {"__init__"}
    assert rooms == set(MAY_IMPORT)


def test_root_of_the_harness_holds_the_contract_and_nothing_else():
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} == {*CONTRACT, "__init__"}


def test_arrows_run_downward_only():
    wrong = [
        f"{where}: {room_of(path)} may not import {room_of(target)}"
        for path, target, where in arrows()
        if room_of(target) not in {room_of(path), *MAY_IMPORT[room_of(path)]}
    ]
    assert not wrong


def test_no_room_stands_above_itself():
    TopologicalSorter(MAY_IMPORT).prepare()


def test_no_file_can_be_reached_from_itself():
    graph: dict[Path, set[Path]] = {}
    for path, target, _ in arrows():
        graph.setdefault(path, set()).add(target)
    TopologicalSorter(graph).prepare()
    assert len(graph) > 100


def test_charts_stand_below_the_sections_that_show_them():
    charts, sections = ROOT / "reports" / "charts", ROOT / "reports" / "sections"
    assert not [
        where for path, to, where in arrows() if path.parent == charts if to.parent == sections
    ]


@pytest.mark.parametrize("home", ["models", "datasets", "bench/policies"])
def test_plugins_know_the_contract_and_their_helpers_alone(home):
    for path, target, where in arrows():
        if room_of(path) == room_of(target) == Path(home).name:
            parts = target.relative_to(ROOT / home).parts
            # What `intentbench new dataset` writes stands on the table.
            assert parts[0].startswith("_") or parts == ("table_file.py",), where


def at_import(tree: ast.AST) -> Iterator[ast.stmt]:
    """The statements that run when a file is imported."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        yield node
        if isinstance(node, (ast.ClassDef, ast.If, ast.With, ast.Try)):
            yield from at_import(node)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_are_imported_where_they_are_used(path):
    for node in at_import(parsed(path)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        heavy = HEAVY & {name.split(".")[0] for name in names}
        assert not heavy, f"{path}, line {node.lineno} imports {heavy}"


def test_harness_names_no_plugin():
    plugins = {*Registry("model").names(), *Registry("dataset").names()}
    found = {
        (path.relative_to(ROOT / "bench").as_posix(), node.value)
        for path in (ROOT / "bench").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in plugins
    }
    # The manifest notes the versions of the libraries of these names, and one is in an extra.
    allowed = {("run/environment.py", "xgboost"), ("run/environment.py", "lightgbm")}
    allowed |= {("plugins/needs.py", "catboost"), ("export/docker.py", "lightgbm")}
    allowed |= {("variants/added.py", "lightgbm")}
    # A claimed base rate is a figure, not the model of that name.
    allowed |= {
        (f"audit/{name}.py", "base_rate")
        for name in ("averages", "claims", "consistency", "fold_means")
    }
    assert found <= allowed


def test_the_root_loads_nothing_by_itself():
    docstring, *rest = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring.value, ast.Constant)
    assert all(isinstance(node, (ast.Assign, ast.FunctionDef)) for node in rest)
