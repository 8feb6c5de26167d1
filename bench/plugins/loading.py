"""Running a plugin's file, and taking its class out of it."""

import ast
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ..errors import ModelError
from .moved import MOVED, NAMES_MOVED
from .registry import PACKAGE, Plugin

_BASES = {"model": ("model", "Model"), "dataset": ("dataset", "Dataset")}


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
            f"{plugin.path} cannot be imported: {error}{_mend_of_import(error, plugin.path)}"
        ) from error
    except Exception as error:
        raise ModelError(
            f"{plugin.path} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    file, name = _BASES[plugin.kind]
    base = getattr(importlib.import_module(f"{PACKAGE}.bench.{file}"), name)
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
    name = f"{PACKAGE}_plugin_{plugin.name}"
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
