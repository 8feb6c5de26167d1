"""Are workers like home?  What decides a cell must be the same wherever it is computed."""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from ..plugins.registry import ROOT

_FOLDERS_OF_SOURCES = ("bench", "models")
_SOURCES = "the sources of intentbench"


def likeness(requires: Iterable[str]) -> dict[str, str]:
    """Say by versions and a digest of our sources what decides cells in this process.

    Parameters
    ----------
    requires : iterable of str
        The modules that models import, besides those that all of them do.
    """
    from ..run.cell_plan import versions  # brings what a Dask worker has no use for

    return versions(requires) | {_SOURCES: _sources()}


def differences(at_home: Mapping[str, str]) -> list[str]:
    """Say in which way this process differs from the one at home; nothing if it does not."""
    found = []
    for name, home in sorted(at_home.items()):
        if name == _SOURCES:
            if _sources() != home:
                found.append(f"{_SOURCES} are others")
        elif (there := _version(name)) != home:
            found.append(f"{name} {there or 'is not there'}, here {home}")
    return found


def _version(name: str) -> str:
    if name == "python":
        return f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    for folder in _FOLDERS_OF_SOURCES:
        for path in sorted(Path(ROOT / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
