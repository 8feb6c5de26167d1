"""What killed processes left behind, and cells that no run refers to."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..errors import StoreError
from .cell_reader import Place
from .latest import finished_runs
from .run_reader import CELLS
from .seal import read_seal, sealed_content, sealed_run
from .sealed_json import parsed
from .store import Store, advising, scratch_prefix
from .temporary import TEMPORARY
from .typed import typed, understood

_OLD_SECONDS = 3600.0


@dataclass(frozen=True)
class Leftover:
    """A file or folder that nobody needs: why, and its size."""

    path: Path
    why: str
    n_bytes: int


def sweep(store: Store, at_work: Collection[str]) -> None:
    """Remove what killed processes left behind; as in ``leftovers``."""
    for left in leftovers(store, at_work):
        remove(left.path)


def leftovers(store: Store, at_work: Collection[str]) -> Iterator[Leftover]:
    """List what killed processes left behind, in a locked store and in the temporary folder.

    What bears the name of a run that is not at work is nobody's.  The rest may be another process's
    that is still at work, so it counts when it has not been touched for an hour, and no process
    whose number it bears is there.

    Parameters
    ----------
    store : Store
    at_work : collection of str
        The ids of the runs that go on.
    """
    kept = {f".{run_id}.{kind}" for run_id in at_work for kind in ("part", "plan")}
    scratch = tuple(map(scratch_prefix, at_work))
    for pattern in ("cells/*/*.part", "scratch-*", "runs/.*.part", "runs/.*.plan"):
        for path in store.root.glob(pattern):
            is_kept = path.name in kept or path.name.startswith(scratch)
            # Whose cell it is to be is not told; it is written in a moment.
            if pattern.startswith("cells"):
                is_kept = bool(at_work) and not _untouched(path)
            if not is_kept:
                yield _leftover(path, "half-written by a run that was killed")
    for name in finished_runs(store.runs):
        folder = store.runs / name
        for path in folder.rglob(".*.part"):
            if _untouched(path):
                yield _leftover(path, "half-written by a report that was cut short")
        if _awaits_report(folder) and _untouched(folder):
            yield _leftover(folder, "a run that ended before its report; its cells are kept")
    for path in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with suppress(OSError):  # gone meanwhile, or not ours to look at
            if path.stat().st_uid == os.getuid() and not _in_use(path) and _untouched(path):
                yield _leftover(path, "a temporary folder of a process that was killed")


def unused_cells(store: Store) -> Iterator[Leftover]:
    """List the cells that no run refers to.

    Raises
    ------
    StoreError
        If a run cannot be read, so that nobody knows what it refers to.
    """
    used: set[str] = set()
    for name in finished_runs(store.runs):
        folder = store.runs / name
        seal = sealed_run(folder)
        with advising(), understood(folder / CELLS):
            places = parsed(sealed_content(folder, seal, CELLS), folder / CELLS)
            used |= {typed(Place, place).key for place in places}
        used |= seal.cells.keys()  # trials of a search, too
    for path in sorted(store.cells.glob("*/*")):
        if path.name not in used and path.suffix != ".part":
            yield _leftover(path, "a cell that no run refers to")


def remove(path: Path) -> None:
    """Remove a file or a folder, as far as that is allowed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _awaits_report(folder: Path) -> bool:
    with suppress(StoreError):
        return read_seal(folder).awaits_report
    return False


def _leftover(path: Path, why: str) -> Leftover:
    return Leftover(path, why, sum(part.st_size for part in _parts(path)))


def _parts(path: Path) -> Iterator[os.stat_result]:
    """Give what is known of a file, or of a folder and all in it."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    for part in (path, *inside):
        with suppress(OSError):
            yield part.lstat()


def _untouched(path: Path) -> bool:
    return max((part.st_mtime for part in _parts(path)), default=0.0) < time.time() - _OLD_SECONDS


def _in_use(path: Path) -> bool:
    number = re.match(rf"{TEMPORARY}(\d{{1,9}})-", path.name)
    return bool(number) and psutil.pid_exists(int(number[1]))
