"""The chart of a curve: a metric against how much was given, one line a model."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from ...bench.judge.judgement import CurveEntry, CurveJudgement, Score
from ...bench.language.speaking import _, marked
from ...bench.suite.curve import LEARNING, CurvePoint
from .. import formats
from ..lists import parted
from ..lookups import figure_said, title_of
from . import svg
from .axes import Plot, labelled_ticks, legend, with_margin

_WIDTH = 400
_N_HIGHLIGHTED = 3
_STROKES = ("solid", "dashed", "dotted")
_ASIDE = 4.0  # pixels between the whiskers of one point
_X_TITLES = {True: marked("Fit cases, logarithmic"), False: marked("Events seen, logarithmic")}


def curve_chart(judged: CurveJudgement, title: str, reading: str) -> Markup:
    """Draw the curves, the leading few in colour with their intervals."""
    learning = judged.record.kind == LEARNING
    few = highlighted(judged)
    places = _places(judged)
    end = places[-1] + (1.0 if few and few[0].doubling.available else 0.0)
    heights = _heights(judged, few)
    sides = (places[0] - 0.1, end + 0.1)
    plot = Plot(sides, heights, _(_X_TITLES[learning]), title_of(judged.metric))
    marks = plot.frame(
        [*zip(places, map(label_of, judged.record.points), strict=True), *_twice(places, end)],
        labelled_ticks(*heights),
    )
    if judged.ceilings:
        best = _points(places, judged.ceilings)
        marks.append(plot.line(best, "reference", _("the best possible")))
    others = [e for e in judged.entries if e not in few and e.family != "baseline"]
    for entry in others:
        line = plot.line(_points(places, entry.scores), "curve", entry.title)
        marks.append(svg.group([line], f"f-{entry.family} other", entry.name))
    if few and few[0].doubling.available:
        marks.append(_extrapolated(plot, few[0], places[-1], end))
    for number, entry in reversed(list(enumerate(few))):
        marks.append(_line(plot, entry, places, number))
    lines = [
        (entry.family, stroke, f"{entry.title} {formats.score(entry.scores[-1])}")
        for entry, stroke in zip(few, _STROKES, strict=False)
    ]
    rest = [_("thin grey: all others")] if others else []
    rest += [_("dotted: the best possible")] if judged.ceilings else []
    heading = _("{metric} of the leading models at the last point")
    below, height = legend(heading.format(metric=title_of(judged.metric)), lines, parted(rest))
    return svg.drawing([*marks, *below], _WIDTH, height, title, reading)


def highlighted(judged: CurveJudgement) -> list[CurveEntry]:
    """Pick the models worth a colour: the one chosen on valid cases, and the best of the others."""
    there = [e for e in judged.entries if e.family != "baseline" and e.scores[-1].available]
    return sorted(there, key=lambda entry: entry.name != judged.chosen)[:_N_HIGHLIGHTED]


def _places(judged: CurveJudgement) -> list[float]:
    """Put the points on a logarithmic axis; the end comes one doubling after the last number."""
    places = [math.log2(point.size) for point in judged.record.points if point.size]
    return places if len(places) == len(judged.record.points) else [*places, places[-1] + 1]


def label_of(point: CurvePoint) -> str:
    """Name a point on an axis."""
    return formats.count(round(point.size)) if point.size else _("end")


def _twice(places: Sequence[float], end: float) -> list[tuple[float, str]]:
    return [(end, _("twice"))] if end > places[-1] else []


def _heights(judged: CurveJudgement, few: Sequence[CurveEntry]) -> tuple[float, float]:
    shown = [score.value for entry in judged.entries if entry.family != "baseline"
             for score in entry.scores]  # fmt: skip
    shown += [part for entry in few for score in entry.scores for part in (score.low, score.high)]
    shown += [score.value for score in judged.ceilings]
    if few and few[0].doubling.available:
        shown.append(few[0].scores[-1].value + few[0].doubling.high)
    known = [value for value in shown if not math.isnan(value)] or [0.0, 1.0]
    return with_margin(min(known), max(known))


def _points(places: Sequence[float], scores: Sequence[Score]) -> list[tuple[float, float]]:
    return [(x, s.value) for x, s in zip(places, scores, strict=True) if s.available]


def _line(plot: Plot, entry: CurveEntry, places: Sequence[float], number: int) -> Markup:
    stroke = _STROKES[number]
    marks = [plot.line(_points(places, entry.scores), f"curve {stroke}", entry.title)]
    for place, score in zip(places, entry.scores, strict=True):
        if score.available:
            x = plot.x(place) + _ASIDE * (number - 1)
            said = figure_said(entry.title, score)
            marks.append(svg.line(x, plot.y(score.low), x, plot.y(score.high), "interval"))
            marks.append(svg.dot(plot.x(place), plot.y(score.value), 3, "point", said))
    return svg.group(marks, f"f-{entry.family} highlighted", entry.name)


def _extrapolated(plot: Plot, entry: CurveEntry, last: float, end: float) -> Markup:
    now, gain = entry.scores[-1].value, entry.doubling
    low, high = plot.y(now + gain.low), plot.y(now + gain.high)
    x = plot.x(end)
    said = _("{title} with twice the cases: {gain}").format(
        title=entry.title, gain=formats.difference(gain)
    )
    marks = [
        plot.line([(last, now), (end, now + gain.value)], "curve dotted", said),
        svg.line(x, low, x, high, "interval"),
        svg.dot(x, plot.y(now + gain.value), 3, "point", said),
    ]
    return svg.group(marks, f"f-{entry.family} highlighted", entry.name)
