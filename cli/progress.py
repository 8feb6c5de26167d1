"""Progress on standard error: a table that fills on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Sequence
from threading import RLock
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.text import Text

from ..api.progress import Progress, duration, failed_sentence
from ..bench.language.speaking import _
from ..bench.run.work import Planned, Work
from ..bench.store.records import CellRecord
from ..bench.store.store import Store
from ..reports.aligned import cut
from ..reports.escape import escaped
from .live_table import table_lines

_LINE_EVERY_SECONDS = 20.0
_BELOW_THE_TABLE = 3  # the bar, what is done, and a line that stays free


def tell(console: Console, text: str) -> None:
    """Print a line on standard error, above the table if there is one."""
    console.print(escape(escaped(text)), highlight=False, soft_wrap=not console.is_terminal)


class ProgressShown:
    """Shows how a run goes on, and how long it is still likely to take, judging included.

    On a terminal a table of the figures so far is drawn in place, and gone at the end; messages
    stand above it.  Elsewhere there is a line now and then.

    Parameters
    ----------
    console : Console
        Of standard error.
    jobs : int
        Worker processes.
    """

    def __init__(self, console: Console, jobs: int) -> None:
        self.console, self.jobs = console, jobs
        self.draws = console.is_terminal and not console.is_dumb_terminal
        self.progress = Progress(jobs, has_figures=self.draws)
        self.lock = RLock()  # what is drawn is drawn by a thread
        self.live: Live | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def begins(self, work: Work, store: Store) -> None:
        """Take note of what the run is about."""
        self.progress.begins(work, store)

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Say what is to come, and begin to draw."""
        with self.lock:
            self.progress.planned(work, cells, stored)
        self.last_line = time.monotonic()
        told = _("{n} cells to compute, {jobs} at a time").format(n=len(cells), jobs=self.jobs)
        self.console.print(told, style="dim")
        if self.draws and self.live is None:
            self.live = Live(
                console=self.console, get_renderable=self._drawn, refresh_per_second=4,
                transient=True,
            )  # fmt: skip
            self.live.start()

    def finished(self, cell: CellRecord) -> None:
        """Count a cell, and say at once if it failed."""
        with self.lock:
            self.progress.finished(cell)
        if not cell.done:
            self.says(failed_sentence(cell))
        if not self.draws and time.monotonic() - self.last_line > _LINE_EVERY_SECONDS:
            self.last_line = time.monotonic()
            self.says(self._done())

    def says(self, text: str) -> None:
        """Print a line, above the table if there is one."""
        tell(self.console, text)

    def _done(self) -> str:
        """Say how many cells are done, and how long the rest is likely to take."""
        progress, left = self.progress, duration(self.progress.seconds_left())
        return _("{done} of {all} cells, about {left} left, judging included ({where})").format(
            done=progress.n_done, all=progress.total, left=left, where=progress.where
        )

    def _drawn(self) -> RenderableType:
        width, height = self.console.size
        places, progress = width - 1, self.progress  # some terminals break a line that is full
        with self.lock:
            lines = table_lines(progress.figures, progress.task, places, height - _BELOW_THE_TABLE)
            lines.append(cut(self._done(), places))
        text = Text(escaped("\n".join(lines)), no_wrap=True, overflow="ellipsis")
        return Group(text, ProgressBar(progress.total, progress.n_done, width=min(places, 60)))
