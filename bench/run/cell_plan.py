"""What cells a run has, and what decides each of them."""

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np

from ..cell import cell, drivers, transport
from ..plugins.source import source_digest
from ..splits.fold import Split
from .work import Planned, Work

# They decide a result without being imported by a plugin: what a model is shown, how it is asked.
_DECISIVE = (cell, drivers, transport)
_CORE_LIBRARIES = ("numpy", "scipy", "pandas", "sklearn")


def plan_cells(work: Work) -> list[Planned]:
    """List all cells, fold by fold."""
    cells = []
    sources = {
        plugin.name: (source_digest(plugin, _DECISIVE), versions(described.requires))
        for plugin, described in work.models
    }
    for task in work.all_tasks:
        models = work.models_on(task.name)
        for fold in work.plans[task.name]:
            for number, split in enumerate(fold.fits):
                for plugin, described in models:
                    for seed in work.suite.seeds:
                        source, libraries = sources[plugin.name]
                        used = cell_seed(seed, fold.number, number)
                        key = cell_key(
                            (task.name, plugin.name), task.fingerprint(), fold.test, split, source,
                            used, libraries,
                        )  # fmt: skip
                        cells.append(
                            Planned(
                                key, task.name, plugin, described, fold.number, number, seed, used
                            )
                        )
    return cells


@cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def versions(requires: Iterable[str]) -> dict[str, str]:
    """Give the versions of Python, the core libraries and those that a model declares."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in (*_CORE_LIBRARIES, *requires):
        for distribution in _distributions().get(name, []):
            found[distribution] = importlib.metadata.version(distribution)
    return found


def cell_key(
    names: tuple[str, str],
    task_fingerprint: str,
    test: np.ndarray,
    split: Split,
    source: str,
    seed: int,
    versions: dict[str, str],
) -> str:
    """Hash of a cell's task and model by name, and of all that decides its outcome.

    That is data, case numbers, code, seed and libraries.  The names make it the cell of one place.
    """
    digest = hashlib.sha256()
    for rows in (split.fit, split.valid, test):
        digest.update(len(rows).to_bytes(8, "little") + rows.astype("<i8").tobytes())
    decisive = [*names, task_fingerprint, source, seed, sorted(versions.items())]
    digest.update(json.dumps(decisive).encode())
    return digest.hexdigest()[:40]


def cell_seed(seed: int, fold: int, split: int) -> int:
    """Give each cell of a model its own seed, the same one for every model."""
    return int(np.random.SeedSequence([seed, fold, split]).generate_state(1)[0] % 2**31)
