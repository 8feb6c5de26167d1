"""Which run is the latest: where ``runs/latest`` leads, also after it was copied or zipped."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import StoreError
from .seal import changed, read_seal

LATEST = "latest"
_MOST_CHARACTERS = 300  # of a file's name


def finished_runs(runs: Path) -> list[str]:
    """List the ids of the runs in a folder, the oldest first."""
    found = [path.name for path in _folders(runs) if (path / "manifest.json").is_file()]
    return in_order(found)


def in_order(run_ids: Iterable[str]) -> list[str]:
    """Order runs by when they were begun, the oldest first."""
    return sorted(run_ids, key=_age)


def named_run(runs: Path, name: str) -> str:
    """Find the id of a run that is named by its id or as the latest.

    The latest is the one that ``runs/latest`` leads to; where that is no link, or leads nowhere,
    the one that was begun last.

    Raises
    ------
    StoreError
        If there is none; names some that there are.
    """
    if name == LATEST:
        known = finished_runs(runs)
        target = _target(runs)
        if target in known:
            return target
        if known:
            return known[-1]
    elif name not in ("", "..") and Path(name).name == name and (runs / name).is_dir():
        return name
    known = finished_runs(runs)
    listed = f"  Runs there: {', '.join(known[-5:])}." if known else "  Run a suite first."
    raise StoreError(f"there is no run {name!r} in {runs}.{listed}")


def clear_latest(runs: Path) -> None:
    """Make sure that ``runs/latest`` can be pointed to another run.

    A folder of that name is what copying or unpacking makes of the link.  It is removed where its
    run is there, whole, under its own name, and given that name where it is not.

    Raises
    ------
    StoreError
        If it is another folder, which may hold what is nowhere else.
    """
    latest = runs / LATEST
    if latest.is_symlink() or not latest.is_dir():
        return
    with suppress(StoreError):
        seal = read_seal(latest)
        own = runs / seal.run_id
        if not own.exists():
            latest.rename(own)
            return
        if read_seal(own) == seal and not changed(own, {**seal.files, **seal.made}):
            shutil.rmtree(latest)
            return
    raise StoreError(
        f"{latest} is a folder, and a run needs the name for a link.  Rename or remove it."
    )


def point_latest(runs: Path, run_id: str) -> None:
    """Let ``runs/latest`` lead to a run; where there are no links, it is a file with the id.

    The store is locked.
    """
    part = runs / f".{LATEST}.part"
    part.unlink(missing_ok=True)
    try:
        part.symlink_to(run_id)
    except OSError:
        part.write_text(run_id, encoding="utf-8")
    os.replace(part, runs / LATEST)


def _folders(runs: Path) -> Iterator[Path]:
    for path in runs.glob("*"):
        if path.name[0] != "." and path.name != LATEST and path.is_dir() and not path.is_symlink():
            yield path


def _target(runs: Path) -> str:
    """Give the id that ``runs/latest`` names; nothing where it names none."""
    latest = runs / LATEST
    with suppress(OSError, UnicodeDecodeError, StoreError):
        if latest.is_symlink():
            return os.readlink(latest)
        if latest.is_file():  # what some archives make of a link
            with latest.open(encoding="utf-8") as file:
                return file.read(_MOST_CHARACTERS).strip()
        if latest.is_dir():
            return read_seal(latest).run_id
    return ""


def _age(run_id: str) -> tuple[str, int]:
    """Order runs by when they were begun; of one second, by their number."""
    number = re.search(r"-(\d+)$", run_id[15:])
    return run_id[:15], int(number[1]) if number else 0
