"""Which task of a judgement is meant, and which of its models or ensembles."""

from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.judgement import Entry, Judgement, TaskJudgement
from ..reports.recommendation import recommend


def task_of(judgement: Judgement, task: str | None) -> TaskJudgement:
    """Give the task of this name, or the only one.

    Raises
    ------
    RequestError
        If there is none of this name, or there are several and none is named.
    """
    named = {judged.task.name: judged for judged in judgement.tasks}
    if task is None and len(named) == 1:
        return judgement.tasks[0]
    if task not in named:
        raise RequestError(f"task={task!r}: one of {', '.join(named)} is needed.")
    return named[task]


def entry_of(judged: TaskJudgement, model: str | None) -> Entry:
    """Give what has this name; by default what is recommended, or the highest where nothing is.

    Raises
    ------
    RequestError
        If it gave no predictions.
    """
    entries = {
        entry.name: entry for entry in (*judged.models, *judged.ensembles) if entry.predictions
    }
    if not entries:
        raise RequestError("every model failed; there are no predictions.")
    if model is None:
        model = recommend(judged).name or next(iter(entries))
    if model not in entries:
        raise RequestError(f"no model {model!r} worked.{did_you_mean(model, entries)}")
    return entries[model]
