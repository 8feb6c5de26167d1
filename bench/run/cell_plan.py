"""What cells a run has, and what decides each of them."""

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..cell import cell, drivers, mapped_cases, segments, source_transport, transport
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..plugins.source import source_digest
from ..splits.fold import Fold, Split
from ..task import Task
from ..variants import transferred
from ..variants.named import sources
from .work import Planned, Work

# They decide a result without being imported by a plugin: what a model is shown, how it is asked.
_DECISIVE = (cell, drivers, mapped_cases, segments, transport)
# And of what learns another task first.
_LEARNING_FIRST = (transferred, source_transport)
_CORE_LIBRARIES = ("numpy", "scipy", "pandas", "sklearn")


@dataclass(frozen=True)
class Recipe:
    """What decides a model's cells whatever their place: its source, and versions of libraries."""

    source: str
    libraries: Mapping[str, str]


def recipe_of(plugin: Plugin, described: Outline, *, learns_first: bool = False) -> Recipe:
    """Give that of a model, which may learn another task first."""
    more = (*sources(plugin.steps), *(_LEARNING_FIRST if learns_first else ()))
    return Recipe(source_digest(plugin, (*_DECISIVE, *more)), versions(described.requires))


def plan_cells(work: Work) -> list[Planned]:
    """List all cells of models as they are given, fold by fold."""
    learning_first = {} if work.transfer is None else work.transfer.bases
    recipes = {
        plugin.name: recipe_of(plugin, described, learns_first=plugin.name in learning_first)
        for plugin, described in work.models
    }
    return [
        planned_cell(
            task,
            plugin,
            described,
            fold,
            split,
            seed,
            recipes[plugin.name],
            work.suite.parameters.get(learning_first.get(plugin.name, plugin.name)),
            work.transfer.source_of(task.name) if plugin.name in learning_first else None,
        )  # fmt: skip
        for task in work.all_tasks
        for fold in work.plans[task.name]
        for split in range(len(fold.fits))
        for plugin, described in work.models_on(task.name)
        for seed in work.suite.seeds
    ]


def planned_cell(
    task: Task,
    plugin: Plugin,
    described: Outline,
    fold: Fold,
    split: int,
    seed: int,
    recipe: Recipe,
    params: Mapping[str, Any] | None = None,
    source: Task | None = None,
) -> Planned:
    """Plan a cell.

    Parameters
    ----------
    task : Task
    plugin, described : Plugin, Outline
        Of its model.
    fold, split : Fold, int
        The fold, and the number of the inner split in it.
    seed : int
        The suite's.
    recipe : Recipe
        The model's.
    params : mapping of str to object, optional
        Parameters of the model that are not its own.
    source : Task, optional
        What it learns first.
    """
    decisive = dict(params or {})
    if source is not None:
        decisive["pretrain-on"] = source.fingerprint()
    used = cell_seed(seed, fold.number, split)
    key = cell_key(
        (task.name, plugin.name), task.fingerprint(), fold.test, fold.fits[split], recipe.source,
        used, recipe.libraries, decisive,
    )  # fmt: skip
    return Planned(
        key,
        task.name,
        plugin,
        described,
        fold.number,
        split,
        seed,
        used,
        params=params or {},
        source=source,
    )


@cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def versions(requires: Iterable[str]) -> dict[str, str]:
    """Give the versions of Python, the core libraries and those that a model declares."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in (*_CORE_LIBRARIES, *requires):
        for distribution in _distributions().get(name, []):
            found[distribution] = _version(distribution)
    return found


@cache  # many models ask for the same, and each time a file is read
def _version(distribution: str) -> str:
    return importlib.metadata.version(distribution)


def cell_key(
    names: tuple[str, str],
    task_fingerprint: str,
    test: np.ndarray,
    split: Split,
    source: str,
    seed: int,
    versions: Mapping[str, str],
    params: Mapping[str, Any],
) -> str:
    """Hash of a cell's task and model by name, and of all that decides its outcome.

    That is data, case numbers, code, seed, libraries and given parameters.  The names make it the
    cell of one place.
    """
    digest = hashlib.sha256()
    for rows in (split.fit, split.valid, test):
        digest.update(len(rows).to_bytes(8, "little") + rows.astype("<i8").tobytes())
    decisive = [*names, task_fingerprint, source, seed, sorted(versions.items())]
    if params:
        decisive.append(sorted(params.items()))
    digest.update(json.dumps(decisive).encode())
    return digest.hexdigest()[:40]


def cell_seed(seed: int, fold: int, split: int) -> int:
    """Give each cell of a model its own seed, the same one for every model."""
    return int(np.random.SeedSequence([seed, fold, split]).generate_state(1)[0] % 2**31)
