"""Fitted objects to bytes and back, by skops, with a closed list of what may be made of bytes.

No pickle is written or read.  A file names the classes that its objects are of; what is not on the
list is refused before anything is made of it.
"""

import ast
import io
import json
import sys
import zipfile
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from ..errors import DataError, ModelError, said_in_a_line
from ..plugins.registry import PACKAGE, ROOT

# Where classes and functions of the house may come from.
_ROOMS = tuple(
    f"{PACKAGE}.{room}"
    for room in (
        "bench.binning", "bench.categories", "bench.deploy.scorers", "bench.embedding",
        "bench.encoding", "bench.ensembles", "bench.metrics", "bench.model", "bench.variants",
        "models",
    )
)  # fmt: skip
# Of other libraries, besides the estimators and arrays that skops itself trusts: trees as compiled
# code keeps them.
FOREIGN = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
# What skops makes values of.  Bound methods, partial functions and operators are not among them.
_LOADERS = frozenset(
    {
        "BytearrayNode", "BytesNode", "CachedNode", "ConstructorFromReduceNode", "DTypeNode",
        "DictNode", "FunctionNode", "JsonNode", "ListNode", "LossNode", "NdArrayNode", "ObjectNode",
        "RandomGeneratorNode", "RandomStateNode", "SetNode", "SliceNode", "SparseMatrixNode",
        "TreeNode", "TupleNode", "TypeNode",
    }
)  # fmt: skip
_SCHEMA = "schema.json"
_MEND = (
    "Keep arrays, numbers, texts, lists, dictionaries with such keys, scikit-learn estimators and "
    "objects of classes of your own file; make others of them in __getstate__, and turn them back "
    "in __setstate__."
)


def to_bytes(fitted: Any, plugins: Collection[str] = ()) -> bytes:
    """Write a fitted object.

    Parameters
    ----------
    fitted : object
    plugins : collection of str
        Modules of plugins, besides those of the house, whose classes it may hold.

    Raises
    ------
    ModelError
        If it holds something that cannot be saved; says what.
    """
    from skops.io import dumps

    try:
        content = _numbered(dumps(fitted))
    # The fence around plugin code: a model may hold anything.
    except Exception as error:
        raise ModelError(f"cannot be saved: {said_in_a_line(error)}.  {_MEND}") from error
    if refused := _refused(content, plugins):
        raise ModelError(
            f"cannot be saved: it holds {', '.join(refused[:5])}, which a file of a model may not "
            f"hold.  {_MEND}"
        )
    return content


def from_bytes(content: bytes, where: str, plugins: Collection[str] = ()) -> Any:
    """Read a fitted object.

    Parameters
    ----------
    content : bytes
    where : str
        What errors name.
    plugins : collection of str
        Modules, imported already, whose classes it may hold besides those of the house.

    Raises
    ------
    DataError
        If the bytes are not what ``to_bytes`` writes, or name anything that is not on the list.
    """
    from skops.io import loads

    try:
        _check_archive(content)
        refused = _refused(content, plugins)
    # The library walks through what somebody may have made up.
    except Exception as error:
        raise DataError(
            f"{where} holds no model that can be read ({said_in_a_line(error)})."
        ) from None
    if refused:
        raise DataError(
            f"{where} names {', '.join(refused[:5])}, which is not on the list of what a file of a "
            "model may hold.  Nothing of it was loaded."
        )
    try:
        ours = {name for _, name in _named(content) if _is_ours(name, plugins)}
        return loads(content, trusted=sorted(ours | set(FOREIGN)))
    # Whatever libraries raise over arrays and attributes that are not those of their version.
    except Exception as error:
        raise DataError(
            f"{where} cannot be loaded ({said_in_a_line(error)}).  It was written with other "
            "versions of intentbench or of its libraries: use those that it names, or train anew."
        ) from error


def _numbered(content: bytes) -> bytes:
    """Name arrays and objects by their order instead of their place in memory.

    The same model is then the same bytes.
    """
    number_of: dict[Any, int] = {}
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as numbered,
    ):
        schema = json.loads(archive.read(_SCHEMA))
        for node in _nodes(schema):
            if "__id__" in node:
                node["__id__"] = number_of.setdefault(node["__id__"], len(number_of) + 1)
            if isinstance(node.get("file"), str):
                old = node["file"]
                node["file"] = f"{number_of.setdefault(old, len(number_of) + 1)}.npy"
                if node["file"] not in numbered.NameToInfo:
                    numbered.writestr(zipfile.ZipInfo(node["file"]), archive.read(old))
        text = json.dumps(schema, separators=(",", ":"))
        numbered.writestr(zipfile.ZipInfo(_SCHEMA), text)
    return made.getvalue()


def _check_archive(content: bytes) -> None:
    """Refuse what would unpack to more than it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    if any(info.compress_type != zipfile.ZIP_STORED for info in members):
        raise ValueError("a packed array")
    if sum(info.file_size for info in members) > len(content):
        raise ValueError("arrays that lie one over another")


def _refused(content: bytes, plugins: Collection[str]) -> list[str]:
    """Name what the bytes hold and may not."""
    from skops.io import get_untrusted_types

    named = set(_named(content))
    refused = {f"{loader} {name}" for loader, name in named if loader not in _LOADERS}
    if not refused:
        refused = {
            name
            for name in get_untrusted_types(data=content)
            if name not in FOREIGN and not _is_ours(name, plugins)
        }
    return sorted(refused)


def _named(content: bytes) -> Iterator[tuple[str, str]]:
    """Give what the schema asks for: how it is to be made, and of what class."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
    for node in _nodes(schema):
        yield node["__loader__"], f"{node['__module__']}.{node['__class__']}"


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Give what is to be made, the outer before what it is made of."""
    left = [schema]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "__loader__" in value:
                yield value
            left += reversed(value.values())
        elif isinstance(value, list):
            left += reversed(value)


def _is_ours(name: str, plugins: Collection[str]) -> bool:
    """Tell whether a name is that of a class or function which a file of ours defines."""
    module, _, defined = name.rpartition(".")
    if module in plugins:
        found = getattr(sys.modules.get(module), defined, None)
        return isinstance(found, type) and found.__module__ == module
    if not any(module == room or module.startswith(f"{room}.") for room in _ROOMS):
        return False
    return defined in _defined_in(module)


@cache
def _defined_in(module: str) -> frozenset[str]:
    """Name the classes and functions of a file of ours, without running it."""
    path = ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    )
