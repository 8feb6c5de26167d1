"""Gather all sentences into the catalogs: ``.venv/bin/python -P docs/make_messages.py``.

Each part of the house has a catalog in a folder of ``bench/language/catalogs/``.  This script puts
new sentences in, empty, takes out those that nobody says any more, keeps translations, and compiles
all parts of a language into one file.  Translate what is empty, then run it again.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from intentbench.bench.ensembles.rules import RULES
from intentbench.bench.metrics.calibrators import CALIBRATORS
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.shipped import suite_titles
from intentbench.bench.task import Card
from intentbench.bench.variants.named import VARIANTS
from intentbench.bench.variants.words import summaries

ROOT = Path(__file__).parents[1]
CATALOGS = ROOT / "bench" / "language" / "catalogs"
LANGUAGES = ("zh",)
# Which folders' sentences stand in which part.
PARTS = {
    "reports": ("reports",),
    "judge": ("bench/judge", "bench/stats", "bench/metrics", "bench/audit"),
    "bench": ("bench",),
    "command": ("cli", "api"),
    "members": ("models", "datasets"),
}
# Templates call the first of them "gettext".
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "marked": None,
    "Sentence": None, "counted": (1, 2),
}  # fmt: skip
_METHODS = {".py": "python", ".j2": "jinja2"}
# The compiled catalog holds a time, and should only change where a sentence does.
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_JINJA = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}


def sources() -> Iterator[tuple[str, Path]]:
    """Give each source file with the part that it belongs to: the most specific folder's."""
    folders = [(folder, part) for part, of_part in PARTS.items() for folder in of_part]
    taken: set[Path] = set()
    for folder, part in sorted(folders, key=lambda pair: -pair[0].count("/")):
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix in _METHODS and path not in taken:
                taken.add(path)
                yield part, path


def gathered() -> dict[str, Catalog]:
    """Gather the sentences of all parts; one that stands in two is the first one's."""
    catalogs = {part: Catalog(charset="utf-8") for part in PARTS}
    seen: set[str] = set()
    for part, path in sources():
        found = extract_from_file(
            _METHODS[path.suffix], path, KEYWORDS, (), _JINJA if path.suffix == ".j2" else None
        )
        for _, message, _, _ in found:
            first = message if isinstance(message, str) else message[0]
            if first not in seen:
                seen.add(first)
                catalogs[part].add(message)
    for part, message in stated():
        if message not in seen:
            seen.add(message)
            catalogs[part].add(message)
    return catalogs


def stated() -> Iterator[tuple[str, str]]:
    """Give what parts of the house state of themselves, as they are found at run time."""
    registries = [Registry(kind) for kind in ("model", "dataset", "policy")]
    for plugin in (known.find(name) for known in registries for name in known.names()):
        described = outline(plugin)
        yield "members", described.summary
        if plugin.kind != "dataset":
            yield "members", described.title
        elif isinstance(card := getattr(load(plugin), "card", None), Card):
            texts = (card.title, card.question, card.source, card.licence, card.target)
            for text in (*texts, *card.caveats):
                yield "members", text
    for summary in summaries().values():
        yield "bench", summary
    for variant in VARIANTS.values():
        yield "bench", variant.said
    for metric in METRICS.values():
        yield "judge", metric.title
        yield "judge", metric.reading
    for each in (*RULES, *CALIBRATORS):
        yield "bench", each.title
    for title in suite_titles().values():
        yield "bench", title
    for label in {label for name in suite_titles() for label in load_suite(name).ensembles}:
        yield "bench", label


def kept(language: str) -> dict[str, str | tuple[str, ...]]:
    """Give the translations that there are, from all parts."""
    known = {}
    for path in sorted((CATALOGS / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    first = message.id if isinstance(message.id, str) else message.id[0]
                    known[first] = message.string
    return known


def catalogs_of(language: str) -> dict[str, Catalog]:
    """Give the parts of a language as they should be."""
    known, parts = kept(language), {}
    for part, found in gathered().items():
        parts[part] = catalog = Catalog(locale=language, charset="utf-8")
        for message in found:
            if message.id:
                first = message.id if isinstance(message.id, str) else message.id[0]
                catalog.add(message.id, known.get(first, ""))
    return parts


def files_of(language: str) -> tuple[dict[Path, bytes], list[str]]:
    """Give the files of a language as they should be, and what lacks a translation."""
    together, made, empty = Catalog(locale=language, charset="utf-8"), {}, []
    for part, catalog in catalogs_of(language).items():
        path = CATALOGS / language / f"{part}.po"
        made[path] = _written(write_po, catalog, sort_output=True, omit_header=True, width=100)
        for message in filter(lambda message: message.id, catalog):
            strings = [message.string] if isinstance(message.string, str) else message.string
            if not all(strings):
                empty.append(f"{path.name}: {message.id}")
            together.add(message.id, message.string)
    together.creation_date = together.revision_date = _ANY_TIME
    made[CATALOGS / f"{language}.mo"] = _written(write_mo, together)
    return made, empty


def _written(write: Callable[..., None], catalog: Catalog, **how: object) -> bytes:
    file = BytesIO()
    write(file, catalog, **how)
    return file.getvalue()


def main() -> list[str]:
    """Write all files; gives what lacks a translation."""
    lacking = []
    for language in LANGUAGES:
        made, empty = files_of(language)
        for path, content in made.items():
            path.write_bytes(content)
        lacking += empty
    return lacking


if __name__ == "__main__":
    if lacking := main():
        sys.exit("\n".join(["These lack a translation:", *lacking]))
