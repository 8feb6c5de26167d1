"""Two runs beside each other: a page, the same as Markdown, and lines for a terminal."""

from collections.abc import Sequence
from pathlib import Path

from ..bench.judge.two_runs import Change, GateVerdict, TwoRuns
from ..bench.language.speaking import _
from ..bench.metrics.key import Key
from ..bench.store.store import write_atomically, writing
from . import formats
from .aligned import padded, width
from .elements import Cell, Table
from .escape import escaped
from .lookups import title_at
from .render import filled
from .run_changes import (
    MAIN,
    VERDICTS,
    TwoRunsPage,
    failed_because,
    summarise_comparison,
    verdict_sign,
)
from .tables import markdown, markdown_escaped


def write_comparison(compared: TwoRuns, verdicts: Sequence[GateVerdict], folder: Path) -> Path:
    """Write the comparison as a page and as Markdown, named after the first run.

    Parameters
    ----------
    compared : TwoRuns
    verdicts : sequence of GateVerdict
    folder : Path
        The second run's.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    page = summarise_comparison(compared, verdicts)
    path = folder / f"compared-with-{compared.before.run_id}.html"
    with writing(folder):
        for file, content in (
            (path, filled("two_runs.html.j2", page)),
            (path.with_suffix(".md"), escaped(in_markdown(page))),
        ):
            write_atomically(file, content)
    return path


def printed_lines(compared: TwoRuns, verdicts: Sequence[GateVerdict]) -> list[str]:
    """Tabulate the main metric for a terminal, and the figures that gates look at."""
    keys = list(dict.fromkeys((MAIN, *(verdict.key for verdict in verdicts))))
    page = summarise_comparison(compared, verdicts)
    lines = []
    for changed, section in zip(compared.tasks, page.tasks, strict=True):
        lines.append(
            _("{title} ({name}): {headline}").format(
                title=section.title, name=changed.task.name, headline=section.headline
            )
        )
        places = max((width(change.title) for change in changed.changes), default=0)
        for key in keys:
            lines.append(f"  {title_at(key)}")
            for change in changed.changes:
                title = padded(change.title, places)
                lines.append(f"    {title}  {_printed(change, key)}".rstrip())
        lines += [f"  {sentence}" for sentence in section.sentences]
    return [*lines, *page.sentences, *page.gates]


def in_markdown(page: TwoRunsPage) -> str:
    """Write the page as Markdown."""
    parts = [f"# {markdown_escaped(page.title)}", markdown_escaped(page.subtitle)]
    parts += [_bullets((*page.gates, *page.sentences))] if page.gates or page.sentences else []
    for section in page.tasks:
        parts += [
            f"## {markdown_escaped(section.title)}",
            f"**{markdown_escaped(section.headline)}**",
        ]
        parts += [_bullets(section.sentences)] if section.sentences else []
        parts += [_in_markdown(table) for table in section.tables]
    parts.append(markdown_escaped(page.reading))
    if page.settings:
        parts += [f"## {_('What differs between the runs')}", _in_markdown(page.settings)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _printed(change: Change, key: Key) -> str:
    if change.failures:
        return failed_because(change.failures)
    gap = change.gaps[key]
    if not gap.difference.available:
        return formats.missing()
    figures = f"{formats.score(change.before[key])} → {formats.score(change.after[key])}"
    change_ = (
        f"{formats.difference(gap.difference)} ({formats.difference_interval(gap.difference)})"
    )
    return f"{figures}  {change_}  {_(VERDICTS[verdict_sign(gap)])}"


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {markdown_escaped(sentence)}" for sentence in sentences)


def _in_markdown(table: Table) -> str:
    headings = [table.corner, *(column.title for column in table.columns)]
    n = len(table.columns)
    lines = [
        [row.title, *((row.reason, *[""] * (n - 1)) if row.reason else map(_in_a_line, row.cells))]
        for row in table.rows
    ]
    caption = _("{what}:").format(what=markdown_escaped(table.caption))
    return f"{caption}\n\n{markdown(headings, lines)}"


def _in_a_line(cell: Cell) -> str:
    return f"{cell.text} ({cell.below})" if cell.below else cell.text
