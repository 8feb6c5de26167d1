"""What workers are given: the cases of a task, the outcomes of a split, a folder to answer into.

Models of the house share what is sent, in a scratch folder of the results.  Every other cell gets a
folder of its own, outside of them, with copies of what it needs and nothing else.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..cell.course_transport import send_course
from ..cell.further_cases import asked_of_further
from ..cell.mapped_cases import CUT, is_large, write_mapped
from ..cell.source_transport import send_source
from ..cell.transport import (
    BlendRows,
    receive_predictions,
    send_blend_rows,
    send_cases,
    send_split,
)
from ..errors import StoreError
from ..plugins.registry import Plugin
from ..splits.fold import Fold, who
from ..store.predictions import Predictions, pooled
from ..store.store import Store, writing
from ..store.temporary import TEMPORARY
from ..task import Task
from .blend_plan import PlannedBlend
from .policy_plan import PlannedPolicy
from .work import Planned, Work


class Sender:
    """Writes down what workers need, and reads what they predicted.

    Parameters
    ----------
    work : Work
    store : Store
        Holds the predictions that blends learn from.
    scratch : Path
        A folder that is there for the whole run.
    """

    def __init__(self, work: Work, store: Store, scratch: Path) -> None:
        self.store = store
        self.scratch = scratch
        self.plans = work.plans
        self.measures, self.explains = work.measures, work.explains
        self.tells_apart = work.tells_apart
        self.tasks: Mapping[str, Task] = {task.name: task for task in work.all_tasks}
        self.n_sent = 0

    def request(self, cell: Planned) -> dict[str, Any]:
        """Write what a cell needs, and say to a worker what it is to do.

        Raises
        ------
        StoreError
            If that cannot be written.
        """
        alone = not cell.plugin.is_of_house
        with _writing_to_private_folders() if alone else writing(self.store.root):
            out = self._folder(alone)
            asked = self._described(cell, out if alone else None) | {"out": str(out)}
        # Workers of one machine share what is cut of a large task, but none with another's model.
        return asked if alone or "split" not in asked else asked | {"cuts": asked["split"] + CUT}

    def shared(self, cell: Planned) -> dict[str, Any]:
        """Write what a cell needs for all who need it, and describe it; no answer is expected here.

        Raises
        ------
        StoreError
            If that cannot be written.
        """
        with writing(self.store.root):
            return self._described(cell, None)

    def _described(self, cell: Planned, own: Path | None) -> dict[str, Any]:
        """Describe a cell; what it needs is copied into a folder of its own, if it has one."""
        asked = {
            "key": cell.key,
            "plugin": plugin_request(cell.plugin),
            "params": dict(cell.params),
            "alone": not cell.plugin.is_of_house,
            "measure": self.measures(cell),
            "task": str(self._cases(cell.task, own or self.scratch)),
        }
        if isinstance(cell, PlannedBlend):
            return asked | {"work": "blend", "rows": str(self._blend(cell))}
        split = self._split(cell, own or self.scratch)
        if isinstance(cell, PlannedPolicy):
            return asked | self._acting(cell, own or self.scratch) | {"split": str(split)}
        more = {
            "seed": cell.random_state,
            "drivers": self.explains(cell),
            "segments": self.tells_apart(cell),
        }
        if self.tasks[cell.task].further is not None and cell.plugin.is_of_house:
            more["further"] = self._further(cell)
        if cell.source is not None:
            more["source"] = str(self._source(cell))
        return asked | {"work": "cell", "split": str(split), **more}

    def _further(self, cell: Planned) -> dict[str, Any]:
        fold = self._fold(cell)
        half = cell.split - len(fold.splits)
        return asked_of_further(
            self.tasks[cell.task], fold.fits[cell.split], fold.test, half if half >= 0 else None
        )

    def predictions(self, cell: Planned, request: Mapping[str, Any]) -> Predictions:
        """Read what a worker predicted.

        Raises
        ------
        ValueError
            If it is not one probability for each case.
        """
        return receive_predictions(Path(request["out"]), *self.n_predicted(cell))

    def n_predicted(self, cell: Planned) -> tuple[int, int]:
        """Count the valid and the test cases that a cell predicts."""
        fold = self._fold(cell)
        valid = fold.valid if isinstance(cell, PlannedBlend) else fold.fits[cell.split].valid
        return len(valid), len(fold.test)

    def forget(self, request: Mapping[str, Any]) -> None:
        """Remove what nobody needs any more when a cell is stored or has failed."""
        shutil.rmtree(request["out"], ignore_errors=True)
        if "rows" in request:
            Path(request["rows"]).unlink(missing_ok=True)

    def _folder(self, alone: bool) -> Path:
        if alone:
            return Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-"))
        self.n_sent += 1
        folder = self.scratch / f"cell-{self.n_sent}"
        folder.mkdir()
        return folder

    def _cases(self, name: str, folder: Path) -> Path:
        shared = self.scratch / name
        if not shared.exists():
            cases = self.tasks[name].cases
            (write_mapped if is_large(cases) else send_cases)(cases, shared)
        if folder == self.scratch:
            return shared
        return Path(shutil.copytree(shared, folder / "cases"))

    def _split(self, cell: Planned, folder: Path) -> Path:
        file = folder / f"{cell.task}-{cell.fold}-{cell.split}.npz"
        if not file.exists():  # all models of a split share it, where they share anything
            fold = self._fold(cell)
            task = self.tasks[cell.task]
            split = fold.fits[cell.split]
            send_split(split, fold.test, task.target, file, task.weight, task.group)
        return file

    def _acting(self, cell: PlannedPolicy, folder: Path) -> dict[str, Any]:
        return {
            "work": "policy",
            "course": str(self._course(cell.task, cell.views, folder)),
            "scores": None if cell.scores is None else plugin_request(cell.scores),
            "economics": asdict(cell.economics),
            "seed": cell.random_state,
        }

    def _course(self, name: str, views: str, folder: Path) -> Path:
        shared = self.scratch / f"{name}-course{views}"
        if not shared.exists():
            send_course(self.tasks[name].course, shared, views)
        if folder == self.scratch:
            return shared
        return Path(shutil.copytree(shared, folder / "course"))

    def _source(self, cell: Planned) -> Path:
        """Write what a network learns first; only those of the house do."""
        folder = self.scratch / f"source-{cell.source.fingerprint()[:40]}"
        if not folder.exists():
            send_source(cell.source, folder)
        return folder

    def _blend(self, cell: PlannedBlend) -> Path:
        task, fold = self.tasks[cell.task], self._fold(cell)
        file = self.scratch / f"blend-{cell.key}.npz"
        rows = BlendRows(fold.valid, fold.test, who(fold.valid, task.group))
        members = {
            name: pooled([[self.store.read_predictions(key) for key in seeds] for seeds in splits])
            for name, splits in cell.members.items()
        }
        send_blend_rows(rows, task.target, members, file, task.weight)
        return file

    def _fold(self, cell: Planned) -> Fold:
        return next(fold for fold in self.plans[cell.task] if fold.number == cell.fold)


@contextmanager
def _writing_to_private_folders() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot write to the folder for temporary files {tempfile.gettempdir()}: "
            f"{error.strerror or error}.  Free some space, or name another with TMPDIR."
        ) from error


def plugin_request(plugin: Plugin) -> dict[str, Any]:
    """Say to a worker where a plugin is."""
    return {
        "name": plugin.name, "path": str(plugin.path), "module": plugin.module,
        "steps": list(plugin.steps),
    }  # fmt: skip
