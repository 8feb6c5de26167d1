"""The chart of score against cost: what a better figure takes to compute."""

import math

from ..bench.judgement import TaskJudgement
from . import formats, svg
from .axes import Plot, ticks_in, with_margin
from .comparison import at_the_top, score_of, title_of
from .elements import Cell, Figure, plain_table

_WIDTH = 400


def cost(judged: TaskJudgement) -> Figure:
    """Draw the main metric against the time to fit, on a logarithmic axis."""
    metric = title_of(judged.main_metric)
    scores = {entry.name: score_of(entry, judged.main_metric) for entry in judged.models}
    # The base rate costs next to nothing and scores far below: with it the rest would be a blot.
    shown = [
        entry
        for entry in judged.models
        if entry.family != "baseline" and scores[entry.name].available and entry.fit_seconds > 0
    ]
    logs = [math.log10(entry.fit_seconds) for entry in shown] or [0.0]
    values = [scores[entry.name].value for entry in shown] or [0.0, 1.0]
    least = math.floor(min(logs))
    powers = range(least, max(math.ceil(max(logs)), least + 1) + 1)
    heights = with_margin(min(values), max(values))
    plot = Plot((powers[0], powers[-1]), heights, "Time to fit, logarithmic", metric)
    points = [(plot.x(x), plot.y(y)) for x, y in zip(logs, values, strict=True)] if shown else []
    labels = plot.labels(points, [entry.title for entry in shown])
    marks = plot.frame(
        [(power, formats.seconds(10.0**power).replace(".0 ", " ")) for power in powers],
        [(tick, f"{tick:g}") for tick in ticks_in(*heights)],
    )
    lines = []
    for entry, (x, y), label in zip(shown, points, labels, strict=True):
        score, seconds = formats.score(scores[entry.name]), formats.seconds(entry.fit_seconds)
        dot = svg.dot(x, y, 4, "point", f"{entry.title}: {metric} {score}, {seconds}")
        marks.append(svg.group([dot, *label], f"f-{entry.family}", entry.name))
        lines.append((entry.title, Cell(seconds, sort=repr(float(entry.fit_seconds))), score))
    title = "No fit time was measured"
    if shown:
        best = [entry for entry in shown if at_the_top(judged, entry)] or shown[:1]
        quickest = min(best, key=lambda entry: entry.fit_seconds)
        seconds = formats.seconds(quickest.fit_seconds)
        title = f"The quickest model among the best is {quickest.title}: {seconds} a fit"
    reading = (
        "Up is better, left is cheaper; each step to the right costs ten times as much. "
        "The base rate, which learns nothing, is left out."
    )
    picture = svg.drawing(marks, _WIDTH, plot.bottom + 34, title, reading)
    table = plain_table(f"Fit time and {metric}", ("Model", "Fit", metric), lines)
    return Figure(title, reading, picture, table)
