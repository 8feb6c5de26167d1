"""The models of a run as contestants: their stored predictions, pooled over splits and seeds."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..language.sentence import AFTER_A_COLON, AFTER_A_COMMA, Sentence, Text, joined
from ..splits.fold import Fold
from ..store.predictions import Predictions, pooled
from ..store.records import CellRecord, Costs, ModelRecord, RunRecord, TaskRecord
from .contestants import Contestant, OutOfSample
from .membership import Membership, attacked


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
    judged = set(_places(task, seeds))
    done = [cell for place, cell in by_place.items() if cell.done and place in judged]
    folds: tuple[OutOfSample, ...] = ()
    if not failures:
        found = {place: run.predictions(by_place[place]) for place in _places(task, seeds)}
        failures = _unusable(task, found, seeds)
        folds = () if failures else tuple(_pooled(fold, found, seeds) for fold in task.folds)
    first = min(done, key=lambda cell: (cell.fold, cell.split, cell.seed), default=None)
    of_first = found[first.fold, first.split, first.seed] if folds else None
    return Contestant(
        model.name,
        model.title,
        model.family,
        failures,
        folds,
        _refits(run, task, by_place, seeds),
        derived_view=any(cell.derived_view for cell in done),
        fitted_without_weights=any(cell.fitted_without_weights for cell in done),
        fit_seconds=fit_seconds_a_fold(done),
        predict_microseconds=microseconds_a_case(done),
        peak_bytes=float(max((cell.peak_bytes for cell in done), default=math.nan)),
        clock_ratio=_clock_ratio(done),
        explanations=first.explanations if first else (),
        views=model.views,
        readable=model.readable,
        deterministic=model.deterministic,
        costs=first.costs if first else Costs(),
        membership=attacked(task, first, of_first) if of_first else Membership(),
    )


def _places(task: TaskRecord, seeds: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """List the fold, inner split and seed of each cell that a model should have."""
    for fold in task.folds:
        for number in range(len(fold.splits)):
            for seed in seeds or (0,):
                yield fold.number, number, seed


def _named(task: TaskRecord, place: tuple[int, int, int], seeds: Sequence[int]) -> Text:
    fold, number, seed = place
    n_splits = next(len(of.splits) for of in task.folds if of.number == fold)
    parts = [Sentence("fold {fold}", fold=fold)]
    parts += [Sentence("split {split}", split=number)] if n_splits > 1 else []
    parts += [Sentence("seed {seed}", seed=seed)] if len(seeds) > 1 else []
    return joined(AFTER_A_COMMA, parts)


def _failures(
    task: TaskRecord,
    by_place: Mapping[tuple[int, int, int], CellRecord],
    seeds: Sequence[int],
) -> tuple[str, ...]:
    return tuple(
        joined(AFTER_A_COLON, [_named(task, place, seeds), reason(by_place.get(place))])
        for place in _places(task, seeds)
        if place not in by_place or not by_place[place].done
    )


def _unusable(
    task: TaskRecord, found: Mapping[tuple[int, int, int], Predictions], seeds: Sequence[int]
) -> tuple[str, ...]:
    """Name stored predictions that are of other cases, or no probabilities."""
    folds = {fold.number: fold for fold in task.folds}
    return tuple(
        Sentence(
            "{cell}: {why}; delete this cell and run the suite again",
            cell=_named(task, place, seeds),
            why=why,
        )
        for place, predicted in found.items()
        for side, p, rows in (
            ("valid", predicted.valid, folds[place[0]].splits[place[1]].valid),
            ("test", predicted.test, folds[place[0]].test),
        )
        if (why := _why_unusable(p, side, len(rows)))
    )


def _why_unusable(p: np.ndarray, side: str, n_cases: int) -> Text:
    if len(p) != n_cases:
        return Sentence(
            "its stored predictions are of {n} {side} cases, and the fold has {n_cases}",
            n=len(p),
            side=_SIDES[side],
            n_cases=n_cases,
        )
    if n_wrong := int((~((p >= 0) & (p <= 1))).sum()):
        return Sentence(
            "{n} of its {n_cases} predictions of {side} cases are no probabilities",
            n=n_wrong,
            n_cases=n_cases,
            side=_SIDES[side],
        )
    return ""


_SIDES = {"valid": Sentence("valid"), "test": Sentence("test")}


def reason(cell: CellRecord | None) -> Text:
    """Say why a cell gave no predictions."""
    if cell is None:
        return Sentence("was not carried out")
    named = () if cell.status == "failed" and cell.message else (Sentence(cell.status),)
    return joined(AFTER_A_COLON, (*named, *((cell.message,) if cell.message else ())))


def _pooled(
    fold: Fold, found: Mapping[tuple[int, int, int], Predictions], seeds: Sequence[int]
) -> OutOfSample:
    of_fold = pooled(
        [[found[fold.number, number, seed] for seed in seeds] for number in range(len(fold.splits))]
    )
    return OutOfSample(of_fold.valid, of_fold.test)


def _refits(
    run: RunRecord,
    task: TaskRecord,
    by_place: Mapping[tuple[int, int, int], CellRecord],
    seeds: Sequence[int],
) -> tuple[np.ndarray, ...]:
    """Read what each of an only fold's refits predicts of its test cases; none if one failed."""
    if len(task.folds) > 1:
        return ()
    (fold,) = task.folds
    cells = [
        [by_place.get((fold.number, number, seed)) for seed in seeds]
        for number, split in enumerate(fold.fits)
        if split in fold.refits
    ]
    if not all(cell is not None and cell.done for of_split in cells for cell in of_split):
        return ()
    return tuple(
        np.mean([run.predictions(cell).test for cell in of_split], axis=0) for of_split in cells
    )


def _clock_ratio(done: Sequence[CellRecord]) -> float:
    processor = sum(cell.fit_seconds + cell.predict_seconds for cell in done)
    wall = sum(cell.wall_seconds for cell in done)
    return wall / processor if processor and wall else math.nan


def fit_seconds_a_fold(done: Sequence[CellRecord]) -> float:
    """Give the mean processor time over folds of what their cells took to fit; NaN without."""
    folds = {cell.fold for cell in done}
    return sum(cell.fit_seconds for cell in done) / len(folds) if folds else math.nan


def microseconds_a_case(done: Sequence[CellRecord]) -> float:
    """Give the mean processor time to predict a case, among many; NaN without cells."""
    n_predicted = sum(cell.n_predicted for cell in done)
    seconds = sum(cell.predict_seconds for cell in done)
    return 1e6 * seconds / n_predicted if n_predicted else math.nan
