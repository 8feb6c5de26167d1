"""What models say that they learnt, as pictures: bars, intervals and curves."""

from markupsafe import Markup

from ...bench.language.speaking import _
from ...bench.model import Explanation
from .. import formats
from . import svg
from .axes import Plot, labelled_ticks, legend, with_margin

_WIDTH, _LABELS, _END, _STEP = 400, 178, 344, 20
_STROKES = ("solid", "dashed", "dotted", "dash-dot")


def bars(title: str, said: Explanation, family: str) -> Markup:
    """Draw weights as bars, negative ones to the left of zero where both signs occur."""
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
            _label(name, y),
            svg.bar(x, y - 10, max(length, 0.5), 12, sign, _said(name, number(weight))),
            svg.text(_END + 6, y, number(weight), class_="value"),
        ]
    marks.append(svg.line(zero, 6, zero, y + 6, "zero"))
    return svg.drawing(marks, _WIDTH, y + 12, title, said.reading)


def intervals(title: str, said: Explanation, family: str) -> Markup:
    """Draw estimates as dots on their intervals, around a line at zero."""
    known = [float(value) for row in said.rows for value in row[1:]]
    scale = svg.Scale(*with_margin(min(0.0, *known), max(0.0, *known)), _LABELS, _END)
    marks = []
    y = 0.0
    for row in said.rows:
        y += _STEP
        name, (estimate, low, high) = str(row[0]), map(float, row[1:])
        between = _("{low} to {high}").format(low=number(low), high=number(high))
        hover = _("{title}: {figure} ({interval})").format(
            title=name, figure=number(estimate), interval=between
        )
        marks += [
            _label(name, y),
            svg.line(scale(low), y - 4, scale(high), y - 4, "interval"),
            svg.dot(scale(estimate), y - 4, 3.5, "point", hover),
            svg.text(_END + 6, y, number(estimate), class_="value"),
        ]
    marks.insert(0, svg.line(scale(0.0), 6, scale(0.0), y + 6, "zero"))
    return svg.drawing([svg.group(marks, f"f-{family}")], _WIDTH, y + 12, title, said.reading)


def curves(title: str, said: Explanation, family: str) -> Markup:
    """Draw a line for every column after the first, which is x."""
    x_title, *names = said.columns
    x = [float(row[0]) for row in said.rows]
    known = [float(value) for row in said.rows for value in row[1:]]
    x_range, y_range = with_margin(min(x), max(x)), with_margin(min(known), max(known))
    plot = Plot(x_range, y_range, x_title, "")
    marks = plot.frame(labelled_ticks(*x_range), labelled_ticks(*y_range))
    lines = []
    for column, (name, stroke) in enumerate(zip(names, _STROKES, strict=False), start=1):
        points = [(float(row[0]), float(row[column])) for row in said.rows]
        line = plot.line(points, f"curve {stroke}", name)
        marks.append(svg.group([line], f"f-{family} highlighted"))
        lines.append((family, stroke, name))
    key, bottom = legend("", lines, "")
    return svg.drawing([*marks, *key], _WIDTH, bottom, title, said.reading)


def number(value: float) -> str:
    """Write a number of an explanation: counts whole, others with three digits."""
    return formats.count(value) if isinstance(value, int) else formats.three_digits(value)


def _said(name: str, value: str) -> str:
    return _("{what}: {value}").format(what=name, value=value)


def _label(name: str, y: float) -> Markup:
    words = svg.clipped(name, _LABELS - 8)
    return svg.text(_LABELS - 8, y, words, anchor="end", class_="label")
