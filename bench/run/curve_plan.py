"""The points of a suite's curves: their tasks and their plans, before any model exists."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import RequestError, did_you_mean
from ..plugins.loading import load
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..splits.fold import Fold
from ..splits.resampling import Resampling
from ..splits.thinning import thinned
from ..suite.curve import END, LEARNING, Curve, CurvePoint, CurveRecord
from ..task import Task

# As data sets name the parameter.
_NUMBERS_OF_EVENTS = ("after", "after_events")


@dataclass(frozen=True)
class PlannedCurve:
    """A curve with the tasks that were made for it, and their plans by name."""

    record: CurveRecord
    tasks: tuple[Task, ...]
    plans: Mapping[str, tuple[Fold, ...]]


def taking_part_in(curve: Curve, models: Sequence[tuple[Plugin, Outline]]) -> list[str]:
    """Name the models of a curve; the base rate is in every table.

    Raises
    ------
    RequestError
        If the curve names one that does not take part in the run.
    """
    known = [plugin.name for plugin, _ in models]
    for name in curve.models:
        if name not in known:
            raise RequestError(
                f"the {curve.kind} curve of {curve.task!r} names the model {name!r}, which does "
                f"not take part.{did_you_mean(name, known)}  Models: {', '.join(known)}."
            )
    return [
        plugin.name
        for plugin, described in models
        if not curve.models or plugin.name in curve.models or described.family == "baseline"
    ]


def asking(
    source: Plugin, given: Mapping[str, Any], load_with: Callable[[Mapping[str, Any]], Task]
) -> Callable[[int, int], Task]:
    """Give what asks a data set after so many events of its cases; see ``plan_curve``.

    Parameters
    ----------
    source : Plugin
    given : mapping of str to object
        The parameters that the task has already.
    load_with : callable
        Loads the data set with all its parameters.
    """

    def ask(after: int, same_as: int) -> Task:
        known = inspect.signature(load(source)).parameters
        number = next((name for name in _NUMBERS_OF_EVENTS if name in known), None)
        if number is None or "same_as" not in known:
            raise RequestError(
                f"data set {source.name!r} cannot be asked after fewer and after more events of "
                "the same cases: it needs the parameters 'after' and 'same_as'.  Leave its early "
                "curve out."
            )
        return load_with({**given, number: after, "same_as": same_as})

    return ask


def plan_curve(
    curve: Curve,
    task: Task,
    plan: tuple[Fold, ...],
    resampling: Resampling,
    models: Sequence[str],
    ask: Callable[[int, int], Task],
) -> PlannedCurve:
    """Make the tasks of a curve's points, all with the very same valid and test cases.

    Parameters
    ----------
    curve : Curve
    task : Task
        What the curve is about; the last point of a learning curve.
    plan : tuple of Fold
        Its plan.
    resampling : Resampling
    models : sequence of str
        Those that take part.
    ask : callable
        ``(after, same_as) -> Task``: the same data set, asked after so many events (0 for all) of
        the cases that could be asked of after ``same_as``.

    Raises
    ------
    RequestError
        If too few fit cases are left, or the points are not about the same cases.
    """
    if curve.kind == LEARNING:
        return _learning(curve, task, plan, resampling.seed, models)
    return _early(curve, resampling, models, ask)


def _learning(
    curve: Curve, task: Task, plan: tuple[Fold, ...], seed: int, models: Sequence[str]
) -> PlannedCurve:
    tasks, plans, points = [], {}, []
    for share in curve.shares:
        thin = replace(task, name=f"{task.name}@{share:g}", further=None)
        tasks.append(thin)
        plans[thin.name] = thinned(task, plan, share, seed)
        points.append(_point(thin.name, plans[thin.name]))
    points.append(_point(task.name, plan))
    return PlannedCurve(
        CurveRecord(curve.kind, task.name, tuple(points), tuple(models)), tuple(tasks), plans
    )


def _point(name: str, plan: Sequence[Fold]) -> CurvePoint:
    n_fit = float(np.mean([len(split.fit) for fold in plan for split in fold.splits]))
    return CurvePoint(name, n_fit, f"{n_fit:,.0f}")


def _early(
    curve: Curve, resampling: Resampling, models: Sequence[str], ask: Callable[[int, int], Task]
) -> PlannedCurve:
    same_as = max(after for after in curve.after if after != END)
    tasks, points = [], []
    for after in curve.after:
        size = 0 if after == END else after
        asked = replace(ask(size, same_as), name=f"{curve.task}@{after}")
        tasks.append(asked)
        points.append(CurvePoint(asked.name, float(size), str(after)))
    for asked in tasks[1:]:
        _require_same_cases(tasks[0], asked)
    # Of the earliest point: what was known when its first test case had to be predicted was known
    # at the later ones too.
    plan = resampling.plan(tasks[0])
    return PlannedCurve(
        CurveRecord(curve.kind, curve.task, tuple(points), tuple(models), curve.weights),
        tuple(tasks),
        {asked.name: plan for asked in tasks},
    )


def _require_same_cases(first: Task, other: Task) -> None:
    same = np.array_equal(first.target, other.target)
    for role in ("group", "weight"):
        there = [of for task in (first, other) if (of := getattr(task, role)) is not None]
        same = same and len(there) != 1 and (not there or np.array_equal(*there))
    if not same:
        raise RequestError(
            f"{first.name} and {other.name} are not about the same cases: {len(first):,} with "
            f"{int(first.target.sum()):,} positive, and {len(other):,} with "
            f"{int(other.target.sum()):,}.  The data set must keep cases, order and outcomes "
            "whatever 'after' is, as long as 'same_as' stays."
        )
