"""Models that learn from the cases on disk of their task, besides the fit cases in memory."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..cases import Cases
from ..errors import DataError
from ..fit_blocks import FitBlocks, learns_from_blocks
from ..model import Model
from ..splits.fold import Split
from ..stored_cases import StoredCases
from ..task import ALWAYS_VALID, Task


def asked_of_further(
    task: Task, split: Split, test: np.ndarray, half: int | None
) -> dict[str, Any]:
    """Say which of a task's cases on disk may be learnt from in a split.

    In time those whose outcome was known before the first valid or test case; where the data say on
    which side a case stands, those that the fold does not test and nobody watches; of a half of the
    fit cases, every second one.

    Parameters
    ----------
    task : Task
    split : Split
    test : ndarray of int
        Without any, and without valid cases, all may be learnt from.
    half : int, optional
        0 or 1.
    """
    until, later = None, np.concatenate([split.valid, test])
    if task.time is not None and len(later):
        until = int(task.time[later].min().astype("datetime64[s]").astype(np.int64))
    sides = None
    if task.given_split is not None and len(test):
        sides = [int(task.given_split[test[0]]), ALWAYS_VALID]
    return {
        "folder": str(task.further.folder), "sha256": task.further.sha256, "until": until,
        "half": half, "not_sides": sides,
        "horizon": round(task.card.horizon_days * 86_400),
    }  # fmt: skip


def rows_of(stored: StoredCases, asked: Mapping[str, Any]) -> np.ndarray | None:
    """Give the numbers of these cases, ascending; None for all."""
    if all(asked[limit] is None for limit in ("until", "half", "not_sides")):
        return None
    chosen = np.ones(stored.n_cases, dtype=bool)
    if asked["until"] is not None:
        time = stored.time.astype(np.int64)
        chosen &= (time < asked["until"]) & (time + asked["horizon"] <= asked["until"])
    if asked["not_sides"] is not None:
        chosen &= ~np.isin(stored.side, asked["not_sides"])
    if asked["half"] is not None:
        chosen[1 - asked["half"] :: 2] = False
    return np.flatnonzero(chosen)


def learning_from(make: Callable[[], Model], asked: Mapping[str, Any]) -> Callable[[], Model]:
    """Let models that can learn from cases on disk, too, when they are fitted."""

    def made() -> Model:
        model = make()
        if learns_from_blocks(model):
            model.fit = partial(_fit, model, asked)
        return model

    return made


def _fit(
    model: Model,
    asked: Mapping[str, Any],
    cases: Cases,
    y: np.ndarray,
    *,
    valid: tuple[Cases, np.ndarray],
    weight: np.ndarray | None = None,
    valid_weight: np.ndarray | None = None,
) -> Model:
    del model.fit  # what is fitted is the model as its class has it
    stored = StoredCases.open(Path(asked["folder"]))
    if stored.sha256 != asked["sha256"]:
        raise DataError(f"{stored.folder} holds other cases than those that were asked for.")
    rows = rows_of(stored, asked)
    if rows is not None and not len(rows):
        weights = {} if weight is None else {"weight": weight, "valid_weight": valid_weight}
        return model.fit(cases, y, valid=valid, **weights)
    blocks = FitBlocks(cases, y, stored, rows, weight)
    return model.fit_blocks(blocks, valid=valid, valid_weight=valid_weight)
