"""A small picture of a Bayesian network: the target in the middle, the features around it."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from ...bench.language.speaking import _
from . import svg

TARGET = "target"
_WIDTH, _STEP, _HALF_WIDTH, _MARGIN = 400, 24, 84, 24
_ARROW = 5.0

Edge = tuple[str, str, float]


def picture(edges: Sequence[Edge], title: str, alt: str) -> Markup:
    """Draw the network.

    Parameters
    ----------
    edges : sequence of (from, to, strength)
        Strengths set the width of the lines.
    title, alt : str
        For screen readers.
    """
    places, height = _places(edges)
    strongest = max((abs(strength) for *_, strength in edges), default=1.0) or 1.0
    lines = [
        _edge(places[source], places[sink], abs(strength) / strongest, TARGET in (source, sink),
              f"{source} → {sink}")
        for source, sink, strength in edges
    ]  # fmt: skip
    nodes = [_node(name, *place) for name, place in places.items()]
    return svg.drawing(lines + nodes, _WIDTH, height, title, alt)


def _places(edges: Sequence[Edge]) -> tuple[dict[str, tuple[float, float]], float]:
    """Put the features on two bows left and right of the target, evenly spaced in height.

    Names then have a line each, so that they cannot run into each other.
    """
    names = _in_walking_order(edges)
    n_left = (len(names) + 1) // 2
    height = 2 * _MARGIN + _STEP * max(2, n_left - 1)
    middle, centre = height / 2, _WIDTH / 2
    places = {TARGET: (centre, middle)}
    # Down the right side and up the left one, so that the walk's neighbours stay neighbours.
    for side, part in ((1, names[:n_left]), (-1, names[n_left:][::-1])):
        start = middle - _STEP * (len(part) - 1) / 2
        for number, name in enumerate(part):
            y = start + _STEP * number
            bow = math.sqrt(max(0.0, 1 - ((y - middle) / (middle * 1.15)) ** 2))
            places[name] = (centre + side * _HALF_WIDTH * bow, y)
    return places, height


def _in_walking_order(edges: Sequence[Edge]) -> list[str]:
    """List the features so that linked ones follow each other where they can."""
    linked: dict[str, list[str]] = {}
    for source, sink, _strength in edges:
        for one, other in ((source, sink), (sink, source)):
            if one != TARGET:
                linked.setdefault(one, [])
                if other != TARGET:
                    linked[one].append(other)
    order: list[str] = []
    for start in linked:
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in order:
                order.append(name)
                waiting.extend(reversed(linked[name]))
    return order


def _edge(
    start: tuple[float, float],
    end: tuple[float, float],
    strength: float,
    of_target: bool,
    hover: str,
) -> Markup:
    """Draw an arrow; those between features bend towards the middle, where there is room."""
    (x1, y1), (x2, y2) = start, end
    bend = 0.0 if of_target else 0.28
    control_x = (x1 + x2) / 2 + bend * (_WIDTH / 2 - (x1 + x2) / 2)
    control_y = (y1 + y2) / 2
    if not of_target and abs(x1 - x2) < _HALF_WIDTH:
        control_x += 26 if (x1 + x2) / 2 < _WIDTH / 2 else -26
    angle = math.atan2(y2 - control_y, x2 - control_x)
    radius = 27 if abs(x2 - _WIDTH / 2) < 1 else 5
    tip_x, tip_y = x2 - radius * math.cos(angle), y2 - radius * math.sin(angle)
    curve = f"M{x1:.1f},{y1:.1f}Q{control_x:.1f},{control_y:.1f} {tip_x:.1f},{tip_y:.1f}"
    corners = " ".join(
        f"{tip_x - _ARROW * math.cos(side):.1f},{tip_y - _ARROW * math.sin(side):.1f}"
        for side in (angle - 0.5, angle + 0.5)
    )
    class_ = "edge of-target" if of_target else "edge"
    return svg.group(
        [
            svg.tag("title", hover),
            svg.tag("path", d=curve, stroke_width=0.7 + 2.8 * strength),
            svg.tag("polygon", points=f"{tip_x:.1f},{tip_y:.1f} {corners}"),
        ],
        class_,
    )


def _node(name: str, x: float, y: float) -> Markup:
    if name == TARGET:
        box = svg.bar(x - 24, y - 10, 48, 20, "target")
        label = svg.text(x, y + 4, _("target"), anchor="middle", class_="label")
        return svg.group([box, label], "node")
    right = x >= _WIDTH / 2
    room = (_WIDTH - x if right else x) - 10
    words = svg.clipped(name, room)
    label = svg.text(
        x + 9 if right else x - 9, y + 4, words, anchor=None if right else "end", class_="label"
    )
    return svg.group([svg.dot(x, y, 4, "point", name), label], "node")
