"""Judge what is there of a run that is not finished: whole models alone, so that all are alike."""

from collections.abc import Sequence
from dataclasses import replace

from threadpoolctl import threadpool_limits

from ..store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from .judge import judge_task
from .judgement import Judgement, TaskProgress

_WHY_NOT_ACROSS = "the run is not finished"


def judge_partial(run: RunRecord, *, draws: int = 2000, seed: int = 0) -> Judgement:
    """Judge the models of each task all of whose cells are there; a pure function of these.

    A model that lacks a fold is left out: a mean over other folds compares with nothing.  Ensembles
    and curves, which many models make together, are left out, too.

    Parameters
    ----------
    run : RunRecord
        See ``read_unfinished``.
    draws, seed : int
        As of ``judge``.

    Raises
    ------
    StoreError
        If stored predictions are damaged.
    """
    progress, judged = [], []
    with threadpool_limits(limits=1):
        for task in run.tasks:
            cells = _by_model(run, task)
            whole = [model for model in run.models if _is_whole(cells[model.name])]
            progress.append(_progress(task, run.models, cells))
            if whole:
                named = {model.name for model in whole}
                of_task = replace(
                    run,
                    models=tuple(whole),
                    cells=tuple(cell for cell in run.cells if cell.model in named),
                    ensembles={},
                    blended="",
                )
                judged.append(judge_task(of_task, task, draws, seed))
    shown = {judged_one.task.name for judged_one in judged}
    done = replace(
        run,
        tasks=tuple(task for task in run.tasks if task.name in shown),
        cells=tuple(cell for cell in run.cells if cell.done),
        ensembles={},
        points=(),
        curves=(),
    )
    return Judgement(done, tuple(judged), (), _WHY_NOT_ACROSS, tuple(progress))


def _by_model(run: RunRecord, task: TaskRecord) -> dict[str, list[CellRecord]]:
    cells: dict[str, list[CellRecord]] = {model.name: [] for model in run.models}
    for cell in run.cells:
        if cell.task == task.name:
            cells[cell.model].append(cell)
    return cells


def _is_whole(cells: Sequence[CellRecord]) -> bool:
    return bool(cells) and all(cell.done for cell in cells)


def _progress(
    task: TaskRecord, models: Sequence[ModelRecord], cells: dict[str, list[CellRecord]]
) -> TaskProgress:
    of_all = [cell for of_model in cells.values() for cell in of_model]
    whole = [model.title for model in models if _is_whole(cells[model.name])]
    waiting = [
        (model.title, sum(cell.done for cell in cells[model.name]), len(cells[model.name]))
        for model in models
        if not _is_whole(cells[model.name])
    ]
    return TaskProgress(
        task.name,
        task.card.title,
        sum(cell.done for cell in of_all),
        len(of_all),
        tuple(whole),
        tuple(waiting),
    )
