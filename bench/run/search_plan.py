"""Searches in a run: whose configurations are tried, on which cases, and what decides a trial."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import RequestError, did_you_mean
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..search.configurations import drawn, of_grid
from ..search.halving import shares
from ..search.space import read_space
from ..splits.fold import Fold
from ..splits.thinning import thinned
from ..suite.search import Search
from ..suite.suite import Suite
from ..task import Task
from .cell_plan import Recipe, planned_cell
from .searched import Searched
from .work import Planned, Work

TUNED = "tuned"


@dataclass(frozen=True)
class PlannedTrial(Planned):
    """A trial before it is computed: a configuration by its number."""

    configuration: int


def plan_searches(
    search: Search | None, models: Sequence[tuple[Plugin, Outline]]
) -> tuple[Searched, ...]:
    """Draw the configurations of all models that declare a space, or whose grid is given.

    Raises
    ------
    RequestError
        If a space or a grid has no meaning, or there is nothing to search.
    """
    if search is None:
        return ()
    names = [plugin.name for plugin, _ in models]
    for name in search.grid:
        if name not in names:
            raise RequestError(
                f"the search has a grid of {name!r}, which does not take part."
                f"{did_you_mean(name, names)}  Models: {', '.join(names)}."
            )
    found = []
    for plugin, described in models:
        if plugin.name in search.grid:
            grid = search.grid[plugin.name]
            _require_parameters(plugin.name, grid, described)
            configurations = of_grid(plugin.name, grid, search.configurations)
        else:
            space = read_space(plugin.name, described.space)
            configurations = drawn(space, search.configurations)
        if len(configurations) > 1:
            tuned = (
                replace(plugin, name=f"{plugin.name}+{TUNED}"),
                replace(described, title=f"{described.title}, {TUNED}"),
            )
            found.append(Searched(plugin, described, tuned, configurations))
    if not found:
        raise RequestError(
            "there is nothing to search: none of the models declares a space.  Name others, or a "
            "grid in the suite, as in [search.grid.my_model]."
        )
    return tuple(found)


def _require_parameters(model: str, grid: Mapping[str, object], described: Outline) -> None:
    for name in grid:
        if described.parameters and name not in described.parameters:
            raise RequestError(
                f"model {model!r} has no parameter {name!r}."
                f"{did_you_mean(name, described.parameters)}  It has: "
                f"{', '.join(described.parameters)}."
            )


@dataclass(frozen=True)
class Ladder:
    """The shares of a task's fit cases on which configurations are tried, and their plans."""

    task: Task
    shares: tuple[float, ...]
    plans: tuple[tuple[Fold, ...], ...]


def ladder_of(task: Task, plan: Sequence[Fold], n: int, suite: Suite) -> Ladder:
    """Plan on how many fit cases up to ``n`` configurations are tried; valid cases stay."""
    splits = [split for fold in plan for split in fold.splits]
    rarer = min(int(np.bincount(task.target[split.fit], minlength=2).min()) for split in splits)
    found, plans = [], []
    for share in shares(n, rarer):
        try:
            whole = tuple(replace(fold, halves=()) for fold in plan)
            thin = whole if share == 1 else thinned(task, plan, share, suite.resampling.seed)
        except RequestError:  # whole groups, or the latest cases, hold fewer of an outcome
            continue
        found.append(share)
        plans.append(thin)
    return Ladder(task, tuple(found), tuple(plans))


def rung_work(work: Work, ladders: Sequence[Ladder], rung: int) -> Work:
    """Give the work of one rung: the tasks that reach it, thinned, under names of their own."""
    tasks, plans = [], {}
    for ladder in ladders:
        if (place := at_rung(ladder, rung)) is not None:
            name = rung_name(ladder.task.name, ladder.shares[place])
            tasks.append(replace(ladder.task, name=name, truth=None, further=None))
            plans[name] = ladder.plans[place]
    models = tuple((searched.plugin, searched.outline) for searched in work.searches)
    suite = replace(work.suite, seeds=work.suite.seeds[:1])
    return Work(suite, tuple(tasks), models, plans, {}, has_costs=False)


def at_rung(ladder: Ladder, rung: int) -> int | None:
    """Say where in a ladder a rung is, counted back from the last, 0; None below its first."""
    place = len(ladder.shares) - 1 - rung
    return place if place >= 0 else None


def rung_name(task: str, share: float) -> str:
    """Name a task as it is tried on a share of its fit cases."""
    return f"{task}@search{share:.3f}"


def plan_trials(
    work: Work,
    ladder: Ladder,
    rung: int,
    alive: Callable[[Searched, int], Sequence[int]],
    recipes: Mapping[str, Recipe],
) -> list[PlannedTrial]:
    """List the trials of a task on one rung.

    Parameters
    ----------
    work : Work
    ladder : Ladder
    rung : int
        Counted back from the last.
    alive : callable
        Numbers the configurations of a model that are tried in a fold.
    recipes : mapping of str to Recipe
        By model.
    """
    place = at_rung(ladder, rung)
    if place is None:
        return []
    name = rung_name(ladder.task.name, ladder.shares[place])
    task = replace(ladder.task, name=name, truth=None, further=None)
    trials = []
    for fold in ladder.plans[place]:
        for searched in work.searches:
            for number in alive(searched, fold.number):
                plugin = replace(searched.plugin, name=f"{searched.plugin.name}#{number}")
                for split in range(len(fold.splits)):
                    cell = planned_cell(
                        task, plugin, searched.outline, fold, split, work.suite.seeds[0],
                        recipes[searched.plugin.name], searched.configurations[number],
                    )  # fmt: skip
                    trials.append(PlannedTrial(**vars(cell), configuration=number))
    return trials


def plan_tuned(
    work: Work,
    chosen: Callable[[Searched, str, int], int],
    recipes: Mapping[str, Recipe],
) -> list[Planned]:
    """List the cells of the entries with chosen parameters, in all their places.

    Parameters
    ----------
    work : Work
    chosen : callable
        Numbers the configuration of a model, a task and a fold; -1 where none worked.
    recipes : mapping of str to Recipe
        By model.
    """
    cells = []
    for task in work.tasks:
        for fold in work.plans[task.name]:
            for searched in work.searches:
                number = chosen(searched, task.name, fold.number)
                if number < 0:
                    continue
                for split in range(len(fold.fits)):
                    cells += [
                        planned_cell(
                            task, *searched.tuned, fold, split, seed,
                            recipes[searched.plugin.name], searched.configurations[number],
                        )
                        for seed in work.suite.seeds
                    ]  # fmt: skip
    return cells
