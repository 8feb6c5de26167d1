"""What produced the figures: the manifest, the libraries, and the models with their settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...bench.store.records import RunRecord
from .. import formats
from ..elements import Table, plain_table

_TOLD_ELSEWHERE = ("packages", "tasks", "models", "points", "curves")


def manifest_table(manifest: Mapping[str, Any]) -> Table:
    """Tabulate what the manifest holds, whatever that is."""
    facts = {key: value for key, value in manifest.items() if key not in _TOLD_ELSEWHERE}
    lines = [(" · ".join(path).replace("_", " "), _plain(value)) for path, value in _leaves(facts)]
    return plain_table("Manifest", ("What", "Value"), lines, style="words")


def packages_table(manifest: Mapping[str, Any]) -> Table | None:
    """Tabulate the libraries and their versions; None where they were not noted."""
    packages = manifest.get("packages")
    if not packages:
        return None
    lines = [(name, str(version)) for name, version in sorted(packages.items())]
    return plain_table("Libraries", ("Library", "Version"), lines, style="words")


def models_table(run: RunRecord) -> Table:
    """Tabulate the models with their settings."""
    lines = [
        (
            model.title,
            model.family,
            " and ".join(sorted(model.views)),
            model.summary,
            ", ".join(f"{name}={value!r}" for name, value in model.params.items()) or "none",
        )
        for model in run.models
    ]
    headings = ("Model", "Family", "Reads", "What it is", "Settings")
    return plain_table("The models as they took part", headings, lines, style="words")


def _leaves(facts: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple]:
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _plain(value: Any) -> str:
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, float):
        return formats.three_digits(value)
    return str(value)
