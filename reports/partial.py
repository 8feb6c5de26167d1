"""What a page of a run that is not finished says first: that it is not, and what is missing."""

from dataclasses import dataclass

from ..bench.judge.judgement import Judgement, TaskProgress
from ..bench.language.speaking import _
from . import formats
from .counted import cells, models
from .lists import joined


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
    headline = _(
        "Partial: the run is not finished. {missing} of {planned} are missing, as they are still "
        "to be computed, or failed. What follows holds the models all of whose cells are there; it "
        "can change with those to come, and ensembles and curves are left out."
    ).format(missing=formats.count(n_missing), planned=cells(n_planned))
    return Partial(headline, tuple(map(_of_task, judgement.progress)))


def _of_task(progress: TaskProgress) -> str:
    n_models = len(progress.whole) + len(progress.waiting)
    if not progress.waiting:
        return _("{task}: all {models} are whole.").format(
            task=progress.title, models=models(n_models)
        )
    missing = joined(
        _("{title} ({n_done} of {cells})").format(
            title=title, n_done=n_done, cells=cells(n_planned)
        )
        for title, n_done, n_planned in progress.waiting
    )
    if not progress.whole:
        return _("{task}: no model is whole yet. Missing: {missing}.").format(
            task=progress.title, missing=missing
        )
    return _("{task}: {n_whole} of {models} are whole. Missing: {missing}.").format(
        task=progress.title,
        n_whole=formats.count(len(progress.whole)),
        models=models(n_models),
        missing=missing,
    )
