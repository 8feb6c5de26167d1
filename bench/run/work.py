"""A run before it is computed: what takes part in it, and its cells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..data_checks.finding import Finding
from ..language.speaking import _
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..splits.fold import Fold
from ..store.records import CellRecord
from ..suite.curve import CurveRecord
from ..suite.suite import Suite
from ..task import Task
from .acting import ActingPlan
from .searched import Searched
from .slice_plan import Sliced
from .transfer_plan import Transfer


@dataclass(frozen=True)
class Work:
    """A suite with its names resolved, its data loaded and looked at, its splits planned.

    ``points`` are the tasks that were made for ``curves``; ``plans`` has theirs too.
    ``has_costs`` says whether costs are measured and drivers asked for, ``has_canaries`` whether
    models are tried on outcomes by chance as well.  ``left_out`` says of models what they need that
    is not installed.  ``slices`` are the columns by which figures of each task are told apart.
    ``searches`` are the models whose configurations are tried; the entries with the chosen ones are
    among ``models``.  ``has_blends`` says whether there was time for ensembles that read features.
    ``acting`` says who acts or waits, where that is asked for, and ``transfer`` which networks
    learn another task first.
    """

    suite: Suite
    tasks: tuple[Task, ...]
    models: tuple[tuple[Plugin, Outline], ...]
    plans: Mapping[str, tuple[Fold, ...]]
    findings: Mapping[str, tuple[Finding, ...]]
    points: tuple[Task, ...] = ()
    curves: tuple[CurveRecord, ...] = ()
    has_costs: bool = True
    has_canaries: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)
    slices: Mapping[str, tuple[Sliced, ...]] = field(default_factory=dict)
    searches: tuple[Searched, ...] = ()
    has_blends: bool = True
    acting: ActingPlan | None = None
    transfer: Transfer | None = None

    @property
    def member_sets(self) -> dict[str, list[str]]:
        """Resolve the suite's member sets to models; a set of fewer than two is no ensemble."""
        sets = {
            label: [
                plugin.name
                for plugin, described in self.models
                if described.family in members.families
            ]
            for label, members in self.suite.ensembles.items()
        }
        return {label: members for label, members in sets.items() if len(members) > 1}

    @property
    def blended(self) -> str:
        """Name the member set that is blended with features: the first; empty if there is none.

        A set that is limited in time is none: who is in it would hang on this machine's mood.
        """
        first = next(iter(self.member_sets), "") if self.has_blends else ""
        limited = first and self.suite.ensembles[first].most_ms_per_1000 is not None
        return "" if limited else first

    def measures(self, cell: "Planned") -> bool:
        """Tell whether costs are measured in a cell: in one of each model and task."""
        return (
            self.has_costs
            and cell.task in {task.name for task in self.tasks}
            and cell.fold == self.plans[cell.task][0].number
            and cell.split <= 0
            and cell.seed == self.suite.seeds[0]
        )

    def explains(self, cell: "Planned") -> bool:
        """Tell whether a cell is asked for its drivers: one of each model, task and fold."""
        return (
            self.has_costs
            and cell.task in {task.name for task in self.tasks}
            and cell.split == 0
            and cell.seed == self.suite.seeds[0]
        )

    def tells_apart(self, cell: "Planned") -> bool:
        """Tell whether a cell is asked for its segments: one of each model and task.

        Of the last fold, which in time has seen most.
        """
        return self.explains(cell) and cell.fold == self.plans[cell.task][-1].number

    def n_fitted(self, cell: "Planned | CellRecord") -> int:
        """Count the cases that a cell fits: fit cases of a model, valid ones of a blend."""
        fold = next(fold for fold in self.plans[cell.task] if fold.number == cell.fold)
        return len(fold.fits[cell.split].fit) if cell.split >= 0 else len(fold.valid)

    def without(self, names: Collection[str], why: str) -> "Work":
        """Leave models out, and the entries that a search would have made of them."""
        gone = set(names) | {one.tuned[0].name for one in self.searches if one.plugin.name in names}
        return replace(
            self,
            models=tuple(pair for pair in self.models if pair[0].name not in gone),
            curves=tuple(
                replace(curve, models=tuple(name for name in curve.models if name not in gone))
                for curve in self.curves
            ),
            searches=tuple(one for one in self.searches if one.tuned[0].name not in gone),
            left_out={**self.left_out, **dict.fromkeys(sorted(gone), why)},
        )

    @property
    def models_as_given(self) -> tuple[tuple[Plugin, Outline], ...]:
        """The models that are planned before anything is computed: all but those tuned."""
        tuned = {searched.tuned[0].name for searched in self.searches}
        return tuple(pair for pair in self.models if pair[0].name not in tuned)

    @property
    def all_tasks(self) -> tuple[Task, ...]:
        """The tasks that cells are computed of."""
        return self.tasks + self.points

    def models_on(self, task: str) -> tuple[tuple[Plugin, Outline], ...]:
        """Give the models that are planned on a task: all, but for a curve's own points."""
        if task in {whole.name for whole in self.tasks}:
            return self.models_as_given
        named = {
            name
            for curve in self.curves
            if task in {point.task for point in curve.points}
            for name in curve.models
        }
        return tuple(pair for pair in self.models if pair[0].name in named)


@dataclass(frozen=True)
class Planned:
    """A cell before it is computed.

    ``random_state`` is what its model's seed becomes; ``params`` are those of its model that are
    not its own.  ``source`` is what the model learns first, of a model that does.
    """

    key: str
    task: str
    plugin: Plugin
    outline: Outline
    fold: int
    split: int
    seed: int
    random_state: int
    params: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    source: Task | None = field(default=None, kw_only=True)

    @property
    def label(self) -> str:
        """Name the cell to a person."""
        return _("{model} on {task}, fold {fold}").format(
            model=self.plugin.name, task=self.task, fold=self.fold
        )

    def identity(self) -> dict[str, Any]:
        """Give where the cell belongs, which it notes itself, too."""
        return {
            "task": self.task, "model": self.plugin.name, "fold": self.fold, "split": self.split,
            "seed": self.seed,
        }  # fmt: skip

    def place(self, status: str = "done", message: str = "") -> dict[str, Any]:
        """Give what a run notes of the cell: that it is done, or what became of it and why."""
        return {**self.identity(), "key": self.key, "status": status, "message": message}
