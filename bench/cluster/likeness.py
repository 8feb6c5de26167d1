"""Are workers like home?  What decides a cell must be the same wherever it is computed."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from ..plugins.registry import ROOT
from ..run.cell_plan import versions

_FOLDERS_OF_SOURCES = ("bench", "models")
_SOURCES = "the sources of intentbench"


def likeness(requires: Iterable[str]) -> dict[str, str]:
    """Say by versions and a digest of our sources what decides cells in this process.

    Parameters
    ----------
    requires : iterable of str
        The modules that models import, besides those that all of them do.
    """
    return versions(requires) | {_SOURCES: _sources()}


def differences(requires: Iterable[str], at_home: Mapping[str, str]) -> list[str]:
    """Say in which way this process differs from the one at home; nothing if it does not."""
    here = likeness(requires)
    found = []
    for name in sorted(at_home.keys() | here.keys()):
        there, home = here.get(name), at_home.get(name)
        if there != home and name == _SOURCES:
            found.append(f"{_SOURCES} are others")
        elif there != home:
            found.append(f"{name} {there or 'is not there'}, here {home or 'it is not there'}")
    return found


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    for folder in _FOLDERS_OF_SOURCES:
        for path in sorted(Path(ROOT / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
