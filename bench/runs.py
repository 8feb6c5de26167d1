"""A run on disk: its manifest, its splits, its cases' outcomes and the list of its cells."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

from .errors import StoreError
from .model import Explanation
from .registry import ROOT, Outline, Plugin
from .resampling import Fold, Split
from .results import CellRecord, ModelRecord, RunRecord, TaskRecord
from .store import Store, write_atomically, writing
from .suite import Suite
from .task import Card, Task

_NOTED_PACKAGES = (
    "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "xgboost-cpu", "xgboost", "pgmpy",
    "hmmlearn", "tensorflow-cpu", "tensorflow", "keras",
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """A suite with its names resolved, its data loaded and its splits planned."""

    suite: Suite
    tasks: tuple[Task, ...]
    models: tuple[tuple[Plugin, Outline], ...]
    plans: Mapping[str, tuple[Fold, ...]]


@dataclass(frozen=True)
class Planned:
    """A cell before it is computed.  ``random_state`` is what its model's seed becomes."""

    key: str
    task: str
    plugin: Plugin
    outline: Outline
    fold: int
    split: int
    seed: int
    random_state: int

    @property
    def label(self) -> str:
        """Name the cell to a person."""
        return f"{self.plugin.name} on {self.task}, fold {self.fold}"

    def failed(self, status: str, message: str) -> CellRecord:
        """Note that the cell gave no predictions, and why."""
        return CellRecord(
            task=self.task, model=self.plugin.name, fold=self.fold, split=self.split,
            seed=self.seed, key=self.key, status=status, message=message,
        )  # fmt: skip


def read_cell_record(store: Store, cell: Planned) -> CellRecord:
    """Read a stored cell's record.

    Raises
    ------
    StoreError
        If it is not stored, or damaged.
    """
    return _record(store, _place(cell.failed("done", "")))


def _place(record: CellRecord) -> dict[str, Any]:
    return {
        name: getattr(record, name)
        for name in ("task", "model", "fold", "split", "seed", "key", "status", "message")
    }


def _record(store: Store, place: dict[str, Any]) -> CellRecord:
    if place["status"] != "done":
        return CellRecord(**place)
    cell = store.read_cell(place["key"])
    if cell is None:
        raise StoreError(
            f"{store.cell_folder(place['key'])} is gone.  "
            "Run the suite again: it computes what is missing."
        )
    facts = cell.facts
    learnt = facts["explanation"]
    return CellRecord(
        **place,
        derived_view=facts["derived_view"],
        fit_seconds=facts["fit_seconds"],
        predict_seconds=facts["predict_seconds"],
        n_predicted=facts["n_predicted"],
        peak_bytes=facts["peak_bytes"],
        warnings=tuple(facts["warnings"]),
        explanation=learnt
        and Explanation(
            learnt["kind"],
            learnt["reading"],
            tuple(learnt["columns"]),
            tuple(tuple(row) for row in learnt["rows"]),
        ),
    )


class RunWriter:
    """Writes a run's folder when all its cells are there."""

    def __init__(self, store: Store, suite: str, about: dict[str, Any]) -> None:
        self.store = store
        self.about = about
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        stem = f"{self.started:%Y%m%d-%H%M%S}-{suite}"
        taken = sum(1 for path in store.runs.glob(f"{stem}*"))
        self.run_id = stem if not taken else f"{stem}-{taken + 1}"

    def finish(
        self, work: Work, records: Sequence[CellRecord], *, n_reused: int, jobs: int
    ) -> None:
        """Write the folder under a temporary name, rename it, and point ``runs/latest`` to it."""
        manifest = self._manifest(work, records, n_reused, jobs)
        part = self.store.runs / f".{self.run_id}.part"
        with writing(self.store.root):
            part.mkdir(parents=True)
            write_atomically(part / "manifest.json", json.dumps(manifest, indent=1))
            cells = [_place(record) for record in records]
            write_atomically(part / "cells.json", json.dumps(cells, indent=1))
            _splits_table(work).to_parquet(part / "splits.parquet", index=False)
            _cases_table(work.tasks).to_parquet(part / "cases.parquet", index=False)
            os.replace(part, self.store.runs / self.run_id)
            link = self.store.runs / ".latest.part"
            link.unlink(missing_ok=True)
            link.symlink_to(self.run_id)
            os.replace(link, self.store.runs / "latest")

    def _manifest(
        self, work: Work, records: Sequence[CellRecord], n_reused: int, jobs: int
    ) -> dict[str, Any]:
        return self.about | {
            "run_id": self.run_id,
            "suite": work.suite.name,
            "suite_title": work.suite.title,
            "suite_content": asdict(work.suite),
            "started": f"{self.started:%Y-%m-%d %H:%M:%S} UTC",
            "finished": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
            "wall_seconds": round(time.monotonic() - self.clock, 1),
            "seed": ", ".join(map(str, work.suite.seeds)),
            "jobs": jobs,
            "n_cells": len(records),
            "n_reused": n_reused,
            "n_failed": sum(not record.done for record in records),
            **_surroundings(),
            "tasks": [_about_task(task, work) for task in work.tasks],
            "models": _about_models(work, records, self.store),
            "ensembles": _ensembles(work),
        }


def _surroundings() -> dict[str, Any]:
    packages = {}
    for name in _NOTED_PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "intentbench": metadata.version("intentbench"),
        "git_commit": _git_commit(),
        "python": sys.version.split()[0],
        "platform": platform.platform(terse=True),
        "cpu": platform.machine(),
        "cores": psutil.cpu_count() or 1,
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "packages": packages,
    }


def _git_commit() -> str:
    if not (ROOT / ".git").exists():
        return "not a checkout"
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return asked.stdout.strip()


def _about_task(task: Task, work: Work) -> dict[str, Any]:
    return {
        "name": task.name,
        "card": asdict(task.card),
        "plan": work.suite.resampling.describe(task),
        "n_features": task.cases.features.shape[1],
        "n_events": task.cases.events.n_events,
        "has_events": task.has_events,
        "fingerprint": task.fingerprint(),
        "split_fingerprints": [fold.fingerprint() for fold in work.plans[task.name]],
    }


def _about_models(work: Work, records: Sequence[CellRecord], store: Store) -> list[dict[str, Any]]:
    first_done = {record.model: record.key for record in reversed(records) if record.done}
    about = []
    for plugin, described in work.models:
        cell = store.read_cell(first_done[plugin.name]) if plugin.name in first_done else None
        facts = cell.facts if cell else {"views": [], "params": {}}
        about.append(
            {
                "name": plugin.name,
                "title": described.title,
                "family": described.family,
                "summary": described.summary,
                "views": facts["views"],
                "params": facts["params"],
            }
        )
    return about


def _ensembles(work: Work) -> dict[str, list[str]]:
    """Resolve the suite's member sets to models; a set of fewer than two is no ensemble."""
    sets = {
        label: [plugin.name for plugin, described in work.models if described.family in families]
        for label, families in work.suite.ensembles.items()
    }
    return {label: members for label, members in sets.items() if len(members) > 1}


def _splits_table(work: Work) -> pd.DataFrame:
    parts = []
    for task in work.tasks:
        for fold in work.plans[task.name]:
            rows = [(-1, "test", fold.test)]
            for number, split in enumerate(fold.splits):
                rows += [(number, "fit", split.fit), (number, "valid", split.valid)]
            for number, part, cases in rows:
                parts.append(
                    pd.DataFrame(
                        {
                            "task": task.name, "fold": fold.number, "split": number,
                            "part": part, "case": cases,
                        }
                    )
                )  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"task": "category", "part": "category", "case": "int64"})


def _cases_table(tasks: Iterable[Task]) -> pd.DataFrame:
    parts = []
    for task in tasks:
        group = -1 if task.group is None else np.unique(task.group, return_inverse=True)[1]
        time = np.datetime64("NaT", "s") if task.time is None else task.time
        parts.append(
            pd.DataFrame(
                {
                    "task": task.name, "case": np.arange(len(task)), "target": task.target,
                    "group": group, "time": np.asarray(time, dtype="datetime64[s]"),
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"task": "category"})


def read_run(store: Store, run_id: str = "latest") -> RunRecord:
    """Read a finished run.

    Raises
    ------
    StoreError
        If there is no such run, or its files are damaged.
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
        tasks = tuple(_task_record(about, splits, cases) for about in manifest["tasks"])
    except (OSError, ValueError, KeyError) as error:
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
        cells=tuple(_record(store, place) for place in places),
        ensembles={label: tuple(members) for label, members in manifest["ensembles"].items()},
        predictions=lambda cell: store.read_predictions(cell.key),
    )


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
        n_features=about["n_features"],
        n_events=about["n_events"],
        has_events=about["has_events"],
        fingerprint=about["fingerprint"],
        target=own["target"].to_numpy().astype("int8"),
        group=None if (own["group"] < 0).all() else own["group"].to_numpy(),
        time=None if own["time"].isna().all() else own["time"].to_numpy(),
        folds=tuple(folds),
    )


def path_of_run(store: Store, run_id: str) -> Path:
    """Say where a run's report and tables belong."""
    return store.runs / run_id
