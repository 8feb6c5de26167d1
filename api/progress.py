"""Where a run stands: cells done, figures so far, and the time left, judging included."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..bench.language.sentence import said
from ..bench.language.speaking import _
from ..bench.run.expected_time import ExpectedTime
from ..bench.run.policy_plan import PlannedPolicy
from ..bench.run.search_plan import PlannedTrial
from ..bench.run.work import Planned, Work
from ..bench.search.halving import KEPT_ONE_IN
from ..bench.store.records import CellRecord
from ..bench.store.store import Store
from .preliminary import Preliminary

# Seconds for a model and a tested case, ensembles included; a valid case, on which these learn,
# takes this share of it.
_JUDGING_SECONDS = 7e-6
_OF_A_VALID_CASE = 0.5
_FEWEST_CELLS = 4  # to say how much longer cells take than their fits and predictions
_MODELS, _TRIALS, _TUNED, _BLENDS, _POLICIES, _CANARIES = range(6)


class _Later(NamedTuple):
    """What comes when the cells at hand are done: a model's name and family, the cases it fits."""

    phase: int
    model: tuple[str, str]
    n_cases: int


class Progress:
    """Follows a run; a watcher tells it what it is told, and shows what comes of it.

    Parameters
    ----------
    jobs : int
        Worker processes.
    has_figures : bool
        Whether predictions are read and scored: not where nobody looks at the figures.
    """

    def __init__(self, jobs: int, *, has_figures: bool) -> None:
        self.jobs, self.has_figures = jobs, has_figures
        self.figures: Preliminary | None = None
        self.total = self.n_done = 0
        self.task = self.where = ""

    def begins(self, work: Work, store: Store) -> None:
        """Take note of what the run is about."""
        self.expected = ExpectedTime(work)
        self.figures = Preliminary(work, store) if self.has_figures else None
        self.judging = judging_seconds(work)
        self.work = work
        self.later = [*_searches(work), *_blends(work), *_policies(work)]
        self.later += _canaries(work) if work.has_canaries else ()

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """Take note of what is to come, and of what is there already."""
        phase = self._phase(work, cells[0])
        self.expected.work = work
        self.later = [each for each in self.later if each.phase > phase]
        self.to_come = {(cell.task, cell.plugin.name, cell.fold, cell.split, cell.seed): cell
                        for cell in cells}  # fmt: skip
        for record in stored:
            self._learn(record)
        self.total, self.n_done = len(cells), 0
        self.task, self.where = cells[0].task, _where(cells[0])
        self.begun, self.taken = time.monotonic(), 0.0

    def _phase(self, work: Work, first: Planned) -> int:
        if isinstance(first, PlannedTrial):
            return _TRIALS
        if isinstance(first, PlannedPolicy):
            return _POLICIES
        if work is not self.work:
            return _CANARIES
        is_given = first.plugin.name in {plugin.name for plugin, _ in work.models_as_given}
        return _BLENDS if first.split < 0 else _MODELS if is_given else _TUNED

    def finished(self, cell: CellRecord) -> None:
        """Count a cell."""
        self.n_done += 1
        self.to_come.pop((cell.task, cell.model, cell.fold, cell.split, cell.seed), None)
        self.task, self.where = cell.task, _where(cell)
        self.taken += cell.wall_seconds
        self._learn(cell)

    def seconds_left(self) -> float:
        """Estimate the time until the report is there."""
        cells = sum(map(self.expected.of, self.to_come.values()))
        later = sum(self.expected.of_model(*each.model, each.n_cases) for each in self.later)
        return (cells + later) * self._beside() / self.jobs + self.judging

    def _learn(self, record: CellRecord) -> None:
        self.expected.learn(record)
        if self.figures is not None:
            self.figures.add(record)

    def _beside(self) -> float:
        """Say how much longer cells take than what is measured of them: sending, costs, waiting."""
        if self.n_done < _FEWEST_CELLS or not self.taken:
            return 1.0
        passed = (time.monotonic() - self.begun) * min(self.jobs, self.total)
        return max(1.0, passed / self.taken)


def _where(cell: Planned | CellRecord) -> str:
    return _("{task}, fold {fold}").format(task=cell.task, fold=cell.fold)


def _searches(work: Work) -> Iterator[_Later]:
    """Each rung costs about as much as a third of the configurations on all fit cases."""
    for task in work.tasks if work.searches else ():
        for fold in work.plans[task.name]:
            n_fit = sum(len(split.fit) for split in fold.fits)
            for searched in work.searches:
                model = searched.plugin.name, searched.outline.family
                n_whole = len(searched.configurations) / KEPT_ONE_IN
                yield _Later(_TRIALS, model, round(n_whole * n_fit))
                yield _Later(_TUNED, model, n_fit)


def _blends(work: Work) -> Iterator[_Later]:
    for task in work.tasks if work.blended else ():
        for fold in work.plans[task.name]:
            yield _Later(_BLENDS, ("", "ensemble"), len(fold.valid))


def _policies(work: Work) -> Iterator[_Later]:
    """Every policy has the visits scored, or finds them scored."""
    for task in work.tasks if work.acting is not None else ():
        for fold in work.plans[task.name]:
            for split in fold.splits:
                for plugin, _described in work.acting.policies:
                    yield _Later(_POLICIES, (plugin.name, "policy"), len(split.fit))


def _canaries(work: Work) -> Iterator[_Later]:
    """Every model learns outcomes by chance, and their opposite."""
    for task in work.tasks:
        for fold in work.plans[task.name]:
            for plugin, described in work.models:
                model = plugin.name, described.family
                yield _Later(_CANARIES, model, 2 * len(fold.splits[0].fit))


def judging_seconds(work: Work) -> float:
    """Estimate how long judging a run and writing its report will take."""
    folds = [fold for task in work.tasks for fold in work.plans[task.name]]
    n_cases = sum(len(fold.test) + _OF_A_VALID_CASE * len(fold.valid) for fold in folds)
    return _JUDGING_SECONDS * n_cases * len(work.models)


def failed_sentence(cell: CellRecord) -> str:
    """Say which cell failed, how and why."""
    return _("{status}: {model} on {task}, fold {fold}: {why}").format(
        status=_(cell.status),
        model=cell.model,
        task=cell.task,
        fold=cell.fold,
        why=said(cell.message),
    )


def duration(seconds: float) -> str:
    """Say a duration the way people do."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
