"""The plugin files that a user gave, sorted by what they hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .outline import kind_of_file
from .registry import Registry


class Registries(NamedTuple):
    """All plugins, by kind."""

    models: Registry
    datasets: Registry
    metrics: Registry
    policies: Registry


def registries(files: Sequence[Path]) -> Registries:
    """Sort the plugin files given into models, data sets, metrics and policies."""
    kinds = {file: kind_of_file(file) for file in files}
    return Registries(
        *(
            Registry(kind, [file for file in files if kinds[file] == kind])
            for kind in ("model", "dataset", "metric", "policy")
        )
    )
