"""Cumulative gains: how many of the positive cases the highest scores hold."""

from collections.abc import Sequence

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import Entry, PolicyOutcome, TaskJudgement
from ...bench.judge.policies import TODAY, TOP_SHARES
from ...bench.language.speaking import _
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..elements import Figure, plain_table
from . import svg
from .axes import Plot, legend

_WIDTH = 400
_UNIT = (0.0, 1.0)
_TICKS = [(value / 5, f"{20 * value}\u00a0%") for value in range(6)]
_READ_AT = (*TOP_SHARES, 0.3, 0.5)


def gains_figure(judged: TaskJudgement) -> Figure | None:
    """Draw what acting on ever more of the highest scores finds; None if no model worked."""
    entry = entry_to_act_on(judged)
    if entry is None or not judged.by_share:
        return None
    today = next((policy for policy in judged.policies if policy.policy == TODAY), None)
    tenth = _at(judged, 0.1).scores["reached"]
    title = _("Acting on a tenth of the cases, {title} finds {share} of the positive ones").format(
        title=entry.title, share=formats.percent(tenth)
    )
    reading = _(
        "The band is the 95\u00a0% interval over test cases; the dotted line is what a lot finds."
    )
    return Figure(
        title, reading, _drawing(judged, entry, today, title, reading), _table(judged, today)
    )


def _drawing(
    judged: TaskJudgement, entry: Entry, today: PolicyOutcome | None, title: str, reading: str
):
    plot = Plot(
        _UNIT,
        _UNIT,
        _("Acted on, share of cases"),
        _("Found, share of the positive cases"),
        flat=True,
    )
    points = [(_acted(policy), policy.scores["reached"]) for policy in judged.by_share]
    band = [(0.0, 0.0), *((x, score.high) for x, score in points)]
    band += [(x, score.low) for x, score in reversed(points)]
    line = [(0.0, 0.0), *((x, score.value) for x, score in points)]
    marks = plot.frame(_TICKS, _TICKS)
    marks.append(plot.line([(0, 0), (1, 1)], "reference", _("by lot")))
    said = _("{title}: share of the positive cases found, by share acted on").format(
        title=entry.title
    )
    model = [plot.area(band, "band"), plot.line(line, "curve solid", said)]
    marks.append(svg.group(model, f"f-{entry.family} highlighted", entry.name))
    lines = [(entry.family, "solid", entry.title)]
    rest = ""
    if today is not None:
        x, reached = _acted(today), today.scores["reached"]
        told = _("{rule}: {share} of the positive cases").format(
            rule=today.title, share=formats.percent(reached)
        )
        whisker = svg.line(
            plot.x(x), plot.y(reached.low), plot.x(x), plot.y(reached.high), "interval"
        )
        dot = svg.dot(plot.x(x), plot.y(reached.value), 4, "point", told)
        marks.append(svg.group([whisker, dot], "f-baseline"))
        rest = _("grey dot: {rule}").format(rule=today.title)
    below, height = legend("", lines, rest, plot.bottom)
    return svg.drawing([*marks, *below], _WIDTH, height, title, reading)


def _table(judged: TaskJudgement, today: PolicyOutcome | None):
    shown: Sequence[PolicyOutcome] = [_at(judged, share) for share in _READ_AT]
    lines = [_line(policy) for policy in ([today] if today is not None else []) + list(shown)]
    return plain_table(
        _("Found, by share acted on"),
        (_("Acted on"), _("Share of cases"), _("Found"), _("95\u00a0% interval"), _("By lot")),
        lines,
        style="small",
    )


def _line(policy: PolicyOutcome) -> tuple[str, ...]:
    acted, reached = policy.scores["acted"], policy.scores["reached"]
    share = formats.share(acted.value / PER_CASES, 0)
    low, high = (formats.share(end, 0) for end in (reached.low, reached.high))
    between = _("{low} to {high}").format(low=low, high=high)
    return policy.title, share, formats.percent(reached), between, share


def _at(judged: TaskJudgement, share: float) -> PolicyOutcome:
    return min(judged.by_share, key=lambda policy: abs(_acted(policy) - share))


def _acted(policy: PolicyOutcome) -> float:
    return policy.scores["acted"].value / PER_CASES
