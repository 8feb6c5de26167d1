"""Writing a run: its manifest, its splits, its cases' outcomes and the list of its cells."""

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..cell.policy_cell import laid_out
from ..data_checks.duplicates import COPIES, look_alikes
from ..language.sentence import plain
from ..store.cell_reader import Place
from ..store.latest import point_latest
from ..store.records import Canary, CellRecord
from ..store.run_reader import (
    CASES,
    CELLS,
    HALF,
    MANIFEST,
    PLANNED,
    SLICE,
    SPLITS,
    TRUTH,
    TRUTH_AFTER,
    plan_of_run,
)  # fmt: skip
from ..store.seal import Seal, sha256, write_seal
from ..store.searches import SearchRecord
from ..store.store import Store, writing
from ..task import Task
from .environment import surroundings
from .policy_plan import BEST, BEST_POSSIBLE, cell_name, n_moments
from .slice_plan import values_by_name
from .work import Planned, Work


@dataclass(frozen=True)
class Draft:
    """A run before it is written: its manifest, its other files, and the digests of its cells."""

    manifest: dict[str, Any]
    files: dict[str, bytes]
    cells: dict[str, str]


class RunWriter:
    """Writes a run's folder when all its cells are there."""

    def __init__(self, store: Store, run_id: str, about: dict[str, Any]) -> None:
        self.store = store
        self.run_id = run_id
        self.about = about
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()

    def draft(
        self,
        work: Work,
        records: Sequence[CellRecord],
        *,
        n_reused: int,
        jobs: int,
        canaries: Mapping[str, Sequence[Canary]],
        searches: Sequence[SearchRecord] = (),
    ) -> Draft:
        """Put together what there is to write; ``canaries`` are those of each task."""
        cells = [asdict(Place.of(record)) for record in records]
        return Draft(
            self._manifest(work, records, n_reused, jobs, canaries)
            | {"searches": [asdict(one) for one in searches]},
            {
                CELLS: json.dumps(plain(cells), indent=1).encode(),
                SPLITS: _parquet(_splits_table(work)),
                CASES: _parquet(_cases_table(work)),
            },
            {record.key: record.sha256 for record in records if record.done}
            | {
                cell.key: cell.sha256
                for one in searches
                for tried in one.trials
                for cell in tried.cells
            },
        )

    def plan(self, work: Work, cells: Sequence[Planned], jobs: int) -> None:
        """Write down what is going to be computed, for reports of what is there so far."""
        planned = [CellRecord(**cell.place(PLANNED)) for cell in cells]
        draft = self.draft(work, planned, n_reused=0, jobs=jobs, canaries={})
        draft = replace(draft, manifest=draft.manifest | {"finished": "not yet"})
        with writing(self.store.root):
            self._put(draft, plan_of_run(self.store, self.run_id))

    def write(self, draft: Draft, *, awaits_report: bool) -> None:
        """Write the folder under a temporary name, rename it, and point ``runs/latest`` to it.

        The store is locked.
        """
        with writing(self.store.root):
            self._put(draft, self.store.runs / self.run_id, awaits_report=awaits_report)
            point_latest(self.store.runs, self.run_id)

    def forget_plan(self) -> None:
        """Remove what ``plan`` wrote, when the run is there, or the latest stands."""
        shutil.rmtree(plan_of_run(self.store, self.run_id), ignore_errors=True)

    def _put(self, draft: Draft, folder: Path, *, awaits_report: bool = False) -> None:
        manifest = json.dumps(plain(draft.manifest), indent=1).encode()
        files = {MANIFEST: manifest, **draft.files}
        part = self.store.runs / f".{self.run_id}.part"
        part.mkdir(parents=True)
        for name, content in files.items():
            (part / name).write_bytes(content)
        digests = {name: sha256(content) for name, content in files.items()}
        write_seal(part, Seal(self.run_id, digests, draft.cells, awaits_report=awaits_report))
        os.replace(part, folder)

    def _manifest(
        self,
        work: Work,
        records: Sequence[CellRecord],
        n_reused: int,
        jobs: int,
        canaries: Mapping[str, Sequence[Canary]],
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
            "tasks": [
                _about_task(task, task.name, work, canaries.get(task.name, ()))
                for task in work.tasks
            ],
            "points": [_about_task(task, of_curve[task.name], work, ()) for task in work.points],
            "curves": [asdict(curve) for curve in work.curves],
            "models": _about_models(work, records, self.store),
            "ensembles": work.member_sets,
            "blended": work.blended,
            "left_out": dict(work.left_out),
            "policies": [] if work.acting is None else _about_policies(work),
            "scores": "" if work.acting is None else work.acting.scores[1].title,
            "transfer": None if work.transfer is None else work.transfer.record(),
            "most_ms_per_1000": {
                label: members.most_ms_per_1000
                for label, members in work.suite.ensembles.items()
                if members.most_ms_per_1000 is not None
            },
        }


def _about_task(
    task: Task, planned_as: str, work: Work, canaries: Sequence[Canary]
) -> dict[str, Any]:
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
        "canaries": [asdict(canary) for canary in canaries],
        "slice_columns": [asdict(one.about) for one in work.slices.get(task.name, ())],
        "n_moments": 0 if task.course is None else n_moments(task),
    }


def _about_policies(work: Work) -> list[dict[str, Any]]:
    """Describe the policies; the best possible one is there where its truth is."""
    about = [(plugin.name, described) for plugin, described in work.acting.policies]
    if any(work.acting.truth_of(task) for task in work.tasks):
        about.append((BEST_POSSIBLE, BEST))
    return [
        {"name": cell_name(name), "title": described.title, "summary": described.summary}
        for name, described in about
    ]


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
                "readable": described.readable,
                "deterministic": described.deterministic,
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
            for number, half in enumerate(fold.halves, start=len(fold.splits)):
                rows.append((number, HALF, half.fit))
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
        today = -1 if task.today is None else task.today.astype(np.int8)
        slices = {
            f"{SLICE}{name}": values
            for name, values in values_by_name(work.slices.get(task.name, ())).items()
        }
        parts.append(
            pd.DataFrame(
                {
                    "task": task.name, "case": np.arange(len(task)), "target": task.target,
                    "weight": weight, "group": group, "alike": alike, "today": today,
                    **moments, **truth, **slices, **_truth_by_event(task, work),
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"task": "category"})


def _truth_by_event(task: Task, work: Work) -> dict[str, np.ndarray]:
    """Give what is truly known of each case after each event on which policies can act."""
    views = "" if work.acting is None else work.acting.truth_of(task)
    if not views:
        return {}
    events, known = task.course.events, task.cases.events.lengths
    by_event = laid_out(task.course.truth[views][:, 0], events, known, np.arange(len(task)))
    return {f"{TRUTH_AFTER}{event}": p for event, p in enumerate(by_event.T, start=1)}


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
