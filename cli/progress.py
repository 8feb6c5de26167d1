"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..bench.run.work import Planned
from ..bench.store.records import CellRecord
from ..reports.escape import escaped

_LINE_EVERY_SECONDS = 20.0


class ProgressShown:
    """Shows how a run goes on, and how long it is still likely to take.

    The time left is the sum over the cells to come of what their model's cells took so far, here
    or in stored cells, shared among the workers; models not yet seen count as the mean of the
    others.

    Parameters
    ----------
    console : Console
        Of standard error.
    jobs : int
        Worker processes.
    """

    def __init__(self, console: Console, jobs: int) -> None:
        self.console = console
        self.jobs = jobs
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def planned(self, cells: Sequence[Planned], stored_seconds: Mapping[str, float]) -> None:
        """Take note of what is to come."""
        self.took = defaultdict(list, {model: [took] for model, took in stored_seconds.items()})
        self.to_come = defaultdict(int)
        for cell in cells:
            self.to_come[cell.plugin.name] += 1
        self.total, self.n_done, self.last_line = len(cells), 0, time.monotonic()
        if cells:
            self.console.print(f"{len(cells)} cells to compute, {self.jobs} at a time", style="dim")
            self.shown = self.bar.add_task("starting", total=len(cells), left="")

    def finished(self, cell: CellRecord) -> None:
        """Count a cell and say how long the rest is likely to take."""
        self.n_done += 1
        self.to_come[cell.model] -= 1
        if cell.done:
            self.took[cell.model].append(cell.fit_seconds + cell.predict_seconds)
        else:
            self.says(
                f"{cell.status}: {cell.model} on {cell.task}, fold {cell.fold}: {cell.message}"
            )
        left = f"about {duration(self.seconds_left())} left"
        where = escape(escaped(f"{cell.task}, fold {cell.fold}"))
        self.bar.update(self.shown, advance=1, description=where, left=left)
        if not self.console.is_terminal and time.monotonic() - self.last_line > _LINE_EVERY_SECONDS:
            self.last_line = time.monotonic()
            self.says(f"{self.n_done} of {self.total} cells, {left} ({where})")

    def says(self, text: str) -> None:
        """Print a line above the bar."""
        self.console.print(escape(escaped(text)), highlight=False, soft_wrap=True)

    def seconds_left(self) -> float:
        """Estimate the time until the last cell is done."""
        means = {model: sum(took) / len(took) for model, took in self.took.items() if took}
        usual = sum(means.values()) / len(means) if means else 0.0
        work = sum(n * means.get(model, usual) for model, n in self.to_come.items())
        return work / self.jobs


def duration(seconds: float) -> str:
    """Say a duration the way people do."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
