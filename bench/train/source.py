"""The data of a judged task, read again as the run read them."""

from collections.abc import Mapping
from typing import Any

from ..errors import RequestError, did_you_mean
from ..plugins.registry import Registry
from ..run.prepare import load_task
from ..splits.resampling import Resampling
from ..store.records import RunRecord, TaskRecord
from ..store.typed import typed
from ..task import Task


def chosen_task(run: RunRecord, name: str | None) -> TaskRecord:
    """Give the task that is named, or the only one.

    Raises
    ------
    RequestError
        If there is none of that name, or several and none is named.
    """
    names = [task.name for task in run.tasks]
    if name is None and len(names) > 1:
        raise RequestError(
            f"run {run.run_id} has {len(names)} tasks: say which one with --task, as in "
            f"--task {names[0]}.  They are: {', '.join(names)}."
        )
    if name is not None and name not in names:
        raise RequestError(
            f"run {run.run_id} has no task {name!r}.{did_you_mean(name, names)}  It has: "
            f"{', '.join(names)}."
        )
    return run.tasks[0] if name is None else run.tasks[names.index(name)]


def source_of(run: RunRecord, record: TaskRecord) -> tuple[str, Mapping[str, Any]]:
    """Give the data set of a task, and its keywords."""
    variant = run.manifest["suite_content"]["variants"].get(record.name)
    if variant is None:
        return record.name, {}
    return variant["data"], variant["parameters"]


def load_again(run: RunRecord, record: TaskRecord, datasets: Registry) -> Task:
    """Load a task's data.

    Raises
    ------
    RequestError
        If they are not those that were judged.
    """
    data, parameters = source_of(run, record)
    task = load_task(datasets.find(data), record.name, parameters)
    if task.fingerprint() != record.fingerprint:
        raise RequestError(
            f"the data of task {record.name!r} are not those that run {run.run_id} judged: they "
            "were changed, or are read differently by this version.  Run again, then train."
        )
    return task


def resampling_of(run: RunRecord, record: TaskRecord) -> Resampling:
    """Give the run's plan of splits for a task."""
    planned = typed(Resampling, run.manifest["suite_content"]["resampling"])
    return Resampling(**{**vars(planned), "strangers": record.strangers})
