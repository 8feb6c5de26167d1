"""What several commands share."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE, RequestError
from ..bench.language.speaking import _
from ..bench.plugins.by_kind import registries
from ..bench.plugins.registry import Plugin, Registry
from ..reports.escape import escaped
from .output import say

if TYPE_CHECKING:
    from rich.console import Console

    from ..bench.store.records import RunRecord
    from ..bench.store.store import Store

_OPENS = "open" if sys.platform == "darwin" else "xdg-open"


def metrics_given(files: Sequence[Path]) -> Registry:
    """Give the metrics, to a command that computes no cells.

    Raises
    ------
    RequestError
        If a file holds something else.
    """
    found = registries(files)
    for others in (found.models, found.datasets, found.policies):
        if others.given:
            raise RequestError(
                f"--plugin {others.given[0]}.py holds a {others.kind}, and nothing is computed "
                "here.  Give metrics only."
            )
    return found.metrics


def store_of(given: argparse.Namespace) -> "Store":
    """Give the results folder, and behind it the store that ``--store`` names, if it does.

    Raises
    ------
    RequestError
        If that is no store.
    """
    from ..bench.store.objects import opened_objects
    from ..bench.store.shared_store import opened_store

    return opened_store(Path(given.results), opened_objects(given.store) if given.store else None)


def run_of(store: "Store", name: str) -> "RunRecord":
    """Read a run by its id, or the latest, wherever the store has it.

    Raises
    ------
    StoreError
        If there is none, or it is damaged.
    """
    from ..bench.store.run_reader import read_run

    store.bring(name)
    return read_run(store, name)


def standard_error() -> "Console":
    """Give the console for what is said besides the answer."""
    from rich.console import Console

    return Console(stderr=True)


def busy(console: "Console", text: str) -> AbstractContextManager[object]:
    """Show that something takes a while, where somebody looks."""
    return console.status(text) if console.is_terminal else nullcontext()


def judge_and_report(
    store: "Store",
    run: "RunRecord",
    metrics: Sequence[Plugin],
    console: "Console",
    printer: str | None = None,
) -> int:
    """Judge a run, write its report, print the run in brief and where the report is.

    Gives the exit code.

    Parameters
    ----------
    store : Store
    run : RunRecord
    metrics : sequence of Plugin
        Those that take part, besides the house's.
    console : Console
        Of standard error.
    printer : str, optional
        The program that prints the report as well; see ``browser``.
    """
    from ..bench.judge.judge import judge
    from ..bench.language.sentence import spoken
    from ..bench.run.standing import made_with
    from ..bench.store.run_reader import path_of_run
    from ..bench.store.seal import close_report, open_report
    from ..bench.store.store import writing
    from ..reports.printing import PDF
    from ..reports.render import write_report
    from .metric_plugins import noted

    folder, with_ = path_of_run(store, run.run_id), made_with(noted(metrics))
    with busy(console, _("judging and writing the report")):
        judgement = spoken(judge(run))
        with writing(store.root):
            open_report(folder)
            (folder / PDF).unlink(missing_ok=True)  # of the report before
            write_report(judgement, folder)
            close_report(folder, with_)
    return point_to_report(store, run, console, printer)


def say_changed(store: "Store", run: "RunRecord", what_now: str, console: "Console") -> None:
    """Say which files that were made of a run are not as they were written."""
    from rich.markup import escape

    from ..bench.store.run_reader import changed_of_run

    names = changed_of_run(store, run)
    if names:
        told = _("{run}: changed after it was written: {files}.  {what_now}").format(
            run=run.run_id, files=", ".join(names), what_now=what_now
        )
        console.print(escape(escaped(told)), highlight=False, soft_wrap=True)


def point_to_report(
    store: "Store", run: "RunRecord", console: "Console", printer: str | None = None
) -> int:
    """Print a run in brief, where its report is, and what next; gives the exit code.

    On standard output is the path alone, for programs.  ``printer`` is as in ``judge_and_report``.
    """
    from ..bench.store.run_reader import path_of_run
    from ..bench.store.seal import REPORT, add_made
    from ..reports.brief import SUMMARY, read_brief
    from ..reports.printing import print_page
    from .brief import show_brief

    folder = path_of_run(store, run.run_id)
    show_brief(read_brief(folder / SUMMARY), console)
    n_failed = sum(not cell.done for cell in run.cells)
    if n_failed:
        console.print(
            _(
                "{n} of {cells} cells failed; the report gives each one's reason, and intentbench "
                "run tries them again."
            ).format(n=n_failed, cells=len(run.cells)),
            highlight=False, soft_wrap=not console.is_terminal,
        )  # fmt: skip
    say(folder / REPORT)
    opens = _("Next: {command}").format(command=f"{_OPENS} {quote(str(folder / REPORT))}")
    console.print(escaped(opens), markup=False, highlight=False, soft_wrap=True)
    if printer is not None:
        with busy(console, _("printing the report")):
            add_made(folder, [print_page(folder / REPORT, printer)])
    return EXIT_CELLS_FAILED if n_failed else EXIT_DONE


def run_by_hand(file: str) -> None:
    """Run the command whose file was started itself, as ``intentbench`` would."""
    from .main import main

    sys.exit(main([Path(file).stem, *sys.argv[1:]]))
