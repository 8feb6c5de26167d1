"""Scores of all entries of a task: each fold on its own test cases, and means over folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..metrics.bootstrap import Answers, FoldScores, FoldUnits, in_every_draw
from ..metrics.key import AT_HALF, CHOSEN, Key, keys_of
from ..metrics.metrics import METRICS, Metric
from ..metrics.thresholds import DEFAULT, best_threshold, decide, f1
from ..store.records import TaskRecord
from .contestants import Contestant
from .findings import FoldPredictions
from .units import units


@dataclass(frozen=True, eq=False)
class Scores:
    """Figures of some entries of a task.

    Parameters
    ----------
    by_fold : dict of Key to ndarray of shape (n_entries, n_folds)
    draws : dict of Key to ndarray of shape (n_entries, n_draws)
        Means over folds in each bootstrap draw; the same draws for every entry.  Of those figures
        alone that are read in draws.
    training : ndarray, shape (n_entries, n_entries), optional
        Of each pair, see ``training_ratios``; not given, the most that it can be.
    """

    by_fold: dict[Key, np.ndarray]
    draws: dict[Key, np.ndarray]
    training: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """Figures that are wanted of some entries.

    Parameters
    ----------
    answers : sequence of sequence of Answers
        Of each entry, for each fold.
    keys : sequence of Key
    metrics : mapping of str to Metric, optional
        Those that the keys name; those of the house where not given.
    drawn : sequence of Key, optional
        The figures that are wanted in every draw, too; all of them where not given.
    """

    answers: Sequence[Sequence[Answers]]
    keys: Sequence[Key]
    metrics: Mapping[str, Metric] = field(default_factory=lambda: METRICS)
    drawn: Sequence[Key] | None = None


def resample(task: TaskRecord, asked: Sequence[Question], n_draws: int, seed: int) -> list[Scores]:
    """Score entries on the test cases of each fold, once and in every bootstrap draw.

    The draws are walked once for all questions: each chunk of them costs much memory traffic.

    Parameters
    ----------
    task : TaskRecord
    asked : sequence of Question
    n_draws, seed : int

    Returns
    -------
    list of Scores
        Of each question, on the same draws.
    """
    unit = units(task)
    folds = []
    for i, fold in enumerate(task.folds):
        tested = FoldUnits(task.target[fold.test], unit[fold.test], task.weight_of(fold.test))
        answers = [[of_entry[i] for of_entry in one.answers] for one in asked]
        items = [
            FoldScores(tested, of_one, one.keys, one.metrics, one.drawn)
            for one, of_one in zip(asked, answers, strict=True)
        ]
        folds.append((tested, items))
    drawn = in_every_draw(folds, int(unit.max()) + 1, n_draws, seed)
    return [
        Scores(
            {
                key: np.column_stack([items[number].once[key] for _, items in folds])
                for key in dict.fromkeys(one.keys)
            },
            draws,
        )
        for number, (one, draws) in enumerate(zip(asked, drawn, strict=True))
    ]


def score(
    task: TaskRecord, predictions: Sequence[Sequence[FoldPredictions]], n_draws: int, seed: int
) -> Scores:
    """Score entries in all figures of the house.

    Parameters
    ----------
    task : TaskRecord
    predictions : sequence of sequence of FoldPredictions
        Of each entry, for each fold.
    n_draws, seed : int
    """
    answers = [
        [
            Answers(
                fold.p, {AT_HALF: decide(fold.p, DEFAULT), CHOSEN: decide(fold.p, fold.threshold)}
            )
            for fold in of_entry
        ]
        for of_entry in predictions
    ]
    (scores,) = resample(task, [Question(answers, keys_of())], n_draws, seed)
    return scores


def fold_predictions(contestant: Contestant, task: TaskRecord) -> tuple[FoldPredictions, ...]:
    """Give what is judged: test predictions, and the threshold of the highest F1 on valid cases."""
    return tuple(
        FoldPredictions(
            fold.number,
            fold.test,
            predicted.test,
            best_threshold(
                task.target[fold.valid], predicted.valid, f1, task.weight_of(fold.valid)
            ),
        )
        for fold, predicted in zip(task.folds, contestant.folds, strict=True)
    )
