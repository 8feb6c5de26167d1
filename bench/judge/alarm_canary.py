"""Canaries that sang: models that were taught outcomes by chance and knew those of test cases."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from ..language.sentence import Sentence
from ..store.records import Canary
from .judgement import TaskJudgement

_FALSE_ALARMS = 0.01  # of all models of a task together


def canaries_that_sang(judged: TaskJudgement) -> tuple[str, ...]:
    """Name the models that do better than chance although chance is all they were taught.

    Outcomes dealt out by chance: in any fold, corrected for how many models, folds and teachings
    there are (Bonferroni).  True outcomes: in every fold, taught chance and taught its opposite.

    Returns
    -------
    tuple of str
        A sentence for each such model.
    """
    of_task = sorted(judged.task.canaries, key=lambda canary: (canary.model, canary.fold))
    titles = {entry.name: entry.title for entry in judged.models}
    return tuple(
        said
        for name, group in groupby(of_task, key=lambda canary: canary.model)
        for said in _said(
            {"title": titles.get(name, name), "task": judged.task.name}, list(group), len(of_task)
        )
    )


def _said(named: Mapping[str, str], folds: Sequence[Canary], n_compared: int) -> Iterator[str]:
    least = min(folds, key=lambda canary: canary.p_dealt)
    if least.p_dealt * 2 * n_compared < _FALSE_ALARMS:
        yield Sentence(
            "{title} on {task}, taught outcomes that were dealt out by chance, ranks the test "
            "cases of fold {fold} by them, ROC AUC {auc:.2f} where chance gives 0.50: it knows "
            "outcomes that it was not given, as from another fit.  Its figures cannot be believed.",
            fold=least.fold,
            auc=least.auc_dealt,
            **named,
        )
    if all(canary.p_true * n_compared < _FALSE_ALARMS for canary in folds):
        lowest = min(canary.auc_true for canary in folds)
        yield Sentence(
            "{title} on {task}, taught chance or its opposite, ranks test cases by their true "
            "outcomes all the same, ROC AUC {auc:.2f} or more in every fold: it knows them from "
            "elsewhere, or follows a rule that it does not learn.  Its figures say nothing of "
            "learning.",
            auc=lowest,
            **named,
        )
