"""What memory cells are likely to take at their highest."""

from collections import defaultdict

from ..cell.mapped_cases import FROM_BYTES, size_of
from ..store.records import CellRecord
from .work import Planned, Work

# Bytes that fitting and predicting take for each byte of a task's columns and events, by family,
# as long as nothing is known of a model; of the table of a million cases in docs/performance.md,
# rounded up.
_TIMES_THE_TASK = {
    "baseline": 2.0, "tree": 4.0, "bayesian": 6.0, "linear": 10.0, "other": 10.0, "ensemble": 10.0,
    "svm": 12.0, "sequence": 15.0, "deep": 18.0,
}  # fmt: skip
# A worker's own before it holds anything of a task; a deep model's library comes on top.
_WORKER, _LIBRARY = 150 << 20, 450 << 20
_LEAST_ADDED = 20 << 20


class ExpectedMemory:
    """Learns from cells that are done what others are likely to take.

    A model's memory is taken to grow with the size of the task; of one that was asked on the same
    task, what it took there is known.

    Parameters
    ----------
    work : Work
    """

    def __init__(self, work: Work) -> None:
        self.tasks = {task.name: task for task in work.all_tasks}
        self.added: dict[str, dict[str, int]] = defaultdict(dict)
        self._sizes: dict[str, int] = {}

    def learn(self, record: CellRecord) -> None:
        """Take note of a cell that is done; one that failed teaches nothing."""
        if record.done and record.task in self.tasks:
            of_model = self.added[record.model]
            of_model[record.task] = max(of_model.get(record.task, 0), record.peak_bytes)

    def of(self, cell: Planned) -> int:
        """Give the bytes that a cell's process is likely to hold for itself at its highest."""
        size = self._size(cell.task)
        library = _LIBRARY if cell.outline.family == "deep" else 0
        added = self._added(cell, size)
        if cell.plugin.is_of_house and self.shared(cell.task):
            # What it was seen to add holds the parts of the split, which all have in common.
            return _WORKER + library + max(_LEAST_ADDED, added - size)
        return _WORKER + library + size + max(_LEAST_ADDED, added)

    def shared(self, task: str) -> int:
        """Give the bytes that all cells of a task have in common: of a large one, it and a cut."""
        size = self._size(task)
        return 2 * size if size >= FROM_BYTES else 0

    def _added(self, cell: Planned, size: int) -> int:
        known = self.added.get(cell.plugin.name)
        if not known:
            times = _TIMES_THE_TASK.get(cell.outline.family, _TIMES_THE_TASK["other"])
            return int(times * size)
        if cell.task in known:
            return known[cell.task]
        return max(int(added * max(1.0, size / self._size(task))) for task, added in known.items())

    def _size(self, task: str) -> int:
        if task not in self._sizes:
            self._sizes[task] = max(1, size_of(self.tasks[task].cases))
        return self._sizes[task]
