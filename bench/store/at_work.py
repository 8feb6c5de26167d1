"""Runs at work: each holds the lock of its own name, so that many can write to one folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..errors import StoreError
from .latest import clear_latest
from .leftovers import sweep
from .lock import acquired, holder_of
from .store import Store, writing


@dataclass(frozen=True)
class RunAtWork:
    """A run that goes on, and its process; that of another machine, where the folder is shared."""

    run_id: str
    process: str


@contextmanager
def run_at_work(store: Store, suite: str) -> Iterator[str]:
    """Begin a run: what killed ones left is removed, and its name is held until it ends.

    Yields its id.  The lock goes with the process, however that ends.

    Raises
    ------
    StoreError
        If the folder cannot be written, or its file system knows no locks.
    """
    with store.locked():
        clear_latest(store.runs)
        sweep(store, {run.run_id for run in runs_at_work(store)})
        run_id = _free_id(store, f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{suite}")
        holder = _holder(store, run_id)
        with writing(store.root):
            lock = acquired(holder)
    if lock is None:  # names are given out under the lock of the folder
        raise StoreError(f"{holder} is held by another program.  Run again.")
    try:
        yield run_id
    finally:
        # First its name: whoever opened the file before sees that it guards nothing any more.
        holder.unlink(missing_ok=True)
        lock.release()


def runs_at_work(store: Store) -> list[RunAtWork]:
    """List the runs that go on, and forget those whose process is gone; the store is locked."""
    found = []
    for holder in sorted(store.runs.glob(".*.lock")):
        with writing(store.root):
            lock = acquired(holder)
        if lock is None:
            run_id = re.sub(r"^\.(.*)\.lock$", r"\1", holder.name)
            found.append(RunAtWork(run_id, holder_of(holder)))
        else:
            holder.unlink(missing_ok=True)
            lock.release()
    return found


def _holder(store: Store, run_id: str) -> Path:
    return store.runs / f".{run_id}.lock"


def _free_id(store: Store, stem: str) -> str:
    """Give an id that no other run has: the clock may stand still, or go back."""
    run_id, number = stem, 2
    while _is_taken(store.runs, run_id) or not store.claim(run_id):
        run_id, number = f"{stem}-{number}", number + 1
    return run_id


def _is_taken(runs: Path, run_id: str) -> bool:
    return any((runs / name).exists() for name in (run_id, f".{run_id}.part", f".{run_id}.lock"))
