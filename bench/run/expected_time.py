"""What cells are likely to take, and the order in which the cheap ones come first."""

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from ..store.records import CellRecord
from .expected_memory import ExpectedMemory
from .work import Planned, Work

# Seconds for 10,000 cases, by family, as long as nothing is known of a model: the right order of
# magnitude is enough.  What is known of others of a run scales them to the machine.
_SECONDS = {
    "baseline": 0.01, "linear": 0.2, "tree": 0.5, "bayesian": 0.8, "sequence": 0.8, "ensemble": 1.0,
    "other": 1.0, "svm": 3.0, "deep": 4.0,
}  # fmt: skip
_CASES = 10_000
_TIMES_AS_DEAR = 4.0  # from one class of models to the next, when cells are put in order


class ExpectedTime:
    """Learns from cells that are done what others are likely to take.

    A model's time is taken to grow with the number of cases that it fits.  ``memory`` learns of the
    same cells.

    Parameters
    ----------
    work : Work
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.seconds: dict[str, float] = defaultdict(float)
        self.cases: dict[str, float] = defaultdict(float)
        self.memory = ExpectedMemory(work)
        self.families = {plugin.name: described.family for plugin, described in work.models}

    def learn(self, record: CellRecord) -> None:
        """Take note of a cell that is done; one that failed teaches nothing."""
        self.memory.learn(record)
        if record.done:
            self.seconds[record.model] += record.wall_seconds
            self.cases[record.model] += self.work.n_fitted(record)

    def of(self, cell: Planned) -> float:
        """Give the seconds by the clock that a cell is likely to take, fitting and predicting."""
        return self.of_model(cell.plugin.name, cell.outline.family, self.work.n_fitted(cell))

    def of_model(self, name: str, family: str, n_cases: float) -> float:
        """Give the seconds that a model is likely to take for so many cases to fit."""
        if self.cases[name]:
            return self.seconds[name] / self.cases[name] * n_cases
        return _usual(family) * n_cases * self._pace()

    def _pace(self) -> float:
        """Say how much slower this machine is than the table above, as far as that is known."""
        told = sum(
            _usual(self.families[name]) * n_cases
            for name, n_cases in self.cases.items()
            if name in self.families
        )
        taken = sum(seconds for name, seconds in self.seconds.items() if name in self.families)
        return taken / told if told and taken else 1.0


def _usual(family: str) -> float:
    """Give the seconds for a case; a plugin may name a family that there is not."""
    return _SECONDS.get(family, _SECONDS["other"]) / _CASES


def whole_models_first(cells: Sequence[Planned], expected: ExpectedTime) -> Iterator[Planned]:
    """Give the cells of one model after the other, so that at any time many models are whole.

    Cheap ones come first; the second of a family counts as twice as dear as it is, the third as
    three times, and so on: models of several families make the better ensemble.  Before each cell
    that is asked anew: a model that turns out to be dear waits for those that are cheaper.
    """
    waiting: dict[str, deque[Planned]] = defaultdict(deque)
    families: dict[str, set[str]] = defaultdict(set)
    for cell in cells:
        waiting[cell.plugin.name].append(cell)
        families[cell.outline.family].add(cell.plugin.name)
    while waiting:
        places = _places(families, expected)
        name = min(waiting, key=lambda name: (places[name], name))
        yield waiting[name].popleft()
        if not waiting[name]:
            del waiting[name]


def _places(families: Mapping[str, set[str]], expected: ExpectedTime) -> dict[str, float]:
    """Give the seconds of each model, times its rank in its family."""
    places = {}
    for family, names in families.items():
        dear = sorted((expected.of_model(name, family, _CASES), name) for name in names)
        places |= {name: rank * seconds for rank, (seconds, name) in enumerate(dear, start=1)}
    return places


def cheap_first(cells: Sequence[Planned], expected: ExpectedTime) -> list[Planned]:
    """Put the cells of cheap models first, so that there is much to see soon.

    Models are sorted into classes, each some times as dear as the one before it; within a class the
    order stays that of the plan, in which workers read a task and a split once for many models.
    No result hangs on the order.
    """
    dear = {
        cell.plugin.name: expected.of_model(cell.plugin.name, cell.outline.family, _CASES)
        for cell in cells
    }
    classes = {
        name: math.floor(math.log(max(seconds, 1e-6), _TIMES_AS_DEAR))
        for name, seconds in dear.items()
    }
    return sorted(cells, key=lambda cell: classes[cell.plugin.name])
