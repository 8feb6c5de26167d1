"""What a page of a run that is not finished says first: that it is not, and what is missing."""

from dataclasses import dataclass

from ..bench.judge.judgement import Judgement, TaskProgress
from . import formats


@dataclass(frozen=True)
class Partial:
    """A sentence for the whole run, and one a task."""

    headline: str
    tasks: tuple[str, ...]


def partial(judgement: Judgement) -> Partial | None:
    """Say that the run is not finished; None if it is."""
    if not judgement.progress:
        return None
    n_done = sum(each.n_done for each in judgement.progress)
    n_planned = sum(each.n_planned for each in judgement.progress)
    n_missing = n_planned - n_done
    headline = (
        f"Partial: the run is not finished. {formats.count(n_missing)} of "
        f"{formats.count(n_planned, 'cell')} are missing, as they are still to be computed, or "
        "failed. What follows holds the models all of whose cells are there; it can change with "
        "those to come, and ensembles and curves are left out."
    )
    return Partial(headline, tuple(map(_of_task, judgement.progress)))


def _of_task(progress: TaskProgress) -> str:
    n_models = len(progress.whole) + len(progress.waiting)
    if not progress.waiting:
        return f"{progress.title}: all {formats.count(n_models, 'model')} are whole."
    missing = ", ".join(
        f"{title} ({n_done} of {formats.count(n_planned, 'cell')})"
        for title, n_done, n_planned in progress.waiting
    )
    if not progress.whole:
        return f"{progress.title}: no model is whole yet. Missing: {missing}."
    return (
        f"{progress.title}: {formats.count(len(progress.whole))} of "
        f"{formats.count(n_models, 'model')} are whole. Missing: {missing}."
    )
