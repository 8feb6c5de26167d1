"""The charts of a task: what leads, how it ranks, whether its probabilities hold, what it costs."""

import math
from collections.abc import Sequence

import numpy as np

from ..bench.judgement import Entry, TaskJudgement
from . import curves, formats, svg
from .axes import Plot, legend
from .comparison import AT_THE_TOP, STANDINGS, score_of, title_of
from .elements import Cell, Figure, plain_table
from .words import headline

WIDTH = 400
_N_HIGHLIGHTED = 3
_STROKES = ("solid", "dashed", "dotted", "dash-dot")


def overview(judged: TaskJudgement) -> Figure:
    """Draw every entry's main metric as a dot on its interval, best first."""
    metric = title_of(judged.main_metric)
    figures = [score_of(entry, judged.main_metric) for entry in _entries(judged)]
    known = [figure for figure in figures if figure.available]
    bounds = [bound for f in known for bound in (f.low, f.high) if not math.isnan(bound)]
    bounds += [figure.value for figure in known] or [0.0, 1.0]
    step = 16
    left, right = 152, 350
    scale = svg.Scale(*_with_margin(min(bounds), max(bounds)), left, right)
    marks: list = []
    y = 8.0
    for heading, entries in (("Models", judged.models), ("Ensembles", judged.ensembles)):
        if not entries:
            continue
        y += step
        marks.append(svg.text(0, y, heading, class_="heading"))
        for entry in entries:
            y += step
            marks.append(_overview_row(entry, judged.main_metric, scale, y))
    bottom = y + 10
    grid = []
    for tick in _ticks(scale.low, scale.high):
        grid.append(svg.line(scale(tick), 14, scale(tick), bottom, "grid"))
        grid.append(svg.text(scale(tick), bottom + 13, f"{tick:g}", anchor="middle", class_="tick"))
    grid.append(svg.text((left + right) / 2, bottom + 29, metric, anchor="middle", class_="axis"))
    reading = (
        "Each dot is a mean over folds, the line its 95 % interval. "
        "▲ marks the best figure, ≈ those level with it; ensembles stand apart."
    )
    title = f"{metric} of every model and ensemble: {_lower_first(headline(judged))}"
    rows = [
        (entry.title, STANDINGS[entry.standing][1], formats.score(f), formats.interval(f))
        for entry, f in zip(_entries(judged), figures, strict=True)
    ]
    table = plain_table(f"{metric} of all entries", ("Entry", "Standing", metric, "Interval"), rows)
    return Figure(title, reading, _drawing(grid + marks, bottom + 34, title, reading), table)


def roc(judged: TaskJudgement) -> Figure:
    """Draw the ROC curves, the leading few in colour."""
    plot = Plot((0, 1), (0, 1), "False alarms: share of negative cases", "Positive cases found")
    known = _curves(judged, curves.roc)
    marks = [plot.line([(0, 0), (1, 1)], "reference", "base rate: no ranking at all")]
    marks += _lines(judged, plot, known, curves.FALSE_ALARM_GRID)
    title = "No ROC curve can be drawn"
    highlighted = [entry for entry in _highlighted(judged) if entry.name in known]
    if highlighted:
        first = highlighted[0]
        found = _at(curves.FALSE_ALARM_GRID, known[first.name], 0.1)
        title = (
            f"When a tenth of the negative cases raise a false alarm, {first.title} finds "
            f"{formats.share(found, 0)} of the positive ones"
        )
    places = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5)
    rows = [
        (entry.title, *(f"{_at(curves.FALSE_ALARM_GRID, known[entry.name], x):.2f}" for x in places))
        for entry in _entries(judged)
        if entry.name in known
    ]
    table = plain_table(
        "Share of positive cases found, by share of false alarms",
        ("Entry", *(f"{x:g}" for x in places)),
        rows,
    )
    reading = (
        "Further to the upper left is better; the dashed diagonal finds nobody that chance would "
        "not. Curves are means over folds."
    )
    return _curve_figure(judged, plot, marks, title, reading, table, "roc_auc")


def precision_recall(judged: TaskJudgement) -> Figure:
    """Draw the precision-recall curves, the leading few in colour."""
    rate = float(judged.task.target.mean())
    plot = Plot((0, 1), (0, 1), "Recall: positive cases found", "Precision: alarms that are right")
    known = _curves(judged, curves.precision_recall)
    marks = [plot.line([(0, rate), (1, rate)], "reference", f"base rate {formats.share(rate)}")]
    marks += _lines(judged, plot, known, curves.RECALL_GRID)
    title = "No precision-recall curve can be drawn"
    highlighted = [entry for entry in _highlighted(judged) if entry.name in known]
    if highlighted:
        first = highlighted[0]
        right = _at(curves.RECALL_GRID, known[first.name], 0.5)
        title = (
            f"Finding half of the positive cases, {first.title} is right in "
            f"{formats.share(right, 0)} of its alarms; the base rate is {formats.share(rate, 0)}"
        )
    places = (0.1, 0.25, 0.5, 0.75, 0.9)
    rows = [
        (entry.title, *(f"{_at(curves.RECALL_GRID, known[entry.name], x):.2f}" for x in places))
        for entry in _entries(judged)
        if entry.name in known
    ]
    table = plain_table("Precision, by recall", ("Entry", *(f"{x:g}" for x in places)), rows)
    reading = (
        "Higher is better; the dashed line is the base rate, the precision of picking at random. "
        "Curves are means over folds."
    )
    return _curve_figure(judged, plot, marks, title, reading, table, "pr_auc")


def calibration(judged: TaskJudgement) -> Figure:
    """Draw predicted probability against what happened, for the leading few, with counts."""
    chosen = [entry for entry in _highlighted(judged) if entry.predictions]
    bins = {e.name: curves.reliability(judged.task.target, e.predictions) for e in chosen}
    plot = Plot((0, 1), (0, 1), "Predicted probability", "Share that was positive")
    marks = [plot.line([(0, 0), (1, 1)], "reference", "what is predicted is what happens")]
    most = max((int(part.count.max()) for part in bins.values()), default=1)
    rows = []
    for number, entry in enumerate(chosen):
        part = bins[entry.name]
        filled = [i for i in range(curves.N_BINS) if part.count[i]]
        points = [(float(part.predicted[i]), float(part.observed[i])) for i in filled]
        inside = [plot.line(points, f"curve {_STROKES[number]}", entry.title)]
        for (x, y), i in zip(points, filled, strict=True):
            cases = formats.count(int(part.count[i]), "case")
            said = f"{entry.title}: {cases}, predicted {x:.2f}, positive {y:.2f}"
            rows.append((entry.title, f"{x:.2f}", f"{y:.2f}", formats.count(int(part.count[i]))))
            radius = 1.5 + 5 * math.sqrt(part.count[i] / most)
            inside.append(svg.dot(plot.x(x), plot.y(y), radius, "point", said))
        marks.append(svg.group(inside, f"f-{entry.family} highlighted", entry.name))
    title = "No probabilities to check"
    if chosen:
        error = score_of(chosen[0], "ece")
        title = f"How far {chosen[0].title}'s probabilities can be taken at their word"
        if error.available:
            title = (
                f"{chosen[0].title}'s probabilities are off by {formats.percent(error)} on average"
            )
    table = plain_table(
        "Reliability in ten bins of predicted probability",
        ("Entry", "Mean predicted", "Share positive", "Cases"),
        rows,
    )
    reading = (
        "On the dashed diagonal, what is predicted is what happens; below it, the model promises "
        "too much. Larger dots hold more cases; bins with few cases scatter."
    )
    return _curve_figure(judged, plot, marks, title, reading, table, "ece", others=False)


def cost(judged: TaskJudgement) -> Figure:
    """Draw the main metric against the time to fit, on a logarithmic axis."""
    metric = title_of(judged.main_metric)
    shown = [
        entry
        for entry in judged.models
        if score_of(entry, judged.main_metric).available and entry.fit_seconds > 0
    ]
    logs = [math.log10(entry.fit_seconds) for entry in shown] or [0.0]
    values = [score_of(entry, judged.main_metric).value for entry in shown] or [0.0, 1.0]
    x_range = (math.floor(min(logs)), max(math.ceil(max(logs)), math.floor(min(logs)) + 1))
    plot = Plot(x_range, _with_margin(min(values), max(values)), "Seconds to fit (log)", metric)
    points = [
        (plot.x(math.log10(e.fit_seconds)), plot.y(score_of(e, judged.main_metric).value))
        for e in shown
    ]
    marks = []
    labels = plot.labels(points, [entry.title for entry in shown])
    for entry, (x, y), label in zip(shown, points, labels, strict=True):
        figure = formats.score(score_of(entry, judged.main_metric))
        said = f"{entry.title}: {metric} {figure}, {formats.seconds(entry.fit_seconds)}"
        inside = [svg.dot(x, y, 4, "point", said), *label]
        marks.append(svg.group(inside, f"f-{entry.family}", entry.name))
    title = "No fit time was measured"
    if shown:
        level = [entry for entry in shown if entry.standing in AT_THE_TOP] or shown[:1]
        cheapest = min(level, key=lambda entry: entry.fit_seconds)
        title = (
            f"The quickest model among the best is {cheapest.title}: "
            f"{formats.seconds(cheapest.fit_seconds)} a fit"
        )
    rows = [
        (
            entry.title,
            Cell(formats.seconds(entry.fit_seconds), sort=repr(float(entry.fit_seconds))),
            formats.score(score_of(entry, judged.main_metric)),
        )
        for entry in shown
    ]
    table = plain_table(f"Fit time and {metric}", ("Model", "Fit", metric), rows)
    reading = "Up is better, left is cheaper; each step to the right costs ten times as much."
    ticks = [(power, _power(power)) for power in range(x_range[0], x_range[1] + 1)]
    y_ticks = [(tick, f"{tick:g}") for tick in _ticks(*plot.y_range)]
    picture = plot.frame(ticks, y_ticks) + marks
    return Figure(title, reading, _drawing(picture, plot.bottom + 34, title, reading), table)


def _overview_row(entry: Entry, metric: str, scale: svg.Scale, y: float) -> svg.Markup:
    figure = score_of(entry, metric)
    name = svg.text(0, y, svg.clipped(entry.title, 146), class_="label")
    sign = STANDINGS[entry.standing][0]
    strong = " strong" if entry.standing in AT_THE_TOP else ""
    if not figure.available:
        words = "✕ failed" if entry.standing == "failed" else formats.MISSING
        inside = [name, svg.text(scale.start, y, words, class_="muted")]
    else:
        said = f"{entry.title}: {formats.score(figure)} ({formats.interval(figure)})"
        inside = [name]
        if not math.isnan(figure.low + figure.high):
            inside.append(svg.line(scale(figure.low), y - 4, scale(figure.high), y - 4, "interval"))
        inside.append(svg.dot(scale(figure.value), y - 4, 3.5, "point", said))
        inside.append(svg.text(358, y, f"{formats.score(figure)} {sign}".strip(), class_="value"))
    return svg.group(inside, f"f-{entry.family}{strong}", entry.name)


def _curve_figure(judged, plot, marks, title, reading, table, metric, *, others=True) -> Figure:
    """Put a unit square's frame, its curves and their legend together."""
    ticks = [(value / 5, f"{value / 5:g}") for value in range(6)]
    lines = [
        (
            entry.family,
            _STROKES[number],
            f"{entry.title} {formats.score(score_of(entry, metric))}"
            if score_of(entry, metric).available
            else entry.title,
        )
        for number, entry in enumerate(_highlighted(judged))
    ]
    top = f"{title_of(metric)} of the leading entries"
    rest = "thin grey: all others" if others else ""
    picture = plot.frame(ticks, ticks) + marks + legend(plot.bottom + 50, top, lines, rest)
    height = plot.bottom + 58 + 16 * (len(lines) + bool(rest))
    return Figure(title, reading, _drawing(picture, height, title, reading), table)


def _lines(judged: TaskJudgement, plot: Plot, known: dict, grid) -> list:
    """Draw the curves: the many first, thin and grey, so that the few lie on top."""
    highlighted = _highlighted(judged)
    marks = []
    for entry in _entries(judged):
        if entry.name in known and entry not in highlighted and entry.family != "baseline":
            points = list(zip(grid, known[entry.name], strict=True))
            line = plot.line(points, "curve", entry.title)
            marks.append(svg.group([line], f"f-{entry.family} other", entry.name))
    for number, entry in reversed(list(enumerate(highlighted))):
        if entry.name in known:
            points = list(zip(grid, known[entry.name], strict=True))
            line = plot.line(points, f"curve {_STROKES[number]}", entry.title)
            marks.append(svg.group([line], f"f-{entry.family} highlighted", entry.name))
    return marks


def _curves(judged: TaskJudgement, curve) -> dict:
    known = {}
    for entry in _entries(judged):
        points = curve(judged.task.target, entry.predictions) if entry.predictions else None
        if points is not None:
            known[entry.name] = points
    return known


def _highlighted(judged: TaskJudgement) -> list[Entry]:
    """Pick the entries worth a colour: the first few models, and the first ensemble."""
    models = [e for e in judged.models if e.standing != "failed" and e.family != "baseline"]
    ensembles = [e for e in judged.ensembles if e.standing != "failed"]
    return models[:_N_HIGHLIGHTED] + ensembles[:1]


def _entries(judged: TaskJudgement) -> Sequence[Entry]:
    return (*judged.models, *judged.ensembles)


def _drawing(marks: list, height: float, title: str, reading: str) -> svg.Markup:
    return svg.drawing(marks, WIDTH, height, title, reading)


def _at(grid, curve, place: float) -> float:
    """Read a curve between its points."""
    return float(np.interp(place, grid, curve))


def _with_margin(low: float, high: float) -> tuple[float, float]:
    margin = 0.05 * (high - low) or 0.05
    return low - margin, high + margin


def _ticks(low: float, high: float) -> list[float]:
    """Choose four to eight round numbers inside a range."""
    rough = (high - low) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = min((1, 2, 5, 10), key=lambda factor: abs(factor * power - rough)) * power
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _power(power: int) -> str:
    return formats.seconds(10.0**power)


def _lower_first(sentence: str) -> str:
    """Continue a line with a sentence, keeping names that begin it as they are."""
    word = sentence.split(" ", 1)[0]
    return sentence[0].lower() + sentence[1:] if word in ("No", "Every", "Only") else sentence
