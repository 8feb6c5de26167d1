"""Running a plugin's file, and taking its class or its metric out of it."""

import ast
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import ModelError
from .moved import MOVED, NAMES_MOVED
from .registry import PACKAGE, Plugin

_BASES = {
    "model": ("model", "Model"),
    "dataset": ("dataset", "Dataset"),
    "metric": ("metrics.metrics", "Metric"),
    "policy": ("policy", "Policy"),
}


def load(plugin: Plugin) -> Any:
    """Import a plugin and give its class; of a metric, the metric itself.

    Raises
    ------
    ModelError
        If the import fails, or the file does not hold exactly one of its kind.
    """
    try:
        module = _import(plugin)
    except ImportError as error:
        raise ModelError(
            f"{plugin.path} cannot be imported: {error}{_mend_of_import(error, plugin.path)}"
        ) from error
    except Exception as error:
        raise ModelError(
            f"{plugin.path} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    file, name = _BASES[plugin.kind]
    base = getattr(importlib.import_module(f"{PACKAGE}.bench.{file}"), name)
    what, holds = (
        (name, _holds_one) if plugin.kind == "metric" else (f"{name} class", _defines_class)
    )
    found = {key: it for key, it in vars(module).items() if holds(it, base, module)}
    if len(found) != 1:
        raise ModelError(
            f"{plugin.path} must define exactly one {what}; found {', '.join(found) or 'none'}.  "
            "Move helpers into a file whose name begins with an underscore."
        )
    return next(iter(found.values()))


def _defines_class(value: object, base: type, module: ModuleType) -> bool:
    its_own = getattr(value, "__module__", "") == module.__name__
    return isinstance(value, type) and issubclass(value, base) and its_own


def _holds_one(value: object, base: type, module: ModuleType) -> bool:
    return isinstance(value, base)


def _mend_of_import(error: ImportError, path: Path) -> str:
    """Say what to install, where a whole library is missing, or where a file of ours went."""
    library = (error.name or "").partition(".")[0]
    if library == PACKAGE:
        return _where_it_went(path)
    there = not library or library in sys.modules or importlib.util.find_spec(library)
    return "" if there else f": pip install {library}"


def _where_it_went(path: Path) -> str:
    """Name the new places of all that a file imports from its old ones."""
    told = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name.removeprefix(f"{PACKAGE}.")
                told[module] = MOVED.get(module)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = (node.module or "").removeprefix(f"{PACKAGE}.")
            for alias in node.names:
                inside = MOVED.get(f"{module}.{alias.name}")
                beside = f"{MOVED[module]}.{alias.name}" if module in MOVED else inside
                told[f"{module}.{alias.name}"] = NAMES_MOVED.get((module, alias.name), beside)
    went = [f"{PACKAGE}.{old} is {PACKAGE}.{new} now" for old, new in told.items() if new]
    return f".  Files moved: {'; '.join(went)}." if went else ""


def _import(plugin: Plugin) -> ModuleType:
    if plugin.module is not None:
        return importlib.import_module(plugin.module)
    name = f"{PACKAGE}_plugin_{plugin.path.stem}"
    there = sys.modules.get(name)
    if there is not None and Path(there.__file__) == plugin.path:
        return there
    spec = importlib.util.spec_from_file_location(name, plugin.path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pickle looks classes up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
