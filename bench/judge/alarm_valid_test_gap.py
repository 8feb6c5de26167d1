"""Alarm where valid cases go far better than test cases: somebody has seen their outcomes.

Valid predictions are meant to be out of sample.  A member that was fitted on its valid cases, or a
stacker that is judged on what it learnt from, is far better there than on test cases; chance and
the little that is chosen on valid cases are allowed for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ..language.sentence import Sentence
from ..stats.delong import delong_influence
from ..store.records import TaskRecord
from .auc_of import auc_of
from .contestants import Contestant
from .judgement import TaskJudgement

# Of one false alarm in a task, over all of its comparisons.
LEVEL = 0.01
# What early stopping, weights and thresholds gain on valid cases honestly, in ROC AUC.
ROOM, ROOM_FOR_GAINS = 0.01, 0.005


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure, and how much each case of the task moved it, shape (n_cases,); NaN if undefined.

    The squares of the influences of independent cases add up to its variance.
    """

    value: float
    influence: np.ndarray

    def __sub__(self, other: "Figure") -> "Figure":
        return Figure(self.value - other.value, self.influence - other.influence)


@dataclass(frozen=True)
class Excess:
    """By how much valid cases went better than test cases, with the error of that difference.

    ``p_value`` is one-sided: of at least so much where the truth is ``room``.  NaN where the figure
    is not defined.
    """

    value: float
    error: float
    p_value: float


def roc_auc(
    target: np.ndarray,
    parts: Sequence[tuple[np.ndarray, np.ndarray]],
    weight: np.ndarray | None = None,
) -> Figure:
    """Mean ROC AUC over folds, with DeLong's influences added by case.

    Parameters
    ----------
    target : ndarray of 0 and 1, shape (n_cases,)
        Of the whole task.
    parts : sequence of (rows, p)
        Of each fold the case numbers and their P(target = 1); a case may occur in several.
    weight : ndarray, shape (n_cases,), optional
        How many cases each of the task stands for.
    """
    found = [
        (rows, *delong_influence(target[rows], p, None if weight is None else weight[rows]))
        for rows, p in parts
    ]
    return _mean(found, len(target))


def _mean(folds: Sequence[tuple[np.ndarray, float, np.ndarray]], n_cases: int) -> Figure:
    """Average over folds: case numbers, the figure, and how much each of these moved it."""
    value, influence = 0.0, np.zeros(n_cases)
    for rows, of_fold, moved in folds:
        value += of_fold / len(folds)
        influence += np.bincount(rows, moved / len(folds), n_cases)
    return Figure(value, influence)


def leak_alarm(
    valid: Figure, test: Figure, *, group: np.ndarray | None = None, room: float = ROOM
) -> Excess:
    """Test whether a figure is better on valid than on test cases, by more than ``room``.

    A z-test.  A case that is watched in one fold and tested in another moves both figures, and a
    group all its cases: influences are added by case, and by group, before they are squared.

    Parameters
    ----------
    valid, test : Figure
        ROC AUC, or a difference of two.
    group : ndarray of int, shape (n_cases,), optional
        Whom cases are about, numbered from 0.
    room : float, default=0.01

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988), "Comparing the areas under two or more correlated
    receiver operating characteristic curves", Biometrics 44.
    """
    apart = valid - test
    influence = apart.influence
    if group is not None:
        influence = np.bincount(group, influence)
    error = math.sqrt(float(np.square(influence).sum()))
    if math.isnan(apart.value) or math.isnan(error):
        return Excess(math.nan, math.nan, math.nan)
    beyond = apart.value - room
    p_value = float(stats.norm.sf(beyond / error)) if error else float(beyond <= 0)
    return Excess(apart.value, error, p_value)


def valid_test_gaps(judged: TaskJudgement) -> tuple[str, ...]:
    """Raise ``leak_alarms`` over a judged task."""
    models, ensembles = (
        [entry.contestant for entry in table] for table in (judged.models, judged.ensembles)
    )
    rivals = {entry.rival for entry in judged.ensembles}
    rival = next((model for model in models if model.name in rivals), None)
    # Their intervals have asked for the same.
    on_test = {
        entry.name: _mean(
            [(fold.rows, *auc_of(fold, judged.task)) for fold in entry.predictions],
            len(judged.task.target),
        )
        for entry in (*judged.models, *judged.ensembles)
        if entry.predictions
    }
    return leak_alarms(judged.task, models, ensembles, rival, on_test)


def leak_alarms(
    task: TaskRecord,
    models: Sequence[Contestant],
    ensembles: Sequence[Contestant],
    rival: Contestant | None = None,
    on_test: Mapping[str, Figure] | None = None,
) -> tuple[str, ...]:
    """Name the models and ensembles that are far better on valid than on test cases.

    Parameters
    ----------
    task : TaskRecord
    models, ensembles : sequence of Contestant
        Those without predictions are passed over.
    rival : Contestant, optional
        The best single model as chosen on valid cases: gains of ensembles over it are compared,
        too.  Not with several inner splits: a test prediction is then a mean over their models,
        which helps a single model more than a mean of many, and gains honestly fall.
    on_test : mapping of str to Figure, optional
        Of some of them the figure on test cases, where it is known.

    Returns
    -------
    tuple of str
        A sentence for each alarm.  With probability 0.99 there is none where nothing leaks.
    """
    working = [entry for entry in (*models, *ensembles) if entry.folds]
    sides = {entry.name: _sides(task, entry, on_test or {}) for entry in working}
    asked = [(entry.title, "ROC AUC", *sides[entry.name], ROOM) for entry in working]
    if rival is not None and all(len(fold.splits) == 1 for fold in task.folds):
        of_rival = sides[rival.name]
        asked += [
            (
                entry.title,
                Sentence("a gain in ROC AUC over {rival}", rival=rival.title),
                *(own - theirs for own, theirs in zip(sides[entry.name], of_rival, strict=True)),
                ROOM_FOR_GAINS,
            )
            for entry in ensembles
            if entry.folds
        ]
    found = []
    group = None if task.group is None else np.unique(task.group, return_inverse=True)[1]
    for title, what, valid, test, room in asked:
        excess = leak_alarm(valid, test, group=group, room=room)
        if excess.p_value < LEVEL / len(asked):
            found.append(
                Sentence(
                    "{title} has {what} of {valid:.4f} on valid cases and of {test:.4f} on test "
                    "cases, further apart than chance allows: it has seen outcomes of valid cases, "
                    "or test cases are of another kind (see drift).",
                    title=title,
                    what=what,
                    valid=valid.value,
                    test=test.value,
                )
            )
    return tuple(found)


def _sides(
    task: TaskRecord, entry: Contestant, on_test: Mapping[str, Figure]
) -> tuple[Figure, Figure]:
    pairs = list(zip(task.folds, entry.folds, strict=True))
    valid = roc_auc(task.target, [(fold.valid, seen.valid) for fold, seen in pairs], task.weight)
    test = on_test.get(entry.name)
    if test is None:
        test = roc_auc(task.target, [(fold.test, seen.test) for fold, seen in pairs], task.weight)
    return valid, test
