"""Whether a run that is stored stands: nothing that it or its report rests on has changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from ..errors import StoreError
from ..language.sentence import plain
from ..language.speaking import language
from ..plugins.registry import ROOT
from ..store.latest import LATEST, named_run
from ..store.run_reader import MANIFEST
from ..store.seal import REPORT, changed, sealed_content, sealed_run, sha256
from ..store.sealed_json import parsed
from ..store.store import Store
from .environment import surroundings
from .run_writer import Draft

# What a manifest says of the hour and of the call, and not of what came out.
_OF_THE_CALL = {"run_id", "command", "started", "finished", "wall_seconds", "n_reused"}
_FOLDERS_OF_SOURCES = ("bench", "reports")


def standing_run(store: Store, draft: Draft, with_: str) -> str | None:
    """Find the latest run's id, if a draft would be the same run and its report the same report.

    Parameters
    ----------
    store : Store
    draft : Draft
        What would be written; its cells were just read and found to be whole.
    with_ : str
        See ``made_with``.

    Returns
    -------
    str or None
        None where anything has changed, is damaged, or no report was written to its end.
    """
    with suppress(StoreError):
        folder = store.runs / named_run(store.runs, LATEST)
        seal = sealed_run(folder)
        manifest = parsed(sealed_content(folder, seal, MANIFEST), folder / MANIFEST)
        same = (
            seal.made_with == with_
            and REPORT in seal.made
            and seal.cells == draft.cells
            and all(seal.files[name] == sha256(content) for name, content in draft.files.items())
            and _lasting(manifest) == _lasting(draft.manifest)
            and not changed(folder, {**seal.files, **seal.made})
        )
        return folder.name if same else None
    return None


def made_with(metrics: Sequence[Mapping[str, Any]]) -> str:
    """Digest of what a report hangs on: our sources, libraries, metrics, and the language.

    Parameters
    ----------
    metrics : sequence of mapping
        Those that are plugins, as a manifest notes them.
    """
    decisive = [_sources(), surroundings()["packages"], metrics, language()]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    for folder in _FOLDERS_OF_SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _lasting(manifest: Mapping[str, Any]) -> str:
    """Give what a manifest says of what came out, as text: as values, no NaN is like another."""
    kept = {name: value for name, value in manifest.items() if name not in _OF_THE_CALL}
    return json.dumps(plain(kept), sort_keys=True)
