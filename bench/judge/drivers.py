"""What drives each model: how much worse it ranks test cases when something is not theirs.

A cell notes what its model predicts of some test cases as they are and changed (``CellDrivers``);
here the two are compared with what happened.  Nothing learns from these outcomes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..language.sentence import AFTER_A_SEMICOLON, Sentence, joined
from ..metrics.metrics import SMALLEST_P
from ..splits.fold import Fold
from ..stats.delong_of_many import delong_of_many
from ..stats.intervals import LEVEL, freedom_of
from ..store.drivers import CellDrivers, Change
from ..store.records import RunRecord, TaskRecord
from .driver_direction import direction_of
from .model_drivers import Driver, ModelDrivers
from .score import Score
from .units import units


@dataclass(frozen=True, eq=False)
class _Lost:
    """What a change costs on one fold's sample: means, and how much each unit moves them."""

    change: Change
    auc: float
    log_loss: float
    auc_moved: np.ndarray
    log_loss_moved: np.ndarray
    moved_p: np.ndarray


def drivers_of_models(run: RunRecord, task: TaskRecord) -> dict[str, ModelDrivers]:
    """Say of each model of a run what drives it on a task.

    Parameters
    ----------
    run : RunRecord
    task : TaskRecord

    Returns
    -------
    dict of str to ModelDrivers
        By model.  Losses are means over folds, each of the fold's first fit; intervals are
        Student's over test cases (over groups where there are any) and over the values dealt out:
        each drawn value moves the figure with the case that was given it.

    References
    ----------
    Breiman (2001), "Random forests", Machine Learning 45, section 10: permutation importance.
    Fisher, Rudin, Dominici (2019), "All models are wrong, but many are useful", Journal of Machine
    Learning Research 20, of what it says of any fitted model.
    """
    folds = {fold.number: fold for fold in task.folds}
    unit = units(task)
    found = {}
    for model in run.models:
        cells = {}
        for cell in run.cells:
            if (cell.task, cell.model, cell.split) == (task.name, model.name, 0) and cell.done:
                cells.setdefault(cell.fold, cell.drivers)
        found[model.name] = _of_model(task, [(folds[i], cells[i]) for i in sorted(cells)], unit)
    return found


def _of_model(
    task: TaskRecord, noted: Sequence[tuple[Fold, CellDrivers]], unit: np.ndarray
) -> ModelDrivers:
    reasons = [cell.missing for _, cell in noted if cell.missing]
    usable: list[tuple[np.ndarray, CellDrivers]] = []
    for fold, cell in noted:
        if cell.missing:
            continue
        if (cell.cases() >= len(fold.test)).any():
            reasons.append(Sentence("they are of other test cases"))
            continue
        rows = fold.test[cell.cases()]
        if min(np.bincount(task.target[rows], minlength=2)) < 2:
            reasons.append(
                Sentence("among the test cases asked, fewer than two are of one outcome")
            )
            continue
        usable.append((rows, cell))
    # Of some thousand units few are asked.
    asked = np.unique(unit[np.concatenate([rows for rows, _ in usable])]) if usable else unit[:0]
    lost: dict[tuple[str, tuple[str, ...]], list[_Lost]] = {}
    for rows, cell in usable:
        of_rows = np.searchsorted(asked, unit[rows])
        for one in _on_fold(task, rows, of_rows, len(asked), cell):
            lost.setdefault((one.change.kind, one.change.names), []).append(one)
    if not lost:
        reasons = reasons or [Sentence("the model failed")]
        return ModelDrivers((), joined(AFTER_A_SEMICOLON, dict.fromkeys(reasons)))
    drivers = [_pooled(of_folds, task.group is not None) for of_folds in lost.values()]
    return ModelDrivers(tuple(sorted(drivers, key=lambda driver: -driver.loss.value)))


def _on_fold(
    task: TaskRecord, rows: np.ndarray, unit: np.ndarray, n_units: int, cell: CellDrivers
) -> list[_Lost]:
    y, weight = task.target[rows], task.weight_of(rows)
    p, changed = cell.predictions()
    n_changes, n_repeats, n = changed.shape
    answers = np.concatenate([p[None], changed.reshape(-1, n)])
    auc, influence = delong_of_many(y, answers, weight)
    lost = auc[0] - auc[1:].reshape(n_changes, n_repeats).mean(axis=1)
    auc_moved = influence[0] - influence[1:].reshape(changed.shape).mean(axis=1)
    surprise = _surprise(y, answers)
    rises = surprise[1:].reshape(changed.shape).mean(axis=1) - surprise[0]
    moved_p = changed.mean(axis=1) - p
    found = []
    for number, change in enumerate(cell.changes):
        mean_rise, rise_moved = _mean(rises[number], weight)
        found.append(
            _Lost(
                change,
                float(lost[number]),
                mean_rise,
                np.bincount(unit, auc_moved[number], n_units),
                np.bincount(unit, rise_moved, n_units),
                moved_p[number],
            )
        )
    return found


def _surprise(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -np.log(np.clip(np.where(y == 1, p, 1 - p), SMALLEST_P, 1.0))


def _mean(values: np.ndarray, weight: np.ndarray | None) -> tuple[float, np.ndarray]:
    """Give a mean, and how much each case moves it."""
    share = np.full(len(values), 1 / len(values)) if weight is None else weight / weight.sum()
    mean = float(share @ values)
    return mean, share * (values - mean) * math.sqrt(len(values) / (len(values) - 1))


def _pooled(of_folds: Sequence[_Lost], grouped: bool) -> Driver:
    changes = [one.change for one in of_folds]
    with_events = [change for change in changes if not math.isnan(change.share)]
    share = float(np.mean([change.share for change in with_events])) if with_events else math.nan
    return Driver(
        changes[0].kind,
        changes[0].names,
        changes[0].others,
        _score([one.auc for one in of_folds], [one.auc_moved for one in of_folds], grouped),
        _score(
            [one.log_loss for one in of_folds], [one.log_loss_moved for one in of_folds], grouped
        ),
        direction_of(changes, [one.moved_p for one in of_folds]),
        share,
        len(of_folds),
        sum(len(one.moved_p) for one in of_folds),
    )


def _score(values: Sequence[float], moved: Sequence[np.ndarray], grouped: bool) -> Score:
    """Give a mean over folds with Student's interval; units that folds share move it at once."""
    value, by_unit = float(np.mean(values)), np.mean(moved, axis=0)
    touched = by_unit[by_unit != 0]
    freedom = freedom_of(touched, max(len(touched) - 1.0, 1.0))
    variance = float(touched @ touched)
    if grouped:
        # Influences of cases allow for what a sample lacks; sums of groups' do not.
        variance *= 1 + 1 / freedom
    reach = math.sqrt(variance) * float(special.stdtrit(freedom, 0.5 + LEVEL / 2))
    return Score(value, value - reach, value + reach)
