"""What several commands share."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE
from ..bench.plugins.outline import kind_of_file
from ..bench.plugins.registry import Registry

if TYPE_CHECKING:
    from rich.console import Console

    from ..bench.store.records import RunRecord
    from ..bench.store.store import Store


def registries(files: Sequence[Path]) -> tuple[Registry, Registry]:
    """Sort the plugin files given into models and data sets."""
    kinds = {file: kind_of_file(file) for file in files}
    models, datasets = (
        Registry(kind, [file for file in files if kinds[file] == kind])
        for kind in ("model", "dataset")
    )
    return models, datasets


def standard_error() -> "Console":
    """Give the console for what is said besides the answer."""
    from rich.console import Console

    return Console(stderr=True)


def busy(console: "Console", text: str) -> AbstractContextManager[object]:
    """Show that something takes a while, where somebody looks."""
    return console.status(text) if console.is_terminal else nullcontext()


def judge_and_report(store: "Store", run: "RunRecord", console: "Console") -> int:
    """Judge a run, write its report, and print where that is; gives the exit code."""
    from ..bench.judge.judge import judge
    from ..bench.store.run_reader import path_of_run
    from ..bench.store.store import writing
    from ..reports.render import write_report

    with busy(console, "judging and writing the report"):
        judgement = judge(run)
        with writing(store.root):
            path = write_report(judgement, path_of_run(store, run.run_id))
    failed = [cell for cell in run.cells if not cell.done]
    if failed:
        console.print(
            f"{len(failed)} of {len(run.cells)} cells failed; the report gives each one's reason.",
            highlight=False,
        )
    print(path)
    return EXIT_CELLS_FAILED if failed else EXIT_DONE


def run_by_hand(file: str) -> None:
    """Run the command whose file was started itself, as ``intentbench`` would."""
    from .main import main

    sys.exit(main([Path(file).stem, *sys.argv[1:]]))
