"""What each model learnt: pictures where they say more, tables elsewhere."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.model import Explanation
from .. import formats
from ..blocks import Block, Folded, Grid, Paragraph, Section, Words, note, sentence
from ..charts import explained, network
from ..elements import Cell, Figure, Table, plain_table
from .answer import listed

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
    title = "What the models learnt"
    found = learnt(judged.models)
    if not found:
        return Section("learnt", title, (sentence("No model said what it learnt."),))
    where = "Of the first fold's first fit. What a model leans on is not what causes a purchase."
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
    said = formats.count(len(items), "model")
    return Section("learnt", title, (note(where), Grid(items)), said)


def _blocks(part: Part, *, titled: bool) -> tuple[Block, ...]:
    """Show a part; the first needs no title, as the summary that opens it is one."""
    if part.figure is not None:
        return (replace(part.figure, titled=titled),)
    title = (Words(f"{part.finding}.", tag="strong"), Words(" ")) if titled else ()
    return Paragraph((*title, Words(part.reading)), quiet=True), part.table


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
    table = _table(said.title or f"What {entry.title} learnt", said)
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
        return f"{title}: {said.title}"
    if said.kind == "importances":
        return f"{title} leans most on {listed(first[:3])}"
    if said.kind == "intervals":
        return f"{title}: {formats.count(len(first), 'estimate')} with their intervals"
    if said.kind == "curves" and len(said.columns) > 1:
        return f"{title}: {listed(said.columns[1:])} by {said.columns[0]}"
    if said.kind == "network":
        linked = [
            str(row[1] if row[0] == network.TARGET else row[0])
            for row in said.rows
            if network.TARGET in row[:2]
        ]
        if not linked:
            return f"{title} links no feature directly with the target"
        return f"{title} links the target most closely with {listed(linked[:3])}"
    if said.kind == "states":
        return f"{title} tells {formats.count(len(said.rows), 'state')} apart"
    lines = formats.count(len(said.rows), "strongest line")
    return f"{title}: {lines} of a table ({', '.join(said.columns)})"


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
    return explained.number(value) if math.isfinite(value) else formats.MISSING


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
