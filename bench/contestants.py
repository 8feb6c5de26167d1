"""Contestants: the out-of-sample predictions of a task's models, before they are judged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .judgement import Member
from .metrics import METRICS
from .model import Explanation
from .resampling import Fold
from .results import CellRecord, Costs, ModelRecord, RunRecord, TaskRecord, pooled


@dataclass(frozen=True, eq=False)
class OutOfSample:
    """P(target = 1) of a fold's valid cases (see ``valid_rows``) and of its test cases."""

    valid: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, eq=False)
class Contestant:
    """A model or an ensemble before it is judged.

    ``folds`` holds its predictions, one item for each of the task's folds; it is empty where
    ``failures`` says why there are none.  The other fields are as in ``Entry``.
    """

    name: str
    title: str
    family: str
    failures: tuple[str, ...]
    folds: tuple[OutOfSample, ...]
    derived_view: bool = False
    fit_seconds: float = math.nan
    predict_microseconds: float = math.nan
    peak_bytes: float = math.nan
    explanations: tuple[Explanation, ...] = ()
    members: tuple[Member, ...] = ()
    left_out: tuple[str, ...] = field(default=())
    views: frozenset[str] = frozenset({"features", "events"})
    costs: Costs = field(default_factory=Costs)


def valid_rows(fold: Fold) -> np.ndarray:
    """Case numbers of a fold's valid predictions: those of each inner split, one after the other.

    With several inner splits a case can be valid in more than one, and is then predicted by the
    model of each.
    """
    return np.concatenate([split.valid for split in fold.splits])


def models_of(run: RunRecord, task: TaskRecord) -> list[Contestant]:
    """Read the predictions of all models on a task, in the run's order."""
    of_task = [cell for cell in run.cells if cell.task == task.name]
    seeds = sorted({cell.seed for cell in of_task})
    return [
        _model(run, task, model, [cell for cell in of_task if cell.model == model.name], seeds)
        for model in run.models
    ]


def _model(
    run: RunRecord,
    task: TaskRecord,
    model: ModelRecord,
    cells: Sequence[CellRecord],
    seeds: Sequence[int],
) -> Contestant:
    by_place = {(cell.fold, cell.split, cell.seed): cell for cell in cells}
    failures = _failures(task, by_place, seeds)
    done = [cell for cell in cells if cell.done]
    folds = () if failures else tuple(_read(run, fold, by_place, seeds) for fold in task.folds)
    first = min(done, key=lambda cell: (cell.fold, cell.split, cell.seed), default=None)
    return Contestant(
        model.name,
        model.title,
        model.family,
        failures,
        folds,
        derived_view=any(cell.derived_view for cell in done),
        fit_seconds=fit_seconds_a_fold(done),
        predict_microseconds=microseconds_a_case(done),
        peak_bytes=float(max((cell.peak_bytes for cell in done), default=math.nan)),
        explanations=first.explanations if first else (),
        views=model.views,
        costs=first.costs if first else Costs(),
    )


def _failures(
    task: TaskRecord, by_place: dict[tuple[int, int, int], CellRecord], seeds: Sequence[int]
) -> tuple[str, ...]:
    failures = []
    for fold in task.folds:
        for number in range(len(fold.splits)):
            for seed in seeds or (0,):
                cell = by_place.get((fold.number, number, seed))
                if cell is not None and cell.done:
                    continue
                place = f"fold {fold.number}"
                place += f", split {number}" if len(fold.splits) > 1 else ""
                place += f", seed {seed}" if len(seeds) > 1 else ""
                failures.append(f"{place}: {reason(cell)}")
    return tuple(failures)


def reason(cell: CellRecord | None) -> str:
    """Say why a cell gave no predictions."""
    if cell is None:
        return "was not carried out"
    named = () if cell.status == "failed" and cell.message else (cell.status,)
    return ": ".join((*named, *((cell.message,) if cell.message else ())))


def _read(
    run: RunRecord,
    fold: Fold,
    by_place: dict[tuple[int, int, int], CellRecord],
    seeds: Sequence[int],
) -> OutOfSample:
    found = pooled(
        [
            [run.predictions(by_place[fold.number, number, seed]) for seed in seeds]
            for number in range(len(fold.splits))
        ]
    )
    return OutOfSample(found.valid, found.test)


def fit_seconds_a_fold(done: Sequence[CellRecord]) -> float:
    """Give the mean over folds of what their cells took to fit together; NaN without cells."""
    folds = {cell.fold for cell in done}
    return sum(cell.fit_seconds for cell in done) / len(folds) if folds else math.nan


def microseconds_a_case(done: Sequence[CellRecord]) -> float:
    """Give the mean time to predict a case, among many; NaN without cells."""
    n_predicted = sum(cell.n_predicted for cell in done)
    seconds = sum(cell.predict_seconds for cell in done)
    return 1e6 * seconds / n_predicted if n_predicted else math.nan


def who(rows: np.ndarray, task: TaskRecord) -> np.ndarray | None:
    """Say which valid predictions belong together: those about one group, or one case."""
    if task.group is not None:
        return task.group[rows]
    return rows if len(np.unique(rows)) < len(rows) else None


def best_on_valid(models: Sequence[Contestant], task: TaskRecord, metric: str) -> Contestant:
    """Choose the best single model without looking at test cases: by its mean over folds.

    Where the metric is not defined on valid cases, the lowest log loss there decides.  All models
    given must have worked.
    """

    def merit(model: Contestant) -> tuple[float, float]:
        means = [
            np.mean(
                [
                    METRICS[name](task.target[valid_rows(fold)], predicted.valid)
                    for fold, predicted in zip(task.folds, model.folds, strict=True)
                ]
            )
            for name in (metric, "log_loss")
        ]
        return (-math.inf if math.isnan(means[0]) else float(means[0])), -float(means[1])

    return max(models, key=merit)
