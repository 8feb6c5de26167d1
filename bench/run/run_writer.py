"""Writing a run: its manifest, its splits, its cases' outcomes and the list of its cells."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from ..data_checks.duplicates import COPIES, look_alikes
from ..store.records import CellRecord
from ..store.run_reader import TRUTH, place_of
from ..store.store import Store, write_atomically, writing
from ..task import Task
from .environment import surroundings
from .work import Work


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
            cells = [place_of(record) for record in records]
            write_atomically(part / "cells.json", json.dumps(cells, indent=1))
            _splits_table(work).to_parquet(part / "splits.parquet", index=False)
            _cases_table(work).to_parquet(part / "cases.parquet", index=False)
            os.replace(part, self.store.runs / self.run_id)
            link = self.store.runs / ".latest.part"
            link.unlink(missing_ok=True)
            link.symlink_to(self.run_id)
            os.replace(link, self.store.runs / "latest")

    def _manifest(
        self, work: Work, records: Sequence[CellRecord], n_reused: int, jobs: int
    ) -> dict[str, Any]:
        of_curve = {point.task: curve.task for curve in work.curves for point in curve.points}
        return self.about | {
            "run_id": self.run_id,
            "suite": work.suite.name,
            "suite_title": work.suite.title,
            "suite_content": asdict(work.suite) | {"models": work.suite.models or "all"},
            "started": f"{self.started:%Y-%m-%d %H:%M:%S} UTC",
            "finished": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
            "wall_seconds": round(time.monotonic() - self.clock, 1),
            "seed": ", ".join(map(str, work.suite.seeds)),
            "jobs": jobs,
            "n_cells": len(records),
            "n_reused": n_reused,
            "n_failed": sum(not record.done for record in records),
            **surroundings(),
            "tasks": [_about_task(task, task.name, work) for task in work.tasks],
            "points": [_about_task(task, of_curve[task.name], work) for task in work.points],
            "curves": [asdict(curve) for curve in work.curves],
            "models": _about_models(work, records, self.store),
            "ensembles": work.member_sets,
            "blended": work.blended,
            "most_ms_per_1000": {
                label: members.most_ms_per_1000
                for label, members in work.suite.ensembles.items()
                if members.most_ms_per_1000 is not None
            },
        }


def _about_task(task: Task, planned_as: str, work: Work) -> dict[str, Any]:
    resampling = work.suite.resampling_of(planned_as)
    return {
        "name": task.name,
        "card": asdict(task.card),
        "plan": resampling.describe(task),
        "strangers": resampling.strangers,
        "n_features": task.cases.features.shape[1],
        "n_events": task.cases.events.n_events,
        "has_events": task.has_events,
        "fingerprint": task.fingerprint(),
        "findings": [asdict(finding) for finding in work.findings.get(task.name, ())],
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


def _splits_table(work: Work) -> pd.DataFrame:
    parts = []
    for task in work.all_tasks:
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


def _cases_table(work: Work) -> pd.DataFrame:
    parts = []
    for task in work.all_tasks:
        group = -1 if task.group is None else np.unique(task.group, return_inverse=True)[1]
        nothing = np.datetime64("NaT", "s")
        moments = {
            name: np.asarray(nothing if values is None else values, dtype="datetime64[s]")
            for name, values in (("time", task.time), ("known_at", task.known_at))
        }
        has_copies = any(one.check == COPIES for one in work.findings.get(task.name, ()))
        alike = look_alikes(task.cases) if has_copies else -1
        truth = {f"{TRUTH}{views}": p for views, p in (task.truth or {}).items()}
        weight = np.nan if task.weight is None else task.weight
        parts.append(
            pd.DataFrame(
                {
                    "task": task.name, "case": np.arange(len(task)), "target": task.target,
                    "weight": weight, "group": group, "alike": alike, **moments, **truth,
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"task": "category"})
