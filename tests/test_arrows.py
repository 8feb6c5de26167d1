"""The plan of the house: who may import whom.  Arrows run downward only."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest
from intentbench.bench.registry import ROOT, Registry

FOLDERS = ("bench", "models", "datasets", "reports")
HEAVY = {"tensorflow", "keras", "pgmpy", "hmmlearn", "xgboost"}

# A file of bench/ may import those on lower floors.  A new file gets its floor here.
FLOORS = {
    1: {
        "equivalence",
        "errors",
        "findings",
        "half_spaces",
        "latency",
        "mcnemar",
        "moderated",
        "pareto",
        "stats",
        "suites",
        "sums",
    },
    2: {
        "across_tasks",
        "calibrators",
        "claims",
        "curve",
        "events",
        "metrics",
        "opening",
        "partial",
        "power_law",
        "thresholds",
    },
    3: {
        "bootstrap",
        "cases",
        "decisions",
        "diversity",
        "greedy",
        "linear_pool",
        "receiving",
        "stacking",
        "unpacking",
    },
    4: {"boosted_stacking", "encoding", "fetch", "fold_means", "model", "task"},
    5: {"blending", "consistency", "dataset", "ensembles", "resampling", "tabular"},
    6: {
        "copies",
        "drift",
        "encoded_targets",
        "later",
        "odd_columns",
        "registry",
        "rereading",
        "results",
        "thinning",
        "transport",
    },
    7: {
        "auditing",
        "cell",
        "curve_points",
        "fetching",
        "fitness",
        "judgement",
        "profile",
        "reading_claims",
        "scaffold",
        "sound_plan",
        "store",
        "suite",
        "surroundings",
    },
    8: {
        "blend_cell",
        "contestants",
        "fence",
        "own_data",
        "plausible",
        "runs",
        "scoring",
        "trial",
        "two_runs",
    },
    9: {
        "alarms",
        "blends",
        "calibrating",
        "combining",
        "ceiling",
        "checks",
        "chosen_on_valid",
        "comparing",
        "gate",
        "outcomes",
        "progress",
        "run_writer",
    },
    10: {"curve_scores", "runner", "validity", "worker"},
    11: {"comparing_runs", "conformance", "judge"},
    12: {"cli"},
}
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names}
MAY_IMPORT = {
    "models": {"model", "tabular", "encoding", "cases", "events", "errors"},
    "datasets": {"dataset", "task", "cases", "events", "errors"},
    "reports": {
        "store", "stats", "metrics", "task", "errors", "findings", "judgement", "results", "model",
        "resampling", "across_tasks", "curve", "equivalence", "pareto", "two_runs",
    },
}  # fmt: skip


def sources():
    """All source files, as folder and path."""
    return [
        (folder, path) for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))
    ]  # fmt: skip


def imported(folder, path) -> Iterator[tuple[str, str]]:
    """The files of the house that a file imports, anywhere in it, as folder and name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            assert not any(name.split(".")[0] == "intentbench" for name in names), path
        elif isinstance(node, ast.ImportFrom):
            where = f"{path.name}, line {node.lineno}"
            assert node.level or node.module.split(".")[0] != "intentbench", where
            if not node.level:
                continue
            parts = (node.module or "").split(".")
            if node.level == 2:
                assert len(parts) == 2, f"{where}: name the file that you import from"
                yield parts[0], parts[1]
            elif parts == [""]:
                yield from ((folder, alias.name) for alias in node.names)
            else:
                yield folder, parts[0]


def arrows():
    """All imports between files of the house."""
    return [
        (folder, path.stem, *target)
        for folder, path in sources()
        if path.stem != "__init__"  # loads its names when they are asked for
        for target in imported(folder, path)
    ]


def test_every_file_of_the_harness_has_a_floor():
    there = {path.stem for path in (ROOT / "bench").glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in (ROOT / "bench").glob("*/__init__.py")}
    assert there == set(FLOOR)


def test_harness_imports_downward_only():
    wrong = [
        f"bench/{name}.py (floor {FLOOR[name]}) imports {folder}/{other}.py"
        for home, name, folder, other in arrows()
        if home == "bench" and (folder != "bench" or FLOOR[other] >= FLOOR[name])
    ]
    assert wrong == [
        "bench/cli.py (floor 12) imports reports/render.py",
        "bench/cli.py (floor 12) imports reports/two_runs.py",
    ]


@pytest.mark.parametrize("home", ["models", "datasets"])
def test_plugins_know_the_contract_and_their_helpers_alone(home):
    for _, name, folder, other in (arrow for arrow in arrows() if arrow[0] == home):
        allowed = other in MAY_IMPORT[home] if folder == "bench" else folder == home
        # What `intentbench new dataset` writes stands on the table.
        helper = folder != home or other.startswith("_") or other == "table_file"
        assert allowed and helper, f"{home}/{name}.py imports {folder}/{other}.py"


def test_reports_read_results_and_fit_nothing():
    for _, name, folder, other in (arrow for arrow in arrows() if arrow[0] == "reports"):
        allowed = other in MAY_IMPORT["reports"] if folder == "bench" else folder == "reports"
        assert allowed, f"reports/{name}.py imports {folder}/{other}.py"


def test_no_file_can_be_reached_from_itself():
    graph = {}
    for home, name, folder, other in arrows():
        graph.setdefault((home, name), set()).add((folder, other))
    TopologicalSorter(graph).prepare()
    assert len(graph) > 40


def at_import(tree) -> Iterator[ast.stmt]:
    """The statements that run when a file is imported."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        yield node
        if isinstance(node, (ast.ClassDef, ast.If, ast.With, ast.Try)):
            yield from at_import(node)


@pytest.mark.parametrize(
    ("folder", "path"), sources(), ids=lambda part: getattr(part, "stem", part)
)
def test_heavy_libraries_are_imported_where_they_are_used(folder, path):
    for node in at_import(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        heavy = HEAVY & {name.split(".")[0] for name in names}
        assert not heavy, f"{folder}/{path.name}, line {node.lineno} imports {heavy}"


def test_harness_names_no_plugin():
    plugins = {*Registry("model").names(), *Registry("dataset").names()}
    found = {
        (path.name, node.value)
        for path in (ROOT / "bench").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in plugins
    }
    # The manifest notes the version of the library of that name; flags make tasks of files.
    allowed = {("surroundings.py", "xgboost")}
    allowed |= {("own_data.py", "table_file"), ("own_data.py", "event_log")}
    # A claimed base rate is a figure, not the model of that name.
    allowed |= {("claims.py", "base_rate"), ("consistency.py", "base_rate")}
    assert found <= allowed


def test_the_root_holds_one_docstring_and_no_more():
    (only,) = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant)
