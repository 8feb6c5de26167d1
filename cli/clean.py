"""``intentbench clean``: what killed processes left behind, and cells that no run refers to."""

import argparse

from ..bench.errors import EXIT_DONE, StoreError
from ..bench.store.at_work import runs_at_work
from ..bench.store.leftovers import Leftover, leftovers, remove, unused_cells
from ..bench.store.store import Store
from .output import say
from .shared import run_by_hand


def clean_command(given: argparse.Namespace) -> int:
    """List what nobody needs, with sizes; remove it where that is asked for."""
    store = Store(given.results)
    if not store.root.is_dir():
        say(f"there is no folder {store.root}: nothing to clean")
        return EXIT_DONE
    with store.locked():
        for run in runs_at_work(store):
            raise StoreError(
                f"the run {run.run_id} (process {run.process}) is writing to {store.root}, and "
                "which cells nobody needs is known when it has ended.  Wait for it."
            )
        found = [*leftovers(store, ()), *unused_cells(store)]
        for left in found:
            say(f"{_size(left.n_bytes):>10}  {left.path}  ({left.why})")
        total = _size(sum(left.n_bytes for left in found))
        if not given.yes:
            say(_advice(found, total))
            return EXIT_DONE
        for left in found:
            remove(left.path)
        kept = sum(left.path.exists() for left in found)
        say(f"removed {len(found) - kept} of {len(found)}, {total}")
    return EXIT_DONE


def _advice(found: list[Leftover], total: str) -> str:
    if not found:
        return "nothing to clean"
    return (
        f"{len(found)} to remove, {total}; `intentbench clean --yes` removes them.  Cells of a run "
        "that was interrupted are among those that no run refers to: go on with it first."
    )


def _size(n_bytes: int) -> str:
    for unit in ("B", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} GB"


if __name__ == "__main__":
    run_by_hand(__file__)
