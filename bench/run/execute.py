"""A run: plans the cells, skips those stored, executes the rest behind the fence, notes it all."""

import importlib.metadata
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..cell.cell import cell_key, cell_seed
from ..cell.transport import send_cases, send_split
from ..data_checks.check_data import findings
from ..errors import DataError, ModelError, RequestError, StoreError
from ..plugins.registry import Plugin, Registry, did_you_mean, load, outline, source_digest
from ..splits.verify import verify_plan
from ..store.records import CellRecord, RunRecord
from ..store.run_reader import Planned, Work, read_cell_record, read_run
from ..store.store import Store
from ..suite.curve import LEARNING
from ..suite.suite import Suite, Variant
from ..task import Task
from .blend_plan import PlannedBlend, blend_request, plan_blends
from .curve_plan import asking, plan_curve, taking_part_in
from .fence import Answer, Fence
from .run_writer import RunWriter

# Decides a result without being imported by a plugin: what a model is shown and how it is asked.
_DECISIVE = ("cell/cell.py",)
_CORE_LIBRARIES = ("numpy", "scipy", "pandas", "sklearn")


class Watcher(Protocol):
    """Is told how a run goes on; shows it, or does not."""

    def planned(self, cells: Sequence[Planned], stored_seconds: Mapping[str, float]) -> None:
        """The cells that are going to be computed, and what each model's cells took before."""

    def finished(self, cell: CellRecord) -> None:
        """A cell was computed, or failed."""

    def says(self, text: str) -> None:
        """Something the user should know."""


def prepare(suite: Suite, models: Registry, datasets: Registry) -> Work:
    """Resolve names, load data, plan splits and look at both, all before the first fit.

    Raises
    ------
    RequestError
        If a name is unknown, a task cannot be split as asked, or a plan would leak.
    DataError
        If a data set is missing or damaged.
    """
    plugins = [models.find(name) for name in suite.models or models.names()]
    taking_part = [(plugin, outline(plugin)) for plugin in plugins]
    if suite.models:
        # No table without the base rate: nobody can read it.
        others = [models.find(name) for name in models.names() if name not in suite.models]
        baselines = [(plugin, outline(plugin)) for plugin in others]
        taking_part += [pair for pair in baselines if pair[1].family == "baseline"]
    for name in suite.variants:
        if name in datasets.names():
            raise RequestError(
                f"suite {suite.name!r}: [task.{name}] has the name of a data set.  Give the task "
                f"another one, as in [task.{name}_2]."
            )
    # All names are resolved before the first data set is read.
    chosen = [
        (name, suite.variants.get(name, Variant(data=name, parameters={}))) for name in suite.tasks
    ]
    sources = [(name, datasets.find(chosen.data), chosen.parameters) for name, chosen in chosen]
    on_curves = [taking_part_in(curve, taking_part) for curve in suite.curves]
    tasks = _load_all(sources)
    plans = {task.name: suite.resampling.plan(task) for task in tasks}
    for task in tasks:
        verify_plan(task, plans[task.name])
    found = {task.name: findings(task, plans[task.name]) for task in tasks}
    curves = []
    for curve, names in zip(suite.curves, on_curves, strict=True):
        for task, (_, source, given) in zip(tasks, sources, strict=True):
            if task.name == curve.task:
                ask = asking(source, given, partial(load_task, source, task.name))
                plan = plans[task.name]
                curves.append(plan_curve(curve, task, plan, suite.resampling, names, ask))
                # The later points of an early curve keep the plan of its first.
                made = curves[-1].tasks[: None if curve.kind == LEARNING else 1]
                for point in made:
                    verify_plan(point, curves[-1].plans[point.name])
    return Work(
        suite,
        tasks,
        tuple(taking_part),
        plans | {name: plan for curve in curves for name, plan in curve.plans.items()},
        found,
        tuple(task for curve in curves for task in curve.tasks),
        tuple(curve.record for curve in curves),
    )


def _load_all(sources: Sequence[tuple[str, Plugin, Mapping[str, Any]]]) -> tuple[Task, ...]:
    """Load all tasks; what is wrong with several is said at once."""
    tasks, wrong = [], {}
    for name, source, parameters in sources:
        try:
            tasks.append(load_task(source, name, parameters))
        except DataError as error:
            wrong[name] = str(error)
    if len(wrong) == 1 and len(sources) == 1:
        raise DataError(*wrong.values())
    if wrong:
        good = " ".join(f"--task {task.name}" for task in tasks)
        without = f"\n\nTo run without them: {good}" if tasks else ""
        raise DataError(
            f"{len(wrong)} of {len(sources)} tasks cannot be loaded: {', '.join(wrong)}.\n\n"
            + "\n\n".join(dict.fromkeys(wrong.values()))
            + without
        )
    return tuple(tasks)


def load_task(
    source: Plugin, name: str | None = None, parameters: Mapping[str, Any] | None = None
) -> Task:
    """Load a data set plugin's task.

    Parameters
    ----------
    source : Plugin
    name : str, optional
        Of the task; the plugin's name where not given.
    parameters : mapping of str to object, optional
        Keywords of the data set; its defaults stand for the others.

    Raises
    ------
    RequestError
        If the data set has no parameter of such a name.
    DataError
        If the plugin cannot be imported or its data cannot be read.
    """
    parameters = dict(parameters or {})
    try:
        made = load(source)
        _check_names(made, source.name, parameters)
        data = made(**parameters)
        task = data.load()
        if parameters and data.card is getattr(made, "card", None):
            said = ", ".join(f"{keyword} = {value}" for keyword, value in parameters.items())
            task = replace(task, card=replace(task.card, title=f"{task.card.title} ({said})"))
        return replace(task, name=name or source.name)
    except ModelError as error:
        raise DataError(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{source.path}: reading the data failed: {type(error).__name__}: {error}"
        ) from error


def _check_names(made: type, name: str, parameters: Mapping[str, Any]) -> None:
    known = list(inspect.signature(made).parameters)
    for keyword in parameters:
        if keyword not in known:
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise RequestError(
                f"data set {name!r} has no parameter {keyword!r}.{did_you_mean(keyword, known)}  "
                f"{has}"
            )


def carry_out(
    work: Work, store: Store, jobs: int, watcher: Watcher, about: dict[str, Any]
) -> RunRecord:
    """Compute what is missing, store it, and write the run.

    Parameters
    ----------
    work : Work
    store : Store
    jobs : int
        Worker processes.
    watcher : Watcher
    about : dict
        What the manifest says of this call besides what is known here.

    Raises
    ------
    StoreError
        If the results folder cannot be written.
    KeyboardInterrupt
        If the user stops the run; all finished cells are stored.
    """
    store.prepare()
    with store.locked():
        for task, found in work.findings.items():
            for finding in found:
                watcher.says(f"{task}: {finding.found}.")
        writer = RunWriter(store, work.suite.name, about)
        records, n_reused = _computed(work, plan_cells(work), store, jobs, watcher)
        # They learn from the others' predictions, so they come when those are there.
        blends = plan_blends(work, records, versions(()))
        blended, n_blends_reused = _computed(work, blends, store, jobs, watcher)
        writer.finish(work, records + blended, n_reused=n_reused + n_blends_reused, jobs=jobs)
    return read_run(store, writer.run_id)


def _computed(
    work: Work, planned: Sequence[Planned], store: Store, jobs: int, watcher: Watcher
) -> tuple[list[CellRecord], int]:
    """Compute those cells that are not stored; give all records, and how many were stored."""
    stored = _stored(planned, store, watcher)
    missing = [cell for cell in planned if cell.key not in stored]
    seconds = defaultdict(list)
    for record in stored.values():
        seconds[record.model].append(record.fit_seconds + record.predict_seconds)
    failed: dict[str, CellRecord] = {}
    if missing:
        watcher.planned(missing, {model: float(np.mean(took)) for model, took in seconds.items()})
        for record in _execute(work, missing, store, jobs, watcher):
            failed |= {record.key: record} if not record.done else {}
    records = [
        failed.get(cell.key) or stored.get(cell.key) or read_cell_record(store, cell)
        for cell in planned
    ]
    return records, len(stored)


def plan_cells(work: Work) -> list[Planned]:
    """List all cells, fold by fold, so that an interrupted run has whole folds."""
    cells = []
    sources = {
        plugin.name: (source_digest(plugin, _DECISIVE), versions(described.requires))
        for plugin, described in work.models
    }
    for task in work.all_tasks:
        models = work.models_on(task.name)
        for fold in work.plans[task.name]:
            for number, split in enumerate(fold.splits):
                for plugin, described in models:
                    for seed in work.suite.seeds:
                        source, libraries = sources[plugin.name]
                        used = cell_seed(seed, fold.number, number)
                        key = cell_key(
                            task.fingerprint(), fold.test, split, source, used, libraries
                        )
                        cells.append(
                            Planned(
                                key, task.name, plugin, described, fold.number, number, seed, used
                            )
                        )
    return cells


@cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def versions(requires: Iterable[str]) -> dict[str, str]:
    """Give the versions of Python, the core libraries and those that a model declares."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in (*_CORE_LIBRARIES, *requires):
        for distribution in _distributions().get(name, []):
            found[distribution] = importlib.metadata.version(distribution)
    return found


def _stored(planned: Sequence[Planned], store: Store, watcher: Watcher) -> dict[str, CellRecord]:
    """Find the cells that are there already; remove and name those that are damaged."""
    found = {}
    for cell in planned:
        if not store.cell_folder(cell.key).exists():
            continue
        try:
            found[cell.key] = read_cell_record(store, cell)
        except StoreError as error:
            watcher.says(f"damaged: {error}  This cell ({cell.label}) is computed again.")
            store.discard_cell(cell.key)
    return found


def _execute(
    work: Work, missing: Sequence[Planned], store: Store, jobs: int, watcher: Watcher
) -> Iterable[CellRecord]:
    by_key = {cell.key: cell for cell in missing}
    with store.scratch() as scratch:
        for name in {cell.task for cell in missing}:
            task = next(task for task in work.all_tasks if task.name == name)
            send_cases(task.cases, scratch / name)
        requests = (_request(work, cell, store, scratch) for cell in missing)
        fence = Fence(min(jobs, len(missing)), work.suite.limits, scratch)
        for answer in fence.answers(requests):
            record = _record(answer, by_key[answer.request["key"]], store)
            watcher.finished(record)
            yield record


def _request(work: Work, cell: Planned, store: Store, scratch: Path) -> dict[str, Any]:
    fold = next(fold for fold in work.plans[cell.task] if fold.number == cell.fold)
    if isinstance(cell, PlannedBlend):
        asked = blend_request(work, cell, fold, scratch)
    else:
        file = scratch / f"{cell.task}-{cell.fold}-{cell.split}.npz"
        if not file.exists():  # all models of a split share it
            target = next(task.target for task in work.all_tasks if task.name == cell.task)
            send_split(fold.splits[cell.split], fold.test, target, file)
        asked = {"work": "cell", "split": str(file), "seed": cell.random_state}
    return asked | {
        "key": cell.key,
        "plugin": plugin_request(cell.plugin),
        "task": str(scratch / cell.task),
        "store": str(store.root.resolve()),
        "facts": {"model": cell.plugin.name, "task": cell.task, "title": cell.outline.title},
        "measure": work.measures(cell),
    }


def plugin_request(plugin: Plugin) -> dict[str, Any]:
    """Say to a worker where a plugin is."""
    return {"name": plugin.name, "path": str(plugin.path), "module": plugin.module}


def _record(answer: Answer, cell: Planned, store: Store) -> CellRecord:
    if answer.status == "store":
        raise StoreError(answer.message)
    # A worker that broke while it measured costs had stored the predictions before.
    if answer.status == "done" or store.cell_folder(cell.key).exists():
        return read_cell_record(store, cell)
    return cell.failed(answer.status, answer.message)
