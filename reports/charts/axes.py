"""The frame of a chart: axes, grid, labels that do not run into each other, legend."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from .. import formats
from . import svg

_WIDTH = 400
_LEFT, _RIGHT, _TOP, _BOTTOM, _FLAT_BOTTOM = 52, 390, 22, 330, 222


class Plot:
    """A plotting area inside a picture 400 wide.

    Parameters
    ----------
    x_range, y_range : tuple of two floats
        The data at its borders.
    x_title, y_title : str
        The y title stands above the axis, where it can be read without turning the head.
    flat : bool, default=False
        Whether it takes less height than width.
    """

    def __init__(
        self,
        x_range: tuple[float, float],
        y_range: tuple[float, float],
        x_title: str,
        y_title: str,
        *,
        flat: bool = False,
    ) -> None:
        self.x_range, self.y_range = x_range, y_range
        self.x_title, self.y_title = x_title, y_title
        self.x = svg.Scale(*x_range, _LEFT, _RIGHT)
        self.bottom = _FLAT_BOTTOM if flat else _BOTTOM
        self.y = svg.Scale(*y_range, self.bottom, _TOP)

    def frame(
        self, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]
    ) -> list[Markup]:
        """Draw grid lines with their labels, and the titles of the axes."""
        marks = []
        for value, label in x_ticks:
            x = self.x(value)
            marks.append(svg.line(x, _TOP, x, self.bottom, "grid"))
            middle = min(x, _WIDTH - svg.width_of(label) / 2)
            marks.append(svg.text(middle, self.bottom + 16, label, anchor="middle", class_="tick"))
        for value, label in y_ticks:
            y = self.y(value)
            marks.append(svg.line(_LEFT, y, _RIGHT, y, "grid"))
            marks.append(svg.text(_LEFT - 6, y + 4, label, anchor="end", class_="tick"))
        middle = (_LEFT + _RIGHT) / 2
        marks.append(
            svg.text(middle, self.bottom + 34, self.x_title, anchor="middle", class_="axis")
        )
        marks.append(svg.text(0, 10, self.y_title, class_="axis"))
        return marks

    def line(self, points: Sequence[tuple[float, float]], class_: str, hover: str) -> Markup:
        """Draw a line through data points."""
        pixels = [(self.x(float(x)), self.y(float(y))) for x, y in points]
        return svg.path(pixels, class_, hover)

    def area(self, points: Sequence[tuple[float, float]], class_: str) -> Markup:
        """Fill what lies inside a closed line through data points."""
        return svg.area([(self.x(float(x)), self.y(float(y))) for x, y in points], class_)

    def labels(
        self, points: Sequence[tuple[float, float]], names: Sequence[str]
    ) -> list[list[Markup]]:
        """Name the points, earlier ones first; a name without free space is left to the pointer.

        Returns
        -------
        list of lists
            For each point no mark or one.
        """
        taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
        marks = []
        for (x, y), name in zip(points, names, strict=True):
            width = svg.width_of(name)
            places = (
                (x + 7, y + 3.5, x + 7, None),
                (x - 7 - width, y + 3.5, x - 7, "end"),
                (x - width / 2, y - 7, x, "middle"),
                (x - width / 2, y + 14, x, "middle"),
                (x + 4 - width, y - 7, x + 4, "end"),
                (x + 4 - width, y + 14, x + 4, "end"),
            )
            found: list[Markup] = []
            for left, baseline, hold, anchor in places:
                box = (left, baseline - 11, left + width, baseline + 3)
                if box[0] >= _LEFT and box[2] <= _RIGHT + 8 and not _hits(box, taken):
                    taken.append(box)
                    found = [svg.text(hold, baseline, name, anchor=anchor, class_="name")]
                    break
            marks.append(found)
        return marks


def legend(
    heading: str, lines: Sequence[tuple[str, str, str]], rest: str, bottom: float = _BOTTOM
) -> tuple[list[Markup], float]:
    """Explain the lines below a chart that ends at ``bottom``; each is (family, stroke, words).

    Returns
    -------
    list of Markup, float
        The marks, and where they end.
    """
    y = bottom + 56 if heading else bottom + 38
    marks = [svg.text(_LEFT, y, heading, class_="axis")] if lines and heading else []
    for family, stroke, words in lines:
        y += 18
        sample = svg.path([(_LEFT, y - 4), (_LEFT + 34, y - 4)], f"curve {stroke}")
        marks.append(svg.group([sample], f"f-{family} highlighted"))
        marks.append(svg.text(_LEFT + 42, y, words, class_="label"))
    if rest:
        y += 18
        marks.append(svg.text(_LEFT + 42, y, rest, class_="muted"))
    return marks, y + 8


def with_margin(low: float, high: float) -> tuple[float, float]:
    """Widen a range by a twentieth at both ends."""
    margin = 0.05 * (high - low) or 0.05
    return low - margin, high + margin


def ticks_in(low: float, high: float) -> list[float]:
    """Choose four to eight round numbers inside a range."""
    rough = (high - low) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = min((1, 2, 5, 10), key=lambda factor: abs(factor * power - rough)) * power
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def labelled_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Choose round numbers inside a range, each with its label."""
    places = ticks_in(low, high)
    return list(zip(places, formats.ticks(places), strict=True))


def _hits(box: tuple[float, float, float, float], taken: Sequence[tuple]) -> bool:
    return any(
        box[0] < right and box[2] > left and box[1] < bottom and box[3] > top
        for left, top, right, bottom in taken
    )
