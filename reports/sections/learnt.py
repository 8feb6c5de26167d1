"""What each model learnt: pictures where they say more, tables elsewhere."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.language.speaking import _, ngettext
from ...bench.model import Explanation
from .. import formats
from ..blocks import Block, Folded, Grid, Paragraph, Section, Words, note, sentence
from ..charts import explained, network
from ..counted import models
from ..elements import Cell, Figure, Table, plain_table
from ..lists import joined, listed

_MOST_CURVES = 4


@dataclass(frozen=True)
class Part:
    """One thing that a model learnt; ``figure`` is None where a table says it best."""

    finding: str
    reading: str
    figure: Figure | None
    table: Table | None


@dataclass(frozen=True)
class Learnt:
    """What one model says that it learnt; ``finding`` is that of its first part."""

    entry: str
    family: str
    finding: str
    parts: tuple[Part, ...]


def section(judged: TaskJudgement) -> Section:
    """Show what each model learnt, folded under a sentence that says it."""
    title = _("What the models learnt")
    found = learnt(judged.models)
    if not found:
        return Section("learnt", title, (sentence(_("No model said what it learnt.")),))
    where = _("Of the first fold's first fit. What a model leans on is not what causes a purchase.")
    items = tuple(
        Folded(
            one.finding,
            tuple(
                block
                for number, part in enumerate(one.parts)
                for block in _blocks(part, titled=number > 0)
            ),
            one.entry,
            one.family,
        )
        for one in found
    )
    return Section("learnt", title, (note(where), Grid(items)), models(len(items)))


def _blocks(part: Part, *, titled: bool) -> tuple[Block, ...]:
    """Show a part; the first needs no title, as the summary that opens it is one."""
    if part.figure is not None:
        return (replace(part.figure, titled=titled),)
    title = _("{sentence}.").format(sentence=part.finding)
    words = (Words(title, tag="strong"), Words(" "), Words(part.reading))
    return Paragraph(words if titled else words[-1:], quiet=True), part.table


def learnt(entries: Sequence[Entry]) -> tuple[Learnt, ...]:
    """Collect the explanations of all models that gave some, in the order of the comparison."""
    collected = []
    for entry in entries:
        parts = tuple(_part(entry, said) for said in entry.contestant.explanations if said.rows)
        if parts:
            collected.append(Learnt(entry.name, entry.family, parts[0].finding, parts))
    return tuple(collected)


def _part(entry: Entry, said: Explanation) -> Part:
    finding = _finding(entry.title, said)
    caption = said.title or _("What {title} learnt").format(title=entry.title)
    table = _table(caption, said)
    draw = _drawing(said)
    if draw is None:
        return Part(finding, said.reading, None, table)
    picture = draw(finding, said, entry.family)
    return Part(finding, said.reading, Figure(finding, said.reading, picture, table), None)


def _drawing(said: Explanation) -> Callable[[str, Explanation, str], Markup] | None:
    """Choose how to draw it; a plugin may name its columns as it likes, but not their number."""
    n_columns = len(said.columns)
    drawings = {
        "importances": (explained.bars, n_columns == 2, 1),
        "intervals": (explained.intervals, n_columns == 4, 1),
        # A curve of one point is a number.
        "curves": (explained.curves, 1 < n_columns <= 1 + _MOST_CURVES and len(said.rows) > 1, 0),
        "network": (_network, n_columns == 3, 2),
    }
    draw, fits, first = drawings.get(said.kind, (None, False, 0))
    numbers = all(_is_number(value) for row in said.rows for value in row[first:])
    return draw if fits and numbers else None


def _finding(title: str, said: Explanation) -> str:
    first = [str(row[0]) for row in said.rows]
    if said.title:
        return _("{title}: {what}").format(title=title, what=said.title)
    if said.kind == "importances":
        return _("{title} leans most on {names}").format(title=title, names=listed(first[:3]))
    if said.kind == "intervals":
        return ngettext(
            "{title}: {n} estimate with their intervals",
            "{title}: {n} estimates with their intervals",
            len(first),
        ).format(title=title, n=formats.count(len(first)))
    if said.kind == "curves" and len(said.columns) > 1:
        return _("{title}: {names} by {column}").format(
            title=title, names=listed(said.columns[1:]), column=said.columns[0]
        )
    if said.kind == "network":
        linked = [
            str(row[1] if row[0] == network.TARGET else row[0])
            for row in said.rows
            if network.TARGET in row[:2]
        ]
        if not linked:
            return _("{title} links no feature directly with the target").format(title=title)
        return _("{title} links the target most closely with {names}").format(
            title=title, names=listed(linked[:3])
        )
    n = len(said.rows)
    if said.kind == "states":
        return ngettext(
            "{title} tells {n} state apart", "{title} tells {n} states apart", n
        ).format(title=title, n=formats.count(n))
    return ngettext(
        "{title}: {n} strongest line of a table ({columns})",
        "{title}: {n} strongest lines of a table ({columns})",
        n,
    ).format(title=title, n=formats.count(n), columns=joined(said.columns))


def _network(title: str, said: Explanation, family: str) -> Markup:
    edges = [(str(source), str(sink), float(strength)) for source, sink, strength in said.rows]
    return network.picture(edges, title, said.reading)


def _table(caption: str, said: Explanation) -> Table:
    lines = [(_text(row[0]), *map(_cell, row[1:])) for row in said.rows]
    return plain_table(caption, said.columns, lines, style="small")


def _cell(value: str | float) -> Cell:
    return Cell(_text(value), sort=repr(float(value)) if _is_number(value) else "")


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return explained.number(value) if math.isfinite(value) else formats.missing()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
