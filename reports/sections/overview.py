"""The one chart of the answer: the leaders' main metric as dots on their intervals."""

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from ...bench.judge.judgement import (
    BEHIND,
    FAILED,
    NOT_APPLICABLE,
    Entry,
    Score,
    TaskJudgement,
)
from ...bench.language.speaking import _, ngettext
from ...bench.metrics.key import Key
from .. import formats
from ..charts import svg
from ..charts.axes import labelled_ticks, with_margin
from ..elements import Figure, plain_table
from ..lists import following
from ..lookups import (
    UNKNOWN,
    best_ensembles,
    figure_said,
    in_the_race,
    score_of,
    standing,
    standing_words,
    title_of,
)

_WIDTH, _STEP = 400, 19
_LEFT, _RIGHT, _VALUES = 172, 332, 340
_N_LEADERS = 6


def overview(judged: TaskJudgement) -> Figure:
    """Draw the leading models best first, then the best ensembles, on a scale that fits them."""
    metric = title_of(judged.main_metric)
    models, ensembles = _leaders(judged), best_ensembles(judged)
    figures = [score_of(entry, judged.main_metric) for entry in (*models, *ensembles)]
    ceiling = judged.ceilings[0].scores[Key(judged.main_metric)] if judged.ceilings else UNKNOWN
    scale = svg.Scale(*_range([*figures, ceiling]), _LEFT, _RIGHT)
    marks: list[Markup] = []
    y = 6.0
    for heading, part in ((_("Models"), models), (_("Best ensembles"), ensembles)):
        if part:
            y += _STEP
            marks.append(svg.text(0, y, heading, class_="heading"))
        for entry in part:
            y += _STEP
            marks.append(_row(judged, entry, scale, y))
    best = next((entry for entry in judged.models if in_the_race(judged, entry)), None)
    title = _("No {metric}").format(metric=metric)
    if best:
        title = _("{title} reaches the highest {metric} of the models").format(
            title=best.title, metric=metric
        )
    read = [
        _(
            "Dots are means over folds, lines 95 % intervals. ▲ marks the highest, ≈ those in the "
            "race with it."
        ),
        *_left_out(judged, models),
    ]
    if judged.ceilings:
        x = scale(ceiling.value)
        marks.insert(0, svg.line(x, 12, x, y + 10, "reference"))
        read.append(_("The dotted line is the best possible, from the true probabilities."))
    reading = following(read)
    picture = svg.drawing(_axis(scale, y + 10, metric) + marks, _WIDTH, y + 50, title, reading)
    lines = [
        (
            entry.title,
            standing(judged, entry)[1],
            formats.score(score_of(entry, judged.main_metric)),
            formats.interval(score_of(entry, judged.main_metric)),
        )
        for entry in (*judged.models, *judged.ensembles)
        if entry.standing != NOT_APPLICABLE
    ]
    headings = (_("Entry"), _("Standing"), metric, _("Interval"))
    caption = _("{metric} of all entries").format(metric=metric)
    return Figure(title, reading, picture, plain_table(caption, headings, lines))


def _leaders(judged: TaskJudgement) -> list[Entry]:
    """Pick the first models; the base rate only where nobody is established to beat it."""
    models = [e for e in judged.models if e.family != "baseline" or e.standing != BEHIND]
    working = [entry for entry in models if entry.standing != FAILED]
    failed = [entry for entry in models if entry.standing == FAILED]
    return [*working, *failed][:_N_LEADERS]


def _left_out(judged: TaskJudgement, shown: Sequence[Entry]) -> Iterator[str]:
    """Say what the chart does not show: the models further behind, and the base rate."""
    others = [e for e in judged.models if e not in shown and e.family != "baseline"]
    if others:
        yield ngettext(
            "{n} lower model stands in the table only.",
            "{n} lower models stand in the table only.",
            len(others),
        ).format(n=formats.count(len(others)))
    base = next((e for e in judged.models if e.family == "baseline" and e not in shown), None)
    if base is not None and score_of(base, judged.main_metric).available:
        figure = formats.score(score_of(base, judged.main_metric))
        yield _("The base rate, with {figure}, is off the scale.").format(figure=figure)


def _range(figures: Sequence[Score]) -> tuple[float, float]:
    parts = [part for figure in figures for part in (figure.value, figure.low, figure.high)]
    known = [part for part in parts if not math.isnan(part)] or [0.0, 1.0]
    return with_margin(min(known), max(known))


def _axis(scale: svg.Scale, bottom: float, title: str) -> list[Markup]:
    marks = []
    ticks = labelled_ticks(scale.low, scale.high)
    # As many as their numbers leave room for, side by side.
    fits = max(2, int((_RIGHT - _LEFT) / svg.width_of("0.555 ")))
    for tick, label in ticks[:: -(-len(ticks) // fits)]:
        x = scale(tick)
        marks.append(svg.line(x, 12, x, bottom, "grid"))
        marks.append(svg.text(x, bottom + 16, label, anchor="middle", class_="tick"))
    middle = (_LEFT + _RIGHT) / 2
    return [*marks, svg.text(middle, bottom + 34, title, anchor="middle", class_="axis")]


def _row(judged: TaskJudgement, entry: Entry, scale: svg.Scale, y: float) -> Markup:
    figure = score_of(entry, judged.main_metric)
    marks = [svg.text(0, y, svg.clipped(entry.title, _LEFT - 6), class_="label")]
    if figure.available:
        said = figure_said(entry.title, figure)
        if not math.isnan(figure.low + figure.high):
            marks.append(svg.line(scale(figure.low), y - 4, scale(figure.high), y - 4, "interval"))
        marks.append(svg.dot(scale(figure.value), y - 4, 3.5, "point", said))
        value = f"{formats.score(figure)} {standing(judged, entry)[0]}".strip()
        marks.append(svg.text(_VALUES, y, value, class_="value"))
    else:
        words = f"✕ {standing_words(FAILED)}" if entry.standing == FAILED else formats.missing()
        marks.append(svg.text(_LEFT, y, words, class_="muted"))
    strong = " strong" if in_the_race(judged, entry) else ""
    return svg.group(marks, f"f-{entry.family}{strong}", entry.name)
