"""What each model learnt: importances as bars, networks as pictures, the rest as tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..bench.judgement import Entry
from ..bench.model import Explanation
from . import formats, network, svg
from .elements import Cell, Figure, Table, plain_table
from .words import listed

_WIDTH, _LABELS, _END, _STEP = 400, 170, 350, 19


@dataclass(frozen=True)
class Learnt:
    """What one model says that it learnt; ``figure`` is None where a table says it best."""

    title: str
    entry: str
    family: str
    finding: str
    reading: str
    figure: Figure | None
    table: Table | None


def learnt(entries: Sequence[Entry]) -> tuple[Learnt, ...]:
    """Collect the explanations of all models that gave one, in the order of the comparison."""
    return tuple(
        _learnt(entry, entry.explanation)
        for entry in entries
        if entry.explanation is not None and entry.explanation.rows
    )


def _learnt(entry: Entry, said: Explanation) -> Learnt:
    table = _table(f"What {entry.title} learnt", said)
    # A plugin may name its columns as it likes; only what has the documented shape is drawn.
    drawn = {"importances": _bars, "network": _network}.get(said.kind)
    n_columns = {"importances": 2, "network": 3}.get(said.kind)
    fits = len(said.columns) == n_columns and all(_is_number(row[-1]) for row in said.rows)
    finding = _finding(entry.title, said)
    figure = drawn(finding, said, table) if drawn and fits else None
    return Learnt(
        title=entry.title,
        entry=entry.name,
        family=entry.family,
        finding=finding,
        reading=said.reading,
        figure=figure,
        table=None if figure else table,
    )


def _finding(title: str, said: Explanation) -> str:
    first = [str(row[0]) for row in said.rows]
    if said.kind == "importances":
        return f"{title} leans most on {listed(first[:3])}"
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


def _bars(title: str, said: Explanation, table: Table) -> Figure:
    weights = [float(row[-1]) for row in said.rows]
    largest = max(map(abs, weights)) or 1.0
    both_signs = min(weights) < 0 < max(weights)
    zero = (_LABELS + _END) / 2 if both_signs else _LABELS
    reach = _END - zero
    marks = []
    y = 0.0
    for row, weight in zip(said.rows, weights, strict=True):
        y += _STEP
        length = reach * abs(weight) / largest
        x = zero - length if weight < 0 and both_signs else zero
        sign = "negative" if weight < 0 else "positive"
        name = str(row[0])
        marks += [
            svg.text(_LABELS - 8, y, svg.clipped(name, _LABELS - 8), anchor="end", class_="label"),
            svg.bar(x, y - 10, max(length, 0.5), 12, sign, f"{name}: {_number(weight)}"),
            svg.text(_END + 6, y, _number(weight), class_="value"),
        ]
    marks.append(svg.line(zero, 6, zero, y + 6, "zero"))
    picture = svg.drawing(marks, _WIDTH, y + 12, title, said.reading)
    return Figure(title, said.reading, picture, table)


def _network(title: str, said: Explanation, table: Table) -> Figure:
    edges = [(str(source), str(sink), float(strength)) for source, sink, strength in said.rows]
    return Figure(title, said.reading, network.picture(edges, title, said.reading), table)


def _table(caption: str, said: Explanation) -> Table:
    lines = [(_text(row[0]), *map(_cell, row[1:])) for row in said.rows]
    return plain_table(caption, said.columns, lines)


def _cell(value: str | float) -> Cell:
    return Cell(_text(value), sort=repr(float(value)) if _is_number(value) else "")


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return _number(value) if math.isfinite(value) else formats.MISSING


def _number(value: float) -> str:
    return formats.count(value) if isinstance(value, int) else formats.three_digits(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
