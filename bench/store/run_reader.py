"""A run as it is read back from the results folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd

from ..data_checks.finding import Finding
from ..errors import StoreError
from ..splits.fold import Fold, Split
from ..splits.verify import verify_plan
from ..suite.curve import CurveRecord
from ..suite.decisions import Decisions
from ..task import Card
from .cell_reader import Place, read_cell_record
from .latest import LATEST, named_run
from .records import Canary, CellRecord, ModelRecord, RunRecord, TaskRecord
from .seal import Seal, changed, sealed_content, sealed_run
from .sealed_json import parsed
from .store import Store, advising
from .typed import typed, understood

FILES = MANIFEST, CELLS, SPLITS, CASES = (
    "manifest.json", "cells.json", "splits.parquet", "cases.parquet",
)  # fmt: skip
# Begins the name of a column of ``cases.parquet`` that holds true probabilities.
TRUTH = "truth_given_"


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
        return _read(store, folder, seal)


def changed_of_run(store: Store, run: RunRecord) -> list[str]:
    """Name what was made of a run - report, tables, comparisons - and is not as it was written."""
    folder = path_of_run(store, run.run_id)
    return changed(folder, sealed_run(folder).made)


def _read(store: Store, folder: Path, seal: Seal) -> RunRecord:
    content = {name: sealed_content(folder, seal, name) for name in FILES}
    with understood(folder / MANIFEST):
        manifest = parsed(content[MANIFEST], folder / MANIFEST)
        about = {key: tuple(typed(_AboutTask, each) for each in manifest[key])
                 for key in ("tasks", "points")}  # fmt: skip
        suite = manifest["suite_content"]
        read = {
            "curves": tuple(typed(CurveRecord, curve) for curve in manifest["curves"]),
            "decisions": typed(Decisions, suite["decisions"]),
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
    records = tuple(read_cell_record(store, place) for place in places)
    _check_cells(store, records, seal, (*tasks, *points))
    return RunRecord(
        manifest=manifest,
        tasks=tasks,
        points=points,
        cells=records,
        predictions=lambda cell: store.read_predictions(cell.key, cell.sha256),
        **read,
    )


def _check_cells(
    store: Store, records: Sequence[CellRecord], seal: Seal, tasks: Sequence[TaskRecord]
) -> None:
    """Hold the cells to the seal, and the number of their predictions to the splits."""
    sizes = {
        (task.name, fold.number, number): (n_valid, len(fold.test))
        for task in tasks
        for fold in task.folds
        for number, n_valid in [
            (-1, len(fold.valid)),
            *enumerate(len(split.valid) for split in fold.splits),
        ]
    }
    for record in records:
        if not record.done:
            continue
        folder = store.cell_folder(record.key)
        if record.sha256 != seal.cells.get(record.key):
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
    plan: str
    strangers: bool
    n_features: int
    n_events: int
    has_events: bool
    fingerprint: str
    findings: tuple[Finding, ...]
    split_fingerprints: tuple[str, ...]
    canaries: tuple[Canary, ...]


def _task_record(about: _AboutTask, splits: pd.DataFrame, cases: pd.DataFrame) -> TaskRecord:
    own = cases[cases["task"] == about.name]
    rows = splits[splits["task"] == about.name]
    folds = []
    for number, of_fold in rows.groupby("fold"):
        by_part = {
            key: part["case"].to_numpy()
            for key, part in of_fold.groupby(["split", "part"], observed=True)
        }
        n_splits = int(of_fold["split"].max()) + 1
        inner = tuple(Split(by_part[i, "fit"], by_part[i, "valid"]) for i in range(n_splits))
        folds.append(Fold(int(number), by_part[-1, "test"], inner))
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
    )


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
