"""What failed and what warned, in all tasks of a run."""

from collections import Counter

from ...bench.language.speaking import _, marked
from ...bench.store.records import CellRecord, RunRecord
from .. import formats
from ..elements import Table, plain_table

_STATUSES = {
    "failed": marked("failed"),
    "crashed": marked("crashed"),
    "timed out": marked("timed out"),
    "out of memory": marked("out of memory"),
}


def failures_table(run: RunRecord) -> Table | None:
    """Tabulate the cells that gave no predictions; None if all did."""
    titles = _titles(run)
    lines = [
        (
            titles.get(cell.model, cell.model),
            cell.task,
            _place(cell),
            _(_STATUSES.get(cell.status, cell.status)),
            cell.message,
        )
        for cell in run.cells
        if not cell.done
    ]
    if not lines:
        return None
    headings = (_("Model"), _("Task"), _("Cell"), _("What happened"), _("Reason"))
    return plain_table(_("Cells that gave no predictions"), headings, lines, style="words")


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
    headings = (_("Model"), _("Task"), _("Times"), _("Warning"))
    return plain_table(_("What models warned of"), headings, lines, style="words")


def _titles(run: RunRecord) -> dict[str, str]:
    return {model.name: model.title for model in run.models}


def _place(cell: CellRecord) -> str:
    if cell.split < 0:  # a blend
        return _("fold {fold}").format(fold=cell.fold)
    return _("fold {fold}, split {split}, seed {seed}").format(
        fold=cell.fold, split=cell.split, seed=cell.seed
    )
