"""How a run goes on, said where there is no terminal of ours: in a notebook or a script."""

import sys
import time
from collections.abc import Sequence

from ..bench.run.work import Planned, Work
from ..bench.store.records import CellRecord
from ..bench.store.store import Store
from ..reports.escape import escaped

_EVERY_SECONDS = 10.0


class Silent:
    """Says nothing."""

    def begins(self, work: Work, store: Store) -> None:
        """Take note of what the run is about."""

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Take note of what is to come."""

    def finished(self, cell: CellRecord) -> None:
        """Take note of a cell."""

    def says(self, text: str) -> None:
        """Take note of a sentence."""


class Printed(Silent):
    """Prints on standard error: what is found in the data, failures, and now and then a count."""

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Say how many cells are to be computed."""
        self.total, self.n_done, self.said_at = len(cells), 0, time.monotonic()
        self.says(f"{len(cells)} cells to compute")

    def finished(self, cell: CellRecord) -> None:
        """Count a cell; say so if it failed, or if a while has passed."""
        self.n_done += 1
        if not cell.done:
            self.says(f"{cell.status}: {cell.model}, fold {cell.fold}: {cell.message}")
        if time.monotonic() - self.said_at > _EVERY_SECONDS:
            self.said_at = time.monotonic()
            self.says(f"{self.n_done} of {self.total} cells")

    def says(self, text: str) -> None:
        """Print a line."""
        print(escaped(text), file=sys.stderr, flush=True)
