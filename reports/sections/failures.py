"""What failed and what warned, in all tasks of a run."""

from collections import Counter

from ...bench.store.records import CellRecord, RunRecord
from .. import formats
from ..elements import Table, plain_table


def failures_table(run: RunRecord) -> Table | None:
    """Tabulate the cells that gave no predictions; None if all did."""
    titles = _titles(run)
    lines = [
        (titles.get(cell.model, cell.model), cell.task, _place(cell), cell.status, cell.message)
        for cell in run.cells
        if not cell.done
    ]
    if not lines:
        return None
    headings = ("Model", "Task", "Cell", "What happened", "Reason")
    return plain_table("Cells that gave no predictions", headings, lines, style="words")


def warnings_table(run: RunRecord) -> Table | None:
    """Tabulate what models warned of, each warning once; None if none did."""
    titles = _titles(run)
    seen = Counter(
        (cell.model, cell.task, message) for cell in run.cells for message in cell.warnings
    )
    lines = [
        (titles.get(model, model), task, formats.count(number), message)
        for (model, task, message), number in seen.items()
    ]
    if not lines:
        return None
    headings = ("Model", "Task", "Times", "Warning")
    return plain_table("What models warned of", headings, lines, style="words")


def _titles(run: RunRecord) -> dict[str, str]:
    return {model.name: model.title for model in run.models}


def _place(cell: CellRecord) -> str:
    if cell.split < 0:  # a blend
        return f"fold {cell.fold}"
    return f"fold {cell.fold}, split {cell.split}, seed {cell.seed}"
