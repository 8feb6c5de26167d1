"""Blends in a run: which there are, and what decides them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..cell import blend_cell, transport
from ..ensembles import blending
from ..ensembles.blending import why_not
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..plugins.source import source_digest
from ..splits.fold import Fold, who
from ..store.records import CellRecord
from .work import Planned, Work

_DECISIVE = (blend_cell, transport)


@dataclass(frozen=True)
class PlannedBlend(Planned):
    """A blend before it is computed.

    ``members`` holds the keys of each member's cells of the fold, by inner split, then by seed.
    """

    members: Mapping[str, tuple[tuple[str, ...], ...]]


def plan_blends(
    work: Work, records: Sequence[CellRecord], libraries: Mapping[str, str]
) -> list[PlannedBlend]:
    """Plan one blend for each fold whose valid cases allow it, of the models that worked.

    Parameters
    ----------
    work : Work
    records : sequence of CellRecord
        All cells of the run.
    libraries : mapping of str to str
        Versions of what blending is built on.
    """
    if not work.blended:
        return []
    # Not a model, but found, named and hashed as one.
    name = f"blending_{work.blended}"
    code = Plugin("ensemble", name, Path(blending.__file__), blending.__name__)
    described = Outline(f"Blending, {work.blended}", "ensemble", "", ())
    decisive = [source_digest(code, _DECISIVE), sorted(libraries.items())]
    planned = []
    for task in work.tasks:
        of_task = [record for record in records if record.task == task.name]
        failed = {record.model for record in of_task if not record.done}
        names = [name for name in work.member_sets[work.blended] if name not in failed]
        for fold in work.plans[task.name] if len(names) > 1 else ():
            rows = fold.valid
            if why_not(task.target[rows], who(rows, task.group)):
                continue
            members = {name: _keys(of_task, name, fold) for name in names}
            content = json.dumps([name, *decisive, list(members.items())])
            planned.append(
                PlannedBlend(
                    hashlib.sha256(content.encode()).hexdigest()[:40],
                    task.name, code, described, fold.number, -1, work.suite.seeds[0], 0, members,
                )
            )  # fmt: skip
    return planned


def _keys(of_task: Sequence[CellRecord], name: str, fold: Fold) -> tuple[tuple[str, ...], ...]:
    cells = [cell for cell in of_task if (cell.model, cell.fold) == (name, fold.number)]
    return tuple(
        tuple(cell.key for cell in sorted(cells, key=lambda cell: cell.seed) if cell.split == i)
        for i in range(len(fold.splits))
    )
