"""How a run goes on, said where there is no terminal of ours: in a notebook or a script."""

import html
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from ..bench.language.sentence import said
from ..bench.language.speaking import _
from ..bench.run.work import Planned, Work
from ..bench.store.records import CellRecord
from ..bench.store.store import Store
from ..reports.escape import escaped
from .preliminary import Preliminary, so_far
from .progress import Progress, duration, failed_sentence

_LINE_EVERY_SECONDS = 10.0
_DRAWN_EVERY_SECONDS = 0.5


class Silent:
    """Says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take away what is not to stay."""

    def begins(self, work: Work, store: Store) -> None:
        """Take note of what the run is about."""

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Take note of what is to come."""

    def finished(self, cell: CellRecord) -> None:
        """Take note of a cell."""

    def says(self, text: str) -> None:
        """Take note of a sentence."""


class Printed(Silent):
    """Prints on standard error: what is found in the data, failures, and now and then a count.

    Parameters
    ----------
    jobs : int
        Worker processes.
    """

    has_figures = False

    def __init__(self, jobs: int) -> None:
        self.progress = Progress(jobs, has_figures=self.has_figures)

    def begins(self, work: Work, store: Store) -> None:
        """Take note of what the run is about."""
        self.progress.begins(work, store)

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Say how many cells are to be computed."""
        self.progress.planned(work, cells, stored)
        self.said_at = time.monotonic()
        self.says(_("{n} cells to compute").format(n=len(cells)))

    def finished(self, cell: CellRecord) -> None:
        """Count a cell; say so if it failed, or if a while has passed."""
        self.progress.finished(cell)
        if not cell.done:
            self.says(failed_sentence(cell))
        if time.monotonic() - self.said_at > _LINE_EVERY_SECONDS:
            self.said_at = time.monotonic()
            self.says(self.done())

    def says(self, text: str) -> None:
        """Print a line."""
        print(escaped(text), file=sys.stderr, flush=True)

    def done(self) -> str:
        """Say how many cells are done, and how long the rest is likely to take."""
        progress, left = self.progress, duration(self.progress.seconds_left())
        return _("{done} of {all} cells, about {left} left, judging included").format(
            done=progress.n_done, all=progress.total, left=left
        )


class InNotebook(Printed):
    """Shows in a notebook's cell a table that fills, which goes away at the end.

    Parameters
    ----------
    jobs : int
        Worker processes.
    """

    has_figures = True

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self.shown: Any = None
        self.drawn_at = -_DRAWN_EVERY_SECONDS

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the table away."""
        self._draw("")

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Begin to show."""
        self.progress.planned(work, cells, stored)
        self._draw(self._page())

    def finished(self, cell: CellRecord) -> None:
        """Show a cell's figures; say so if it failed."""
        self.progress.finished(cell)
        if not cell.done:
            self.says(failed_sentence(cell))
        is_last = self.progress.n_done == self.progress.total
        if is_last or time.monotonic() - self.drawn_at > _DRAWN_EVERY_SECONDS:
            self.drawn_at = time.monotonic()
            self._draw(self._page())

    def says(self, text: str) -> None:
        """Print a line among the cell's other output: nothing is wrong."""
        print(escaped(text), flush=True)

    def _page(self) -> str:
        said = html.escape(escaped(self.done()))
        return f"{_table(self.progress.figures)}<p>{said}</p>"

    def _draw(self, page: str) -> None:
        from IPython.display import HTML, display

        if self.shown is not None:
            self.shown.update(HTML(page))
        elif page:
            self.shown = display(HTML(page), display_id=True)


def watcher(jobs: int) -> Printed:
    """Choose how to show progress: in a notebook's cell, or in lines."""
    return InNotebook(jobs) if _in_a_notebook() else Printed(jobs)


def _in_a_notebook() -> bool:
    """Tell whether a kernel runs this, which only one that was imported does."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _table(figures: Preliminary) -> str:
    """Write the figures so far as a table; nothing where there are none."""
    models = figures.models()
    if not models:
        return ""
    rows = []
    for model in models:
        cells = [figures.of(task, model).text for task in figures.tasks]
        rows.append("".join(f"<td>{html.escape(escaped(text))}</td>" for text in cells))
    titles = [html.escape(escaped(said(figures.titles[model]))) for model in models]
    body = "".join(
        f"<tr><th>{title}</th>{row}</tr>" for title, row in zip(titles, rows, strict=True)
    )
    heads = "".join(f"<th>{html.escape(escaped(task))}</th>" for task in figures.tasks)
    caption, model = (html.escape(text) for text in (so_far(), _("Model")))
    return f"<table><caption>{caption}</caption><tr><th>{model}</th>{heads}</tr>{body}</table>"
