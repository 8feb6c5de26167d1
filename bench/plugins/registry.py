"""Finding plugins: by file name, by entry point, by ``--plugin FILE``.

Nothing is imported to list or to plan: titles, families and requirements are literals, read from
the source, so that a plugin that fails, hangs or kills its process at import costs only itself.
"""

import ast
import difflib
import hashlib
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import ModelError, RequestError

ROOT = Path(__file__).resolve().parents[2]
_PACKAGE = __package__.partition(".")[0]
_FOLDERS = {"model": "models", "dataset": "datasets"}
_BASES = {"model": ("model", "Model"), "dataset": ("dataset", "Dataset")}
# What `from intentbench.bench import ...` can bring into a model that is not of this house.
_CONTRACT = ("model.py", "tabular.py", "encoding.py", "cases.py", "events.py")


@dataclass(frozen=True)
class Plugin:
    """Where a plugin's code is.  ``module`` is None for a file outside any package."""

    kind: str
    name: str
    path: Path
    module: str | None


@dataclass(frozen=True)
class Outline:
    """What can be said of a plugin without running it."""

    title: str
    family: str
    summary: str
    requires: tuple[str, ...]


class Registry:
    """The plugins of one kind.

    Parameters
    ----------
    kind : {"model", "dataset"}
    files : sequence of Path
        Plugin files given by the user, added to those of the house and of installed packages;
        ``given`` names them.

    Raises
    ------
    RequestError
        If a given file is not a Python file, or two plugins have the same name.
    """

    def __init__(self, kind: str, files: Sequence[Path] = ()) -> None:
        self.kind = kind
        self.given = [Path(file).stem for file in files]
        found: dict[str, Plugin] = {}
        for plugin in (*self._house(), *self._installed(), *self._given(files)):
            if plugin.name in found and plugin.path != found[plugin.name].path:
                raise RequestError(
                    f"two {kind}s are called {plugin.name!r}: {found[plugin.name].path} and "
                    f"{plugin.path}.  Rename one of the files."
                )
            found.setdefault(plugin.name, plugin)
        self._plugins = found

    def _house(self) -> Iterable[Plugin]:
        folder = ROOT / _FOLDERS[self.kind]
        for module in pkgutil.iter_modules([str(folder)]):
            if not module.name.startswith("_"):
                dotted = f"{_PACKAGE}.{folder.name}.{module.name}"
                yield Plugin(self.kind, module.name, folder / f"{module.name}.py", dotted)

    def _installed(self) -> Iterable[Plugin]:
        for entry in importlib.metadata.entry_points(group=f"intentbench.{self.kind}s"):
            try:
                spec, why = importlib.util.find_spec(entry.module), ""
            # To find a module inside a package, Python imports the package: anything can happen.
            except Exception as error:
                spec, why = None, f" ({type(error).__name__}: {error})"
            if spec is None or spec.origin is None:
                raise RequestError(
                    f"the entry point {entry.name!r} of group {entry.group!r} names the module "
                    f"{entry.module!r}, which cannot be found{why}.  Reinstall its package, or "
                    "remove it."
                )
            yield Plugin(self.kind, entry.name, Path(spec.origin), entry.module)

    def _given(self, files: Sequence[Path]) -> Iterable[Plugin]:
        for file in files:
            path = Path(file).resolve()
            if path.suffix != ".py" or not path.is_file():
                raise RequestError(f"--plugin {file}: there is no Python file of that name.")
            yield Plugin(self.kind, path.stem, path, None)

    def names(self) -> list[str]:
        """Name all plugins, in alphabetical order."""
        return sorted(self._plugins)

    def find(self, name: str) -> Plugin:
        """Find a plugin by name.

        Raises
        ------
        RequestError
            If there is none; names the nearest one.
        """
        if name not in self._plugins:
            raise RequestError(
                f"unknown {self.kind} {name!r}.{did_you_mean(name, self._plugins)}  "
                f"`intentbench list` names all {self.kind}s."
            )
        return self._plugins[name]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give a half-sentence with the known name nearest to a mistyped one, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"  Did you mean {near[0]!r}?" if near else ""


def outline(plugin: Plugin) -> Outline:
    """Read a plugin's literals from its source; a file that cannot be parsed gives its name."""
    try:
        tree = ast.parse(plugin.path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return Outline(plugin.name, "other", "(this file cannot be read as Python)", ())
    chosen, literals = None, {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found = _literals(node)
            if chosen is None or "title" in found or "card" in found:
                chosen, literals = node, found
    summary = (ast.get_docstring(chosen) if chosen else "") or ""
    requires = literals.get("requires")
    return Outline(
        title=str(literals.get("title") or plugin.name),
        family=str(literals.get("family") or "other"),
        # References such as [1]_ point at a list that is not printed.
        summary=re.sub(r"(,? ?\[\d+\]_)+", "", summary.partition("\n")[0]),
        requires=tuple(map(str, requires)) if isinstance(requires, (tuple, list)) else (),
    )


def _literals(node: ast.ClassDef) -> dict[str, Any]:
    """Give the class attributes; None for one whose value is not a literal."""
    found: dict[str, Any] = {}
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, values = [statement.target], [statement.value]
        elif isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                targets, values = target.elts, value.elts
            else:
                targets, values = [target], [value]
        else:
            continue
        for target, value in zip(targets, values, strict=False):
            if isinstance(target, ast.Name):
                try:
                    found[target.id] = ast.literal_eval(value)
                except (ValueError, TypeError):
                    found[target.id] = None
    return found


def kind_of_file(path: Path) -> str:
    """Tell a data set's file from a model's by the bases of its classes, without running it.

    A class is a data set if its base is called ``Dataset``, or comes from a module of
    ``datasets``.  All else is taken for a model, whose checks say what is wrong with it.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return "model"
    bases = {_BASES["dataset"][1]}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "datasets" in (node.module or "").split("."):
            bases |= {alias.asname or alias.name for alias in node.names}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    named = {ast.unparse(base).rpartition(".")[2] for node in classes for base in node.bases}
    return "dataset" if bases & named else "model"


def load(plugin: Plugin) -> type:
    """Import a plugin and give its class.

    Raises
    ------
    ModelError
        If the import fails, or the file does not hold exactly one class of its kind.
    """
    try:
        module = _import(plugin)
    except ImportError as error:
        raise ModelError(
            f"{plugin.path} cannot be imported: {error}{_mend_of_import(error)}"
        ) from error
    except Exception as error:
        raise ModelError(
            f"{plugin.path} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    file, name = _BASES[plugin.kind]
    base = getattr(importlib.import_module(f"{_PACKAGE}.bench.{file}"), name)
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        found = ", ".join(cls.__name__ for cls in classes) or "none"
        raise ModelError(
            f"{plugin.path} must define exactly one {name} class; found {found}.  "
            "Move helpers into a file whose name begins with an underscore."
        )
    return classes[0]


def _mend_of_import(error: ImportError) -> str:
    """Say what to install, where what is missing is a whole library."""
    library = (error.name or "").partition(".")[0]
    there = not library or library in sys.modules or importlib.util.find_spec(library)
    return "" if there else f": pip install {library}"


def _import(plugin: Plugin) -> ModuleType:
    if plugin.module is not None:
        return importlib.import_module(plugin.module)
    name = f"{_PACKAGE}_plugin_{plugin.name}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, plugin.path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pickle looks classes up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def source_digest(plugin: Plugin, harness: Sequence[str] = ()) -> str:
    """SHA-256 of a plugin's source and of the sources of this house that it is built on.

    Parameters
    ----------
    plugin : Plugin
    harness : sequence of str
        Files of ``bench/`` that decide its results without being imported by it.
    """
    waiting = [plugin.path, *(ROOT / "bench" / name for name in harness)]
    if plugin.module is None or not plugin.module.startswith(f"{_PACKAGE}."):
        waiting += [ROOT / "bench" / name for name in _CONTRACT]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _imported_files(path)
    digest = hashlib.sha256()
    # By name, not by place: a checkout elsewhere must find the same stored cells.
    for path in sorted(seen, key=lambda path: (path.parent.name, path.name)):
        digest.update(f"{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _imported_files(path: Path) -> list[Path]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return []
    files = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1]
            parts = (node.module or "").split(".") if node.module else []
            for tail in ([], *([alias.name] for alias in node.names)):
                file = folder.joinpath(*parts, *tail).with_suffix(".py")
                if (parts or tail) and file.is_file():
                    files.append(file)
    return files
