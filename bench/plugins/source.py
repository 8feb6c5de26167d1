"""What a plugin is built on, as a hash: of what its sources do, not of what they are called.

Comments, docstrings, layout and the names of files decide nothing: a file that is moved or better
explained recomputes nothing.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from .outline import UNREADABLE
from .registry import PACKAGE, ROOT, Plugin


@dataclass(frozen=True)
class _Import:
    """An import of a file of the same package or of this one; level 0 counts from our root."""

    level: int
    module: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    """What a file does, apart from the names of the files that it imports, and its imports."""

    digest: str
    imports: tuple[_Import, ...]


def source_digest(plugin: Plugin, decisive: Sequence[ModuleType] = ()) -> str:
    """SHA-256 of a plugin's source and of the sources of this house that it is built on.

    Relative imports are followed, and those of this package by its name.

    Parameters
    ----------
    plugin : Plugin
    decisive : sequence of module
        Of the house: they decide a plugin's results without being imported by it.
    """
    waiting = [plugin.path, *(Path(module.__file__) for module in decisive)]
    found: dict[Path, str] = {}
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        source = _source(path.read_bytes())
        targets = [target for item in source.imports for target in _files(path, item)]
        # Which file a name comes from is told by what that file does.
        built_on = [_source(target.read_bytes()).digest for target in targets]
        found[path] = " ".join([source.digest, *built_on])
        waiting += targets
    # In an order that neither names nor the place of a checkout can change.
    return hashlib.sha256("\n".join(sorted(set(found.values()))).encode()).hexdigest()


@lru_cache(maxsize=1024)
def _source(content: bytes) -> _Source:
    try:
        tree = ast.parse(content)
    except UNREADABLE:  # it fails wherever it is loaded
        return _Source(hashlib.sha256(content).hexdigest(), ())
    reduced = _Reduced()
    tree = reduced.visit(tree)
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _Source(digest, tuple(reduced.imports))


class _Reduced(ast.NodeTransformer):
    """Takes out of a file what only readers and type checkers see, and notes what it imports."""

    def __init__(self) -> None:
        self.imports: list[_Import] = []

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        """Empty docstrings, and other texts that stand alone."""
        alone = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Expr(ast.Constant("")) if alone else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.If:
        """Empty what stands under ``if TYPE_CHECKING``, which never runs."""
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.Import:
        """Note imports of this package."""
        for alias in node.names:
            if alias.name.startswith(f"{PACKAGE}."):
                self.imports.append(_Import(0, alias.name.removeprefix(f"{PACKAGE}."), ()))
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        """Note the import, and take the name of its file away."""
        module = node.module or ""
        if not node.level and module.partition(".")[0] != PACKAGE:
            return node
        module = module if node.level else module.removeprefix(PACKAGE).removeprefix(".")
        names = tuple(alias.name for alias in node.names)
        self.imports.append(_Import(node.level, module, names))
        return ast.ImportFrom("", node.names, 1)


def _files(path: Path, item: _Import) -> Iterator[Path]:
    """Give the files that an import of the file ``path`` reaches."""
    if item.level > len(path.parents):
        return
    place = (path.parents[item.level - 1] if item.level else ROOT).joinpath(*_parts(item.module))
    if place == ROOT / "bench" and item.names:
        # Loads its names when they are asked for: see there.
        home = sys.modules[f"{PACKAGE}.bench"].HOME
        places = [place.joinpath(*_parts(home.get(name, name))) for name in item.names]
    else:
        places = [place, *(place / name for name in item.names)]
    for file in places:
        for target in (file.with_name(f"{file.name}.py"), file / "__init__.py"):
            if target.is_file():
                yield target


def _parts(module: str) -> list[str]:
    return module.split(".") if module else []
