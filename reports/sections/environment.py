"""What produced the figures: the manifest, the libraries, and the models with their settings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...bench.language.speaking import _
from ...bench.store.records import RunRecord
from .. import formats
from ..elements import Table, plain_table
from ..lists import joined
from ..lookups import family_words, views_words

_TOLD_ELSEWHERE = ("packages", "tasks", "models", "points", "curves")


def manifest_table(manifest: Mapping[str, Any]) -> Table:
    """Tabulate what the manifest holds, whatever that is."""
    facts = {key: value for key, value in manifest.items() if key not in _TOLD_ELSEWHERE}
    lines = [(" · ".join(path).replace("_", " "), _plain(value)) for path, value in _leaves(facts)]
    return plain_table(_("Manifest"), (_("What"), _("Value")), lines, style="words")


def packages_table(manifest: Mapping[str, Any]) -> Table | None:
    """Tabulate the libraries and their versions; None where they were not noted."""
    packages = manifest.get("packages")
    if not packages:
        return None
    lines = [(name, str(version)) for name, version in sorted(packages.items())]
    return plain_table(_("Libraries"), (_("Library"), _("Version")), lines, style="words")


def models_table(run: RunRecord) -> Table:
    """Tabulate the models with their settings."""
    lines = [
        (
            model.title,
            family_words(model.family),
            views_words(sorted(model.views)),
            model.summary,
            ", ".join(f"{name}={value!r}" for name, value in model.params.items()) or _("none"),
        )
        for model in run.models
    ]
    headings = (_("Model"), _("Family"), _("Reads"), _("What it is"), _("Settings"))
    return plain_table(_("The models as they took part"), headings, lines, style="words")


def _leaves(facts: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple]:
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _plain(value: Any) -> str:
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return joined(map(str, value)) or _("none")
    if isinstance(value, float):
        return formats.three_digits(value)
    return str(value)
