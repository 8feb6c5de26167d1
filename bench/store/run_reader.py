"""A run as it is read back from the results folder."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..data_checks.finding import Finding
from ..errors import RequestError, StoreError
from ..model import Explanation
from ..splits.fold import Fold, Split
from ..splits.verify import verify_plan
from ..suite.curve import CurvePoint, CurveRecord
from ..suite.decisions import Decisions
from ..task import Card
from .records import CellRecord, Costs, ModelRecord, RunRecord, TaskRecord
from .store import Store

# Begins the name of a column of ``cases.parquet`` that holds true probabilities.
TRUTH = "truth_given_"


def place_of(record: CellRecord) -> dict[str, Any]:
    """Give what a run notes of a cell; the rest is read from the store."""
    return {
        name: getattr(record, name)
        for name in ("task", "model", "fold", "split", "seed", "key", "status", "message")
    }


def read_cell_record(store: Store, place: Mapping[str, Any]) -> CellRecord:
    """Give the record of a cell: of a done one, as it is stored.

    Parameters
    ----------
    store : Store
    place : mapping
        What a run notes of the cell; see ``place_of``.

    Raises
    ------
    StoreError
        If it is not stored, or damaged.
    """
    if place["status"] != "done":
        return CellRecord(**place)
    cell = store.read_cell(place["key"])
    if cell is None:
        raise StoreError(
            f"{store.cell_folder(place['key'])} is gone.  "
            "Run the suite again: it computes what is missing."
        )
    try:
        return _with_facts(place, cell.facts)
    except KeyError as error:
        raise StoreError(
            f"{store.cell_folder(place['key'])} was stored by another version of this program "
            f"(it notes no {error}).  Run the suite again: it computes what is missing."
        ) from error


def _with_facts(place: Mapping[str, Any], facts: Mapping[str, Any]) -> CellRecord:
    return CellRecord(
        **place,
        derived_view=facts["derived_view"],
        fitted_without_weights=facts.get("fitted_without_weights", False),
        fit_seconds=facts["fit_seconds"],
        predict_seconds=facts["predict_seconds"],
        n_predicted=facts["n_predicted"],
        peak_bytes=facts["peak_bytes"],
        warnings=tuple(facts["warnings"]),
        costs=_costs(facts.get("costs")),
        weights=facts.get("weights", {}),
        explanations=tuple(
            Explanation(
                learnt["kind"],
                learnt["reading"],
                tuple(learnt["columns"]),
                tuple(tuple(row) for row in learnt["rows"]),
                learnt["title"],
            )
            for learnt in facts["explanations"]
        ),
    )


def _costs(noted: Mapping[str, Any] | None) -> Costs:
    if noted is None:
        return Costs()
    measured = {
        name: math.nan if noted[name] is None else noted[name]
        for name in ("p50_seconds", "p95_seconds", "p99_seconds", "stored_bytes")
    }
    return Costs(**measured, missing=tuple(noted["missing"]))


def read_run(store: Store, run_id: str = "latest") -> RunRecord:
    """Read a finished run.

    Raises
    ------
    StoreError
        If there is no such run, its files are damaged, or its plan would leak.
    """
    folder = store.runs / run_id
    if not folder.is_dir():
        known = sorted(path.name for path in store.runs.glob("*") if path.is_dir())
        listed = f"  Runs there: {', '.join(known[-5:])}." if known else "  Run a suite first."
        raise StoreError(f"there is no run {run_id!r} in {store.runs}.{listed}")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        places = json.loads((folder / "cells.json").read_text(encoding="utf-8"))
        splits = pd.read_parquet(folder / "splits.parquet")
        cases = pd.read_parquet(folder / "cases.parquet")
        tasks, points = (
            tuple(_task_record(about, splits, cases) for about in manifest[key])
            for key in ("tasks", "points")
        )
        for task in tasks:
            verify_plan(task, task.folds, strangers=task.strangers)
        curves = tuple(_curve_record(about) for about in manifest["curves"])
        decisions = Decisions(**manifest["suite_content"]["decisions"])
        most_ms_per_1000 = manifest["most_ms_per_1000"]
    except (OSError, ValueError, KeyError, TypeError, RequestError) as error:
        raise StoreError(
            f"the run in {folder} cannot be read ({type(error).__name__}: {error}).  "
            "Run the suite again: stored cells are used."
        ) from error
    return RunRecord(
        run_id=manifest["run_id"],
        manifest=manifest,
        tasks=tasks,
        models=tuple(
            ModelRecord(**(about | {"views": frozenset(about["views"])}))
            for about in manifest["models"]
        ),
        cells=tuple(read_cell_record(store, place) for place in places),
        ensembles={label: tuple(members) for label, members in manifest["ensembles"].items()},
        predictions=lambda cell: store.read_predictions(cell.key),
        most_ms_per_1000=most_ms_per_1000,
        decisions=decisions,
        blended=manifest["blended"],
        points=points,
        curves=curves,
    )


def _curve_record(about: dict[str, Any]) -> CurveRecord:
    points = tuple(CurvePoint(**point) for point in about["points"])
    return CurveRecord(about["kind"], about["task"], points, tuple(about["models"]))


def _task_record(about: dict[str, Any], splits: pd.DataFrame, cases: pd.DataFrame) -> TaskRecord:
    own = cases[cases["task"] == about["name"]]
    rows = splits[splits["task"] == about["name"]]
    folds = []
    for number, of_fold in rows.groupby("fold"):
        by_part = {
            key: part["case"].to_numpy()
            for key, part in of_fold.groupby(["split", "part"], observed=True)
        }
        n_splits = int(of_fold["split"].max()) + 1
        inner = tuple(Split(by_part[i, "fit"], by_part[i, "valid"]) for i in range(n_splits))
        folds.append(Fold(int(number), by_part[-1, "test"], inner))
    found = [fold.fingerprint() for fold in folds]
    if found != about["split_fingerprints"]:
        raise ValueError(f"the splits of {about['name']} do not have the fingerprints noted")
    card = {k: tuple(v) if isinstance(v, list) else v for k, v in about["card"].items()}
    return TaskRecord(
        name=about["name"],
        card=Card(**card),
        plan=about["plan"],
        strangers=about["strangers"],
        n_features=about["n_features"],
        n_events=about["n_events"],
        has_events=about["has_events"],
        fingerprint=about["fingerprint"],
        target=own["target"].to_numpy().astype("int8"),
        group=None if (own["group"] < 0).all() else own["group"].to_numpy(),
        time=None if own["time"].isna().all() else own["time"].to_numpy(),
        alike=None if (own["alike"] < 0).all() else own["alike"].to_numpy(),
        known_at=None if own["known_at"].isna().all() else own["known_at"].to_numpy(),
        weight=own["weight"].to_numpy()
        if "weight" in own and own["weight"].notna().all()
        else None,
        truth={views: own[column].to_numpy() for views, column in _truth_columns(own).items()},
        findings=tuple(Finding(**finding) for finding in about["findings"]),
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
