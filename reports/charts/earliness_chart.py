"""The chart of profit against earliness: what policies bring, and how soon they act."""

import math

from ...bench.judge.act_or_wait import Acting
from ...bench.language.speaking import _
from .. import formats
from ..cells import amount_cell
from ..elements import Figure, plain_table
from . import svg
from .axes import Plot, labelled_ticks, with_margin

_WIDTH = 400


def earliness(acting: Acting) -> Figure | None:
    """Draw the profit against the mean event of acting; None where no policy ever acts."""
    shown = [one for one in acting.policies if not math.isnan(one.mean_event)]
    if not shown:
        return None
    heights = with_margin(
        min(0.0, *(one.profit.low for one in shown)), max(0.0, *(one.profit.high for one in shown))
    )
    last = max(math.ceil(max(one.mean_event for one in shown)) + 1, 3)
    profit_title = _("Profit per 1,000 visits")
    plot = Plot((1, last), heights, _("Event at which it acts, in the mean"), profit_title)
    step = max(1, math.ceil((last - 1) / 8))
    marks = plot.frame(
        [(event, str(event)) for event in range(1, last + 1, step)], labelled_ticks(*heights)
    )
    points = [(plot.x(one.mean_event), plot.y(one.profit.value)) for one in shown]
    for one, (x, y), label in zip(
        shown, points, plot.labels(points, [one.title for one in shown]), strict=True
    ):
        said = _("{title}: {profit} at event {event}").format(
            title=one.title,
            profit=formats.amount(one.profit),
            event=formats.fixed(one.mean_event, 1),
        )
        whisker = svg.line(x, plot.y(one.profit.low), x, plot.y(one.profit.high), "interval")
        marks.append(svg.group([whisker, svg.dot(x, y, 4, "point", said), *label], "f-sequence"))
    title = _("Profit and earliness")
    reading = _(
        "Up brings more, left acts sooner; the line through each point is its 95 % interval over "
        "the same visits, so trust the differences in the table, not the overlap."
    )
    table = plain_table(
        title,
        (_("Policy"), _("Mean event"), profit_title),
        [(one.title, formats.fixed(one.mean_event, 1), amount_cell(one.profit)) for one in shown],
    )
    return Figure(
        title, reading, svg.drawing(marks, _WIDTH, plot.bottom + 40, title, reading), table
    )
