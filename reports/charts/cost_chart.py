"""The chart of score against cost: what a better figure takes to compute."""

import math

import numpy as np

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.metrics.metrics import METRICS
from ...bench.stats.pareto import on_front
from .. import formats
from ..elements import Cell, Figure, plain_table
from ..lookups import in_the_race, score_of, title_of
from . import svg
from .axes import Plot, labelled_ticks, with_margin

_WIDTH = 400


def cost(judged: TaskJudgement) -> Figure:
    """Draw the main metric against the time to fit, on a logarithmic axis, with its front."""
    metric = title_of(judged.main_metric)
    scores = {entry.name: score_of(entry, judged.main_metric) for entry in judged.models}
    # The base rate costs next to nothing and scores far below: with it the rest would be a blot.
    shown = [
        entry
        for entry in judged.models
        if entry.family != "baseline"
        and scores[entry.name].available
        and entry.contestant.fit_seconds > 0
    ]
    logs = [math.log10(entry.contestant.fit_seconds) for entry in shown] or [0.0]
    values = [scores[entry.name].value for entry in shown] or [0.0, 1.0]
    least = math.floor(min(logs))
    powers = range(least, max(math.ceil(max(logs)), least + 1) + 1)
    heights = with_margin(min(values), max(values))
    plot = Plot((powers[0], powers[-1]), heights, _("Processor time to fit, logarithmic"), metric)
    points = [(plot.x(x), plot.y(y)) for x, y in zip(logs, values, strict=True)] if shown else []
    labels = plot.labels(points, [entry.title for entry in shown])
    marks = plot.frame(
        [(power, formats.seconds(10.0**power).replace(".0 ", " ")) for power in powers],
        labelled_ticks(*heights),
    )
    up = -1 if METRICS[judged.main_metric].minimize else 1
    front = on_front(up * np.array(values), np.array(logs)) if shown else np.zeros(0, bool)
    if front.any():
        steps = _steps([(logs[i], values[i]) for i in np.flatnonzero(front)], powers[-1])
        hover = _("the front: nothing scores as well for less")
        marks.append(plot.line(steps, "reference", hover))
    lines = []
    for entry, (x, y), label, ahead in zip(shown, points, labels, front, strict=True):
        score, seconds = (
            formats.score(scores[entry.name]),
            formats.seconds(entry.contestant.fit_seconds),
        )
        said = _("{title}: {metric} {score}, {seconds}").format(
            title=entry.title, metric=metric, score=score, seconds=seconds
        )
        dot = svg.dot(x, y, 4, "point", said)
        marks.append(svg.group([dot, *label], f"f-{entry.family}", entry.name))
        fit = Cell(seconds, sort=repr(float(entry.contestant.fit_seconds)))
        lines.append((entry.title, fit, score, _("on it") if ahead else _("behind it")))
    title = _("No fit time was measured")
    if shown:
        best = [entry for entry in shown if in_the_race(judged, entry)] or shown[:1]
        quickest = min(best, key=lambda entry: entry.contestant.fit_seconds)
        title = _(
            "The quickest model in the race is {title}: {seconds} of processor time a fit"
        ).format(title=quickest.title, seconds=formats.seconds(quickest.contestant.fit_seconds))
    reading = _(_DOWN_IS_BETTER if up < 0 else _UP_IS_BETTER)
    picture = svg.drawing(marks, _WIDTH, plot.bottom + 40, title, reading)
    caption = _("Processor time to fit, and {metric}").format(metric=metric)
    table = plain_table(caption, (_("Model"), _("Fit"), metric, _("Front")), lines)
    return Figure(title, reading, picture, table)


_UP_IS_BETTER = marked(
    "Up is better, left is cheaper; each step to the right costs ten times as much. The dotted "
    "line is the front: nothing shown is both as good and cheaper. The base rate, which learns "
    "nothing, is left out."
)
_DOWN_IS_BETTER = marked(
    "Down is better, left is cheaper; each step to the right costs ten times as much. The dotted "
    "line is the front: nothing shown is both as good and cheaper. The base rate, which learns "
    "nothing, is left out."
)


def _steps(front: list[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    """Join the points of a front: each score is the best to be had until the next one's cost."""
    points = sorted(front)
    steps = [points[0]]
    for before, (x, y) in zip(points, points[1:], strict=False):
        steps += [(x, before[1]), (x, y)]
    return [*steps, (end, points[-1][1])]
