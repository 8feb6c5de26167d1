"""The charts in a unit square: how entries rank cases, and whether their probabilities hold."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from markupsafe import Markup

from ...bench.judge.judgement import FAILED, Entry, FoldPredictions, TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.store.records import TaskRecord
from .. import formats
from ..counted import cases
from ..elements import Figure, Table, plain_table
from ..lists import following
from ..lookups import score_of, tested_rate, title_of
from . import curve_points, svg
from .axes import Plot, legend

_WIDTH = 400
_N_HIGHLIGHTED = 3
# The leading models are often of one family, and so of one colour: the dashes tell them apart.
_STROKES = ("solid", "dashed", "dotted", "dash-dot")
_UNIT = (0.0, 1.0)
_TICKS = [(value / 5, f"{value / 5:g}") for value in range(6)]
_MEANS = marked("Curves are means over folds.")

_Curves = Mapping[str, np.ndarray]


def roc(judged: TaskJudgement) -> Figure:
    """Draw the ROC curves, the leading few in colour."""
    known = _known_curves(judged, curve_points.roc)
    first = next((entry for entry in highlighted(judged) if entry.name in known), None)
    title = _("No ROC curve can be drawn")
    if first:
        found = np.interp(0.1, curve_points.FALSE_ALARM_GRID, known[first.name])
        title = _(
            "When a tenth of the negative cases raise a false alarm, {title} finds {share} of the "
            "positive ones"
        ).format(title=first.title, share=formats.share(found, 0))
    plot = Plot(_UNIT, _UNIT, _("False alarms: share of negative cases"), _("Positive cases found"))
    chance = plot.line([(0, 0), (1, 1)], "reference", _("the base rate: no ranking at all"))
    return _finished(
        plot,
        [chance, *_lines(judged, plot, known, curve_points.FALSE_ALARM_GRID)],
        _key(judged, "roc_auc"),
        title,
        following((_(_ROC_READING), _(_MEANS))),
        _readings(
            _("Share of positive cases found, by share of false alarms"),
            judged, known, curve_points.FALSE_ALARM_GRID, (0.01, 0.05, 0.1, 0.2, 0.3, 0.5),
        ),
    )  # fmt: skip


def precision_recall(judged: TaskJudgement) -> Figure:
    """Draw the precision-recall curves, the leading few in colour."""
    rate = tested_rate(judged)
    known = _known_curves(judged, curve_points.precision_recall)
    first = next((entry for entry in highlighted(judged) if entry.name in known), None)
    title = _("No precision-recall curve can be drawn")
    if first:
        right = np.interp(0.5, curve_points.RECALL_GRID, known[first.name])
        title = _(
            "Finding half of the positive cases, {title} is right in {share} of its alarms; the "
            "base rate is {rate}"
        ).format(title=first.title, share=formats.share(right, 0), rate=formats.share(rate, 0))
    sides = _("Recall: positive cases found"), _("Precision: alarms that are right")
    plot = Plot(_UNIT, _UNIT, *sides)
    hover = _("base rate {rate}").format(rate=formats.share(rate))
    chance = plot.line([(0, rate), (1, rate)], "reference", hover)
    return _finished(
        plot,
        [chance, *_lines(judged, plot, known, curve_points.RECALL_GRID)],
        _key(judged, "pr_auc"),
        title,
        following((_(_PRECISION_READING), _(_MEANS))),
        _readings(
            _("Precision, by recall"),
            judged,
            known,
            curve_points.RECALL_GRID,
            (0.1, 0.25, 0.5, 0.75, 0.9),
        ),
    )


_ROC_READING = marked(
    "Further to the upper left is better; the dotted diagonal is the base rate, which ranks nobody."
)
_PRECISION_READING = marked(
    "Higher is better; the dotted line is the base rate, the precision of picking at random."
)


def calibration(judged: TaskJudgement) -> Figure:
    """Draw predicted probability against what happened, for the leading few, with counts."""
    chosen = [entry for entry in highlighted(judged) if entry.predictions]
    bins = [curve_points.reliability(judged.task, entry.predictions) for entry in chosen]
    most = max((float(part.count.max()) for part in bins), default=1.0)
    plot = Plot(_UNIT, _UNIT, _("Predicted probability"), _("Share that was positive"))
    marks = [plot.line([(0, 0), (1, 1)], "reference", _("what is predicted is what happens"))]
    lines = []
    for entry, part, stroke in zip(chosen, bins, _STROKES, strict=False):
        marks.append(_reliability(plot, entry, part, stroke, most))
        lines += [
            (entry.title, f"{predicted:.2f}", f"{observed:.2f}", formats.count(count))
            for predicted, observed, count, _alone in part.filled()
        ]
    title = _("No probabilities to check")
    if chosen:
        said = _("How far {title}'s probabilities can be taken at their word")
        error = score_of(chosen[0], "ece")
        if error.available:
            said = _("{title}'s probabilities are {error} away from what happened, on average")
        title = said.format(title=chosen[0].title, error=formats.score(error))
    return _finished(
        plot,
        marks,
        _key(judged, "ece", others=False),
        title,
        _(
            "On the dotted diagonal, what is predicted is what happens; below it, the model "
            "promises too much. Larger dots hold more cases; bins with few cases scatter."
        ),
        plain_table(
            _("Reliability in ten bins of predicted probability"),
            (_("Entry"), _("Mean predicted"), _("Share positive"), _("Cases")),
            lines,
        ),
    )


def highlighted(judged: TaskJudgement) -> list[Entry]:
    """Pick the entries worth a colour: the first few models, and the first ensemble."""
    models = [e for e in judged.models if e.standing != FAILED and e.family != "baseline"]
    ensembles = [e for e in judged.ensembles if e.scores]
    return models[:_N_HIGHLIGHTED] + ensembles[:1]


def _known_curves(
    judged: TaskJudgement,
    curve: Callable[[TaskRecord, Sequence[FoldPredictions]], np.ndarray | None],
) -> _Curves:
    made = {
        entry.name: curve(judged.task, entry.predictions)
        for entry in (*judged.models, *judged.ensembles)
    }
    return {name: points for name, points in made.items() if points is not None}


def _lines(judged: TaskJudgement, plot: Plot, known: _Curves, grid: np.ndarray) -> list[Markup]:
    """Draw the curves: the many first, thin and grey, so that the few lie on top."""
    few = highlighted(judged)
    strokes = {entry.name: stroke for entry, stroke in zip(few, _STROKES, strict=False)}
    many = [e for e in (*judged.models, *judged.ensembles) if e.name not in strokes]
    marks = []
    for entry in (*many, *reversed(few)):
        # The base rate is the reference line already.
        if entry.name in known and entry.family != "baseline":
            stroke = strokes.get(entry.name, "")
            points = list(zip(grid, known[entry.name], strict=True))
            line = plot.line(points, f"curve {stroke}".strip(), entry.title)
            kind = "highlighted" if stroke else "other"
            marks.append(svg.group([line], f"f-{entry.family} {kind}", entry.name))
    return marks


def _reliability(
    plot: Plot, entry: Entry, part: curve_points.Reliability, stroke: str, most: float
) -> Markup:
    bins = part.filled()
    marks = [plot.line([one[:2] for one in bins], f"curve {stroke}", entry.title)]
    for predicted, observed, count, _alone in bins:
        said = _("{title}: {cases}, predicted {predicted}, positive {observed}").format(
            title=entry.title,
            cases=cases(count),
            predicted=f"{predicted:.2f}",
            observed=f"{observed:.2f}",
        )
        # The area of a dot, not its width, is what the eye compares.
        radius = 1.5 + 5 * math.sqrt(count / most)
        marks.append(svg.dot(plot.x(predicted), plot.y(observed), radius, "point", said))
    return svg.group(marks, f"f-{entry.family} highlighted", entry.name)


def _key(judged: TaskJudgement, metric: str, *, others: bool = True) -> tuple[list[Markup], float]:
    """Explain the lines below the chart; gives the marks and the picture's height."""
    few = highlighted(judged)
    figures = [score_of(entry, metric) for entry in few]
    lines = [
        (entry.family, stroke, f"{entry.title} {formats.score(figure)}")
        for entry, stroke, figure in zip(few, _STROKES, figures, strict=False)
    ]
    heading = _("{metric} of the leading entries").format(metric=title_of(metric))
    return legend(heading, lines, _("thin grey: all others") if others else "")


def _readings(
    caption: str,
    judged: TaskJudgement,
    known: _Curves,
    grid: np.ndarray,
    places: tuple[float, ...],
) -> Table:
    """Tabulate all curves, read at a few places."""
    lines = [
        (entry.title, *(f"{at:.2f}" for at in np.interp(places, grid, known[entry.name])))
        for entry in (*judged.models, *judged.ensembles)
        if entry.name in known
    ]
    return plain_table(caption, (_("Entry"), *(f"{place:g}" for place in places)), lines)


def _finished(
    plot: Plot,
    marks: list[Markup],
    key: tuple[list[Markup], float],
    title: str,
    reading: str,
    table: Table,
) -> Figure:
    below, height = key
    picture = plot.frame(_TICKS, _TICKS) + marks + below
    return Figure(title, reading, svg.drawing(picture, _WIDTH, height, title, reading), table)
