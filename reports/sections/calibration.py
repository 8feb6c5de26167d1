"""Before and after calibration: tables of every model, and the leading model's curves."""

import math
from collections.abc import Callable

from markupsafe import Markup
from scipy import stats

from ...bench.judge.judgement import Calibrated, Entry, FoldPredictions, TaskJudgement
from ...bench.language.speaking import _
from .. import formats
from ..blocks import Charts, Folded, Section
from ..cells import entry_row, figure_cell
from ..charts import curve_points, svg
from ..charts.axes import Plot, legend
from ..elements import Cell, Column, Figure, Table, plain_table
from ..lookups import score_of, title_of

_SHOWN = ("log_loss", "brier", "ece")
_WIDTH = 400
_UNIT = (0.0, 1.0)
_TICKS = [(value / 5, f"{value / 5:g}") for value in range(6)]
_STROKES = ("solid", "dashed", "dotted", "dash-dot", "long-dash")


def section(judged: TaskJudgement) -> Section | None:
    """Show what calibration changes; None where valid cases allowed none."""
    figure = calibration_figure(judged)
    if figure is None:
        return None
    every = Folded(_("Every model before and after calibration"), calibration_tables(judged))
    return Section("calibration", _("Calibration"), (Charts((figure,)), every), figure.title)


def calibration_tables(judged: TaskJudgement) -> tuple[Table, ...]:
    """Tabulate log loss, Brier score and ECE of the models, as they are and calibrated."""
    first = next((entry for entry in judged.models if entry.calibrations), None)
    if first is None:
        return ()
    columns = (
        Column(_("As it is"), "lower"),
        *(Column(calibrated.title, "lower") for calibrated in first.calibrations),
    )
    return tuple(
        Table(
            caption=_("{metric} before and after calibration on valid cases").format(
                metric=title_of(name)
            ),
            corner=_("Model"),
            columns=columns,
            rows=tuple(entry_row(judged, entry, _row_of(name)) for entry in judged.models),
            note=_(
                "▼ fell, ▲ rose, by a difference that is not zero at 5 % (paired bootstrap, each "
                "difference for itself).  Calibration learns from the valid cases, on which some "
                "models already stopped or calibrated themselves."
            ),
        )
        for name in _SHOWN
    )


def calibration_figure(judged: TaskJudgement) -> Figure | None:
    """Draw the leading model's reliability as it is and after each calibration."""
    entry = next((entry for entry in judged.models if entry.calibrations), None)
    if entry is None:
        return None
    as_it_is = _("As it is")
    versions = [(as_it_is, entry.predictions, score_of(entry, "ece"))]
    for calibrated in entry.calibrations:
        versions.append((calibrated.title, _folds(entry, calibrated), calibrated.scores["ece"]))
    plot = Plot(_UNIT, _UNIT, _("Predicted probability"), _("Share that was positive"))
    marks = [plot.line([(0, 0), (1, 1)], "reference", _("what is predicted is what happens"))]
    lines, key = [], []
    for (name, folds, error), stroke in zip(versions, _STROKES, strict=False):
        bins = curve_points.reliability(judged.task, folds).filled()
        family = entry.family if name == as_it_is else "ensemble"
        line = plot.line([one[:2] for one in bins], f"curve {stroke}", name)
        marks.append(svg.group([line], f"f-{family} highlighted"))
        key.append((family, stroke, f"{name} {formats.score(error)}"))
        for predicted, observed, count, alone in bins:
            low, high = _interval(observed, alone)
            share = Cell(f"{observed:.2f}", f"{low:.2f}–{high:.2f}", repr(observed))
            lines.append((name, f"{predicted:.2f}", share, formats.count(count)))
            if name == as_it_is:
                marks.append(_whisker(plot, entry.family, predicted, low, high))
    reading = _(
        "On the dotted diagonal, what is predicted is what happens.  The whiskers are 95 % "
        "intervals of the shares as they are; the table below has all."
    )
    title = _title(entry)
    below, height = legend(_("ECE"), key, "")
    picture = svg.drawing(
        plot.frame(_TICKS, _TICKS) + marks + below, _WIDTH, height, title, reading
    )
    headings = (_("Version"), _("Mean predicted"), _("Share positive"), _("Cases"))
    table = plain_table(_("Reliability in ten bins of predicted probability"), headings, lines)
    return Figure(title, reading, picture, table)


def _title(entry: Entry) -> str:
    """Say what calibration does to the log loss, as far as that is more than chance."""
    changed = [made for made in entry.calibrations if made.established["log_loss"]]
    better = [made for made in changed if made.falls["log_loss"].value > 0]
    if better:
        best = max(better, key=lambda made: made.falls["log_loss"].value)
        return _("{calibration} calibration lowers {title}'s log loss by {fall}").format(
            calibration=best.title,
            title=entry.title,
            fall=formats.distance(best.falls["log_loss"]),
        )
    if changed:
        return _("{title} is best left as it is: calibrations change nothing or do harm").format(
            title=entry.title
        )
    return _("No calibration changes {title}'s log loss beyond chance").format(title=entry.title)


def _interval(share: float, count: float) -> tuple[float, float]:
    """Give the interval of a share of so many cases (Wilson 1927); not whole where weighted."""
    square = stats.norm.isf(0.025) ** 2 / count
    centre, reach = share + square / 2, math.sqrt(square * (share * (1 - share) + square / 4))
    low, high = ((centre + side * reach) / (1 + square) for side in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def _whisker(plot: Plot, family: str, predicted: float, low: float, high: float) -> Markup:
    x = plot.x(predicted)
    return svg.group(
        [svg.line(x, plot.y(low), x, plot.y(high), "curve")], f"f-{family} highlighted"
    )


def _folds(entry: Entry, calibrated: Calibrated) -> tuple[FoldPredictions, ...]:
    return tuple(
        FoldPredictions(fold.fold, fold.rows, p, fold.threshold)
        for fold, p in zip(entry.predictions, calibrated.p, strict=True)
    )


def _row_of(name: str) -> Callable[[Entry], list[Cell]]:
    def cells(entry: Entry) -> list[Cell]:
        row = [figure_cell(score_of(entry, name))]
        for calibrated in entry.calibrations:
            sign = ""
            if calibrated.established[name]:
                sign = "▼ " if calibrated.falls[name].value > 0 else "▲ "
            cell = figure_cell(calibrated.scores[name])
            row.append(Cell(sign + cell.text, cell.below, cell.sort))
        return row

    return cells
