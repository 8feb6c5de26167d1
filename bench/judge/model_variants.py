"""What variants of models gain over the models themselves, and how stable selections are."""

from collections.abc import Sequence

import numpy as np

from ..stats.selection_stability import selection_stability
from ..store.records import RunRecord, TaskRecord
from .gains_over_base import gains_over_base
from .judgement import Entry
from .variant_outcome import VariantOutcome

PLUS = "+"


def variants_of(
    run: RunRecord, task: TaskRecord, models: Sequence[Entry], n_draws: int, seed: int
) -> tuple[VariantOutcome, ...]:
    """Compare all variants with their models; what a search chose is compared elsewhere.

    So are networks that learnt another task first: along their learning curve.

    Parameters
    ----------
    run : RunRecord
    task : TaskRecord
    models : sequence of Entry
        Those of the task.
    n_draws, seed : int
        Of the bootstrap of the gains.
    """
    elsewhere = {one.model for one in run.searches}
    elsewhere |= set() if run.transfer is None else run.transfer.bases.keys()
    entries = {entry.name: entry for entry in models}
    pairs = [
        (name, base)
        for name in entries
        if (base := name.partition(PLUS)[0]) != name and name not in elsewhere and base in entries
    ]
    found = gains_over_base(task, entries, pairs, n_draws, seed)
    return tuple(
        VariantOutcome(
            name,
            entries[name].title,
            base,
            entries[base].title,
            found.get(name),
            **_selection(run, task, name),
        )
        for name, base in pairs
    )


def _selection(run: RunRecord, task: TaskRecord, name: str) -> dict[str, object]:
    splits = {fold.number: len(fold.splits) for fold in task.folds}
    cells = [
        cell
        for cell in run.cells
        if (cell.task, cell.model) == (task.name, name)
        and cell.done
        and cell.kept
        and cell.split < splits[cell.fold]
    ]
    if not cells:
        return {}
    names = sorted({column for cell in cells for column in cell.kept})
    table = np.zeros((len(cells), max(task.n_features, len(names))), dtype=bool)
    for row, cell in enumerate(cells):
        table[row, [names.index(column) for column in cell.kept]] = True
    stability, error = selection_stability(table)
    return {
        "kept": tuple(int(number) for number in table.sum(axis=1)),
        "n_columns": table.shape[1],
        "always": int(table.all(axis=0).sum()),
        "never": int((~table.any(axis=0)).sum()),
        "stability": stability,
        "error": error,
    }
