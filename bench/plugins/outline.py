"""Reading plugins without running them.

Titles, families and requirements are literals, read from the source, so that a plugin that fails,
hangs or kills its process at import costs only itself.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..language.sentence import Sentence, Text
from ..language.speaking import LANGUAGES
from .registry import Plugin

# What reading a source as Python can end in: one that is nested deeply exhausts the parser.
UNREADABLE = (SyntaxError, ValueError, OSError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Outline:
    """What can be said of a plugin without running it.

    ``space`` is as the class declares it, None where that is no literal; ``parameters`` are those
    of its ``__init__``, none where the class has no such method of its own.  ``deterministic`` and
    ``stated`` are as in ``Model``, ``transfers`` as in ``KerasModel``.
    """

    title: Text
    family: str
    summary: str
    requires: tuple[str, ...]
    readable: bool = False
    space: Any = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    when_named: bool = False
    deterministic: bool = True
    stated: tuple[str, ...] = ()
    transfers: bool = False

    @property
    def waits(self) -> bool:
        """Whether a model takes part only where it is named, or told something."""
        return self.when_named or bool(self.stated)


def outline(plugin: Plugin) -> Outline:
    """Read a plugin's literals from its source; a file that cannot be parsed gives its name.

    A metric's summary is the first line of its file.
    """
    try:
        tree = ast.parse(plugin.path.read_text(encoding="utf-8"))
    except UNREADABLE:
        return Outline(plugin.name, "other", "(this file cannot be read as Python)", ())
    chosen, literals = None, {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found = _literals(node)
            if chosen is None or "title" in found or "card" in found:
                chosen, literals = node, found
    described = tree if plugin.kind == "metric" else chosen
    summary = (ast.get_docstring(described) if described else "") or ""
    return Outline(
        title=_titled(literals.get("title") or plugin.name, literals.get("titles")),
        family=str(literals.get("family") or "other"),
        # References such as [1]_ point at a list that is not printed.
        summary=re.sub(r"(,? ?\[\d+\]_)+", "", summary.partition("\n")[0]),
        requires=_texts(literals.get("requires")),
        readable=literals.get("readable") is True,
        space=literals.get("space", {}),
        parameters=_parameters(chosen) if chosen else (),
        when_named=literals.get("when_named") is True,
        deterministic=literals.get("deterministic") is not False,
        stated=_texts(literals.get("stated")),
        transfers=literals.get("transfers") is True,
    )


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, (tuple, list)) else ()


def _titled(title: Any, in_languages: Any) -> Text:
    """Give the title, with what the plugin says in other languages; what is none is passed over."""
    if not isinstance(in_languages, dict):
        return str(title)
    known = {name: in_languages[name] for name in LANGUAGES if name in in_languages}
    if not all(isinstance(words, str) for words in known.values()):
        return str(title)
    return Sentence.titled(str(title), known)


def _parameters(node: ast.ClassDef) -> tuple[str, ...]:
    """Name the keywords of a class's own ``__init__``."""
    own = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return tuple(arg.arg for one in own for arg in (*one.args.args[1:], *one.args.kwonlyargs))


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
    """Tell the files of data sets, metrics, policies and models apart without running them.

    A class is a data set if its base is called ``Dataset``, or comes from a module of
    ``datasets``; a policy if its base is called ``Policy``.  A file without such a class, or any
    with a base, that calls ``Metric`` holds a metric.  All else is taken for a model, whose checks
    say what is wrong with it.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except UNREADABLE:
        return "model"
    bases = {"Dataset"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "datasets" in (node.module or "").split("."):
            bases |= {alias.asname or alias.name for alias in node.names}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    named = {ast.unparse(base).rpartition(".")[2] for node in classes for base in node.bases}
    if bases & named:
        return "dataset"
    if "Policy" in named:
        return "policy"
    return "metric" if not named and _calls_metric(tree) else "model"


def _calls_metric(tree: ast.Module) -> bool:
    names = {"Metric"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.name == "Metric"}
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return any(ast.unparse(function).rpartition(".")[2] in names for function in calls)
