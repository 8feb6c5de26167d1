"""A run as it is read back from the results folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..data_checks.finding import Finding
from ..errors import StoreError
from ..language.sentence import Sentence, Text
from ..splits.fold import Fold, Split
from ..splits.verify import verify_plan
from ..suite.act_or_wait import ActOrWait
from ..suite.curve import CurveRecord
from ..suite.decisions import Decisions
from ..task import Card
from .cell_reader import Place, read_cell_record
from .latest import LATEST, named_run
from .records import (
    Canary,
    CellRecord,
    ModelRecord,
    PolicyRecord,
    RunRecord,
    SliceColumn,
    TaskRecord,
)
from .seal import Seal, changed, read_seal, sealed_content, sealed_run
from .sealed_json import parsed
from .searches import SearchRecord, TrialCell
from .store import Store, advising
from .transfer import TransferRecord
from .typed import typed, understood

FILES = MANIFEST, CELLS, SPLITS, CASES = (
    "manifest.json", "cells.json", "splits.parquet", "cases.parquet",
)  # fmt: skip
# Besides the parts of ``Fold`` by name: what one half of an only split is fitted on.
HALF = "half"
PLANNED = "planned"  # of a cell that is to be computed
# Begins the name of a column of ``cases.parquet`` that holds true probabilities.
TRUTH = "truth_given_"
# Begins the name of one that holds them after an event on which policies can act.
TRUTH_AFTER = "true_p_after_"
# Begins the name of one that holds values by which figures are told apart.
SLICE = "slice_by_"


def read_run(store: Store, run_id: str = LATEST) -> RunRecord:
    """Read a finished run, as it was sealed.

    Raises
    ------
    StoreError
        If there is no such run, its files or cells are not as they were, or its plan would leak.
    """
    folder = store.runs / named_run(store.runs, run_id)
    seal = sealed_run(folder)
    with advising():
        return _read(store, folder, seal, is_finished=True)


def read_unfinished(store: Store) -> RunRecord:
    """Read the run that is being computed, or was cut short: what is there of it.

    Nothing is locked: a run may go on meanwhile.

    Returns
    -------
    RunRecord
        Cells that are not there yet, or failed, have the status ``PLANNED``.  Of models that have
        no cell yet nothing is known but what their source says.

    Raises
    ------
    StoreError
        If there is no such run, or its files are not as they were.
    """
    folders = sorted(store.runs.glob(".*.plan"))
    if not folders:
        raise StoreError(
            f"no run is being computed in {store.root}, and none was cut short.  Without "
            "--partial, the latest run is reported."
        )
    folder = folders[-1]
    try:
        seal = read_seal(folder)
        run = _read(store, folder, seal, is_finished=False)
    except StoreError:
        if folder.exists():
            raise
        raise StoreError("the run has ended meanwhile.  Report it without --partial.") from None
    return replace(run, models=tuple(_with_facts(store, run, model) for model in run.models))


def plan_of_run(store: Store, run_id: str) -> Path:
    """Say where a run that is being computed notes what it will compute."""
    return store.runs / f".{run_id}.plan"


def _found(store: Store, place: Mapping[str, Any]) -> CellRecord:
    """Read a planned cell if it is there."""
    if not store.cell_folder(place["key"]).exists():
        return CellRecord(**place)
    return read_cell_record(store, {**place, "status": "done"})


def _with_facts(store: Store, run: RunRecord, model: ModelRecord) -> ModelRecord:
    """Add what is known of a model once one of its cells is there."""
    done = next((cell for cell in run.cells if cell.model == model.name and cell.done), None)
    if done is None:
        return model
    facts = store.read_cell(done.key).facts
    return replace(model, views=frozenset(facts["views"]), params=facts["params"])


def changed_of_run(store: Store, run: RunRecord) -> list[str]:
    """Name what was made of a run - report, tables, comparisons - and is not as it was written."""
    folder = path_of_run(store, run.run_id)
    return changed(folder, sealed_run(folder).made)


def _read(
    store: Store,
    folder: Path,
    seal: Seal,
    *,
    is_finished: bool,
) -> RunRecord:
    content = {name: sealed_content(folder, seal, name) for name in FILES}
    with understood(folder / MANIFEST):
        manifest = parsed(content[MANIFEST], folder / MANIFEST)
        about = {key: tuple(typed(_AboutTask, each) for each in manifest[key])
                 for key in ("tasks", "points")}  # fmt: skip
        suite = manifest["suite_content"]
        manifest["suite_title"] = suite["title"] = Sentence(manifest["suite_title"])
        read = {
            "searches": tuple(typed(SearchRecord, one) for one in manifest.get("searches", ())),
            "curves": tuple(typed(CurveRecord, curve) for curve in manifest["curves"]),
            "decisions": typed(Decisions, suite["decisions"]),
            "policies": tuple(typed(PolicyRecord, one) for one in manifest.get("policies", ())),
            "scores": manifest.get("scores", ""),
            "transfer": typed(TransferRecord, manifest["transfer"])
            if manifest.get("transfer")
            else None,
            "act_or_wait": typed(ActOrWait, suite["act_or_wait"])
            if suite.get("act_or_wait")
            else None,
            **vars(typed(_About, {name: manifest[name] for name in _About.__annotations__})),
        }
    with understood(folder / SPLITS):
        splits = pd.read_parquet(BytesIO(content[SPLITS]))
    with understood(folder / CASES):
        cases = pd.read_parquet(BytesIO(content[CASES]))
        tasks, points = (
            tuple(_task_record(each, splits, cases) for each in about[key])
            for key in ("tasks", "points")
        )
        for task in tasks:
            verify_plan(task, task.folds, strangers=task.strangers)
    with understood(folder / CELLS):
        places = [vars(typed(Place, place)) for place in parsed(content[CELLS], folder / CELLS)]
        if len(places) != manifest["n_cells"]:
            raise ValueError(f"it lists {len(places)} cells, and {MANIFEST} counts "
                             f"{manifest['n_cells']}")  # fmt: skip
    records = tuple(
        read_cell_record(store, place, seal.cells.get(place["key"]))
        if is_finished
        else _found(store, place)
        for place in places
    )
    trials = [cell for one in read["searches"] for tried in one.trials for cell in tried.cells]
    _check_cells(store, records, trials, seal if is_finished else None, (*tasks, *points))
    return RunRecord(
        manifest=manifest,
        tasks=tasks,
        points=points,
        cells=records,
        predictions=lambda cell: store.read_predictions(cell.key, cell.sha256),
        **read,
    )


def _check_cells(
    store: Store,
    records: Sequence[CellRecord],
    trials: Sequence[TrialCell],
    seal: Seal | None,
    tasks: Sequence[TaskRecord],
) -> None:
    """Hold the cells to the seal, if there is one, and their predictions' number to the splits."""
    sizes = {
        (task.name, fold.number, number): (n_valid, len(fold.test))
        for task in tasks
        for fold in task.folds
        for number, n_valid in [
            (-1, len(fold.valid)),
            *enumerate(len(split.valid) for split in fold.fits),
        ]
    }
    for trial in trials if seal is not None else ():
        if trial.sha256 != seal.cells.get(trial.key):
            folder = store.cell_folder(trial.key)
            raise StoreError(f"{folder} is not as it was when the run {seal.run_id} used it.")
    for record in records:
        if not record.done:
            continue
        folder = store.cell_folder(record.key)
        if seal is not None and record.sha256 != seal.cells.get(record.key):
            raise StoreError(f"{folder} is not as it was when the run {seal.run_id} used it.")
        size = sizes.get((record.task, record.fold, record.split))
        if (record.n_valid, record.n_test) != size:
            raise StoreError(
                f"{folder} holds {record.n_valid} and {record.n_test} predictions of valid and "
                f"test cases, which is not what the splits of {record.task} have."
            )


@dataclass(frozen=True)
class _About:
    """What the manifest holds of a run, besides its tasks and curves."""

    run_id: str
    models: tuple[ModelRecord, ...]
    ensembles: Mapping[str, tuple[str, ...]]
    blended: str
    most_ms_per_1000: Mapping[str, float]


@dataclass(frozen=True)
class _AboutTask:
    """What the manifest holds of a task."""

    name: str
    card: Card
    plan: Text
    strangers: bool
    n_features: int
    n_events: int
    has_events: bool
    fingerprint: str
    findings: tuple[Finding, ...]
    split_fingerprints: tuple[str, ...]
    canaries: tuple[Canary, ...]
    slice_columns: tuple[SliceColumn, ...] = ()
    n_moments: int = 0


def _task_record(about: _AboutTask, splits: pd.DataFrame, cases: pd.DataFrame) -> TaskRecord:
    own = cases[cases["task"] == about.name]
    rows = splits[splits["task"] == about.name]
    folds = []
    for number, of_fold in rows.groupby("fold"):
        by_part = {
            key: part["case"].to_numpy()
            for key, part in of_fold.groupby(["split", "part"], observed=True)
        }
        numbers = {part: sorted(i for i, name in by_part if name == part) for part in ("fit", HALF)}
        inner = tuple(Split(by_part[i, "fit"], by_part[i, "valid"]) for i in numbers["fit"])
        halves = tuple(Split(by_part[i, HALF], inner[0].valid) for i in numbers[HALF])
        folds.append(Fold(int(number), by_part[-1, "test"], inner, halves))
    if tuple(fold.fingerprint() for fold in folds) != about.split_fingerprints:
        raise ValueError(f"the splits of {about.name} do not have the fingerprints noted")
    if not own["target"].isin((0, 1)).all():
        raise ValueError(f"the outcomes of {about.name} are not all 0 or 1")
    facts = {name: value for name, value in vars(about).items() if name != "split_fingerprints"}
    return TaskRecord(
        **facts,
        target=own["target"].to_numpy().astype("int8"),
        group=None if (own["group"] < 0).all() else own["group"].to_numpy(),
        time=None if own["time"].isna().all() else own["time"].to_numpy(),
        alike=None if (own["alike"] < 0).all() else own["alike"].to_numpy(),
        known_at=None if own["known_at"].isna().all() else own["known_at"].to_numpy(),
        weight=own["weight"].to_numpy()
        if "weight" in own and own["weight"].notna().all()
        else None,
        today=own["today"].to_numpy() == 1
        if "today" in own and (own["today"] >= 0).all()
        else None,
        truth={views: own[column].to_numpy() for views, column in _truth_columns(own).items()},
        folds=tuple(folds),
        truth_by_event=_truth_by_event(own),
        slice_values={
            column.name: _slice_values(own[f"{SLICE}{column.name}"])
            for column in about.slice_columns
            if not column.missing
        },
    )


def _truth_by_event(own: pd.DataFrame) -> np.ndarray | None:
    names = [f"{TRUTH_AFTER}{event}" for event in range(1, own.shape[1] + 1)]
    there = [name for name in names if name in own and not own[name].isna().all()]
    return own[there].to_numpy() if there else None


def _slice_values(column: pd.Series) -> np.ndarray:
    if is_numeric_dtype(column):
        return column.to_numpy(dtype=float)
    return np.where(column.isna(), None, column.astype(object)).astype(object)


def _truth_columns(cases: pd.DataFrame) -> dict[str, str]:
    """Name the columns with true probabilities by the views that they are given."""
    return {
        column.removeprefix(TRUTH): column
        for column in cases.columns
        if column.startswith(TRUTH) and not cases[column].isna().all()
    }


def path_of_run(store: Store, run_id: str) -> Path:
    """Say where a run's report and tables belong."""
    return store.runs / run_id
