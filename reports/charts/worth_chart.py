"""What acting is worth: money by the share acted on, or the net benefit by the threshold."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import Entry, PolicyOutcome, Score, TaskJudgement
from ...bench.judge.policies import ALL, TODAY
from ...bench.language.speaking import _, marked
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..counted import cases
from ..elements import Figure, plain_table
from . import svg
from .axes import Plot, labelled_ticks, legend, with_margin

_WIDTH = 400
_SHARE_TICKS = [(value / 5, f"{20 * value}\u00a0%") for value in range(6)]
# Of what is to be had: the highest, its axis, and the table behind it, with its column.
_MONEY = {
    "profit": (
        marked(
            "Highest profit on these test cases: {amount} per {cases}, acting on the {share} with "
            "the highest scores"
        ),
        marked("Profit per {cases}"),
        marked("Profit per {cases}, by share acted on"),
        marked("Profit"),
    ),
    "cost": (
        marked(
            "Lowest cost on these test cases: {amount} per {cases}, acting on the {share} with the "
            "highest scores"
        ),
        marked("Cost per {cases}"),
        marked("Cost per {cases}, by share acted on"),
        marked("Cost"),
    ),
}


def worth_figure(judged: TaskJudgement) -> Figure | None:
    """Draw profit or cost where the suite says what decisions bring, otherwise the net benefit.

    None if no model worked.
    """
    entry = entry_to_act_on(judged)
    if entry is None or not judged.by_share:
        return None
    money = next((name for name in _MONEY if name in judged.by_share[0].scores), None)
    return _net_benefit(judged, entry) if money is None else _money(judged, entry, money)


def _money(judged: TaskJudgement, entry: Entry, money: str) -> Figure:
    best = (max if money == "profit" else min)(
        judged.by_share, key=lambda policy: policy.scores[money].value
    )
    places = {
        "amount": formats.amount(best.scores[money]),
        "cases": cases(PER_CASES),
        "share": formats.share(_acted(best), 0),
    }
    title, y_title, caption, heading = (_(said).format(**places) for said in _MONEY[money])
    reading = _(
        "The band is the 95\u00a0% interval over test cases. The highest point is picked on them, "
        "so it flatters; the rule was chosen on valid cases."
    )
    curve = [(_acted(policy), policy.scores[money]) for policy in judged.by_share]
    today = next((policy for policy in judged.policies if policy.policy == TODAY), None)
    marks_of = [(_acted(policy), policy) for policy in (judged.policies[-1], today) if policy]
    everybody = next(policy for policy in judged.policies if policy.policy == ALL)
    shown = [score for _, score in curve] + [policy.scores[money] for _, policy in marks_of]
    heights = _range(shown)
    plot = Plot((0.0, 1.0), heights, _("Acted on, share of cases"), y_title, flat=True)
    marks = plot.frame(_SHARE_TICKS, labelled_ticks(*heights))
    level = everybody.scores[money].value
    marks.append(plot.line([(0, level), (1, level)], "reference", _("acting on all")))
    marks.append(_banded(plot, entry, curve))
    for x, policy in marks_of:
        marks.append(_marked(plot, x, policy, money))
    rest = _("dotted: acting on all; dot: the rule")
    if today is not None:
        rest = _("dotted: acting on all; dots: the rule, and today’s rule (grey)")
    below, height = legend("", [(entry.family, "solid", entry.title)], rest, plot.bottom)
    lines = [
        (formats.share(x, 0), formats.amount(score), formats.amount_interval(score))
        for x, score in curve
    ]
    table = plain_table(
        caption, (_("Acted on"), heading, _("95\u00a0% interval")), lines, style="small"
    )
    return Figure(
        title, reading, svg.drawing([*marks, *below], _WIDTH, height, title, reading), table
    )


def _net_benefit(judged: TaskJudgement, entry: Entry) -> Figure:
    points = judged.net_benefits
    useful = [point for point in points if point.entry.low > max(0.0, point.all_.value)]
    if useful:
        first, last = (formats.share(point.threshold) for point in (useful[0], useful[-1]))
        title = _(
            "{title} is worth more than acting on all or on nobody for who acts from a probability "
            "of {low} to {high} on"
        ).format(title=entry.title, low=first, high=last)
    else:
        title = _(
            "{title} is nowhere established to be worth more than acting on all or nobody"
        ).format(title=entry.title)
    reading = _(
        "Net benefit: right ones acted on, less wrong ones at the price that the threshold sets "
        "(at 20\u00a0%, four wrong ones outweigh one right one). The band is the 95\u00a0% "
        "interval."
    )
    curve = [(_log_odds(point.threshold), point.entry) for point in points]
    heights = _range([score for _, score in curve])
    plot = Plot(
        (curve[0][0], curve[-1][0]), heights,
        _("Acts from this probability on"),
        _("Net benefit per {cases}").format(cases=cases(PER_CASES)), flat=True,
    )  # fmt: skip
    ticks = [
        (_log_odds(point.threshold), formats.share(point.threshold, 0)) for point in points[::3]
    ]
    marks = plot.frame(ticks, labelled_ticks(*heights))
    nobody = [(x, 0.0) for x, score in curve]
    marks.append(plot.line(nobody, "reference", _("acting on nobody")))
    everybody = [(_log_odds(point.threshold), point.all_.value) for point in points]
    within = [(x, y) for x, y in everybody if y >= heights[0]]
    marks.append(plot.line(within, "reference", _("acting on all")))
    marks.append(_banded(plot, entry, curve))
    below, height = legend(
        "",
        [(entry.family, "solid", entry.title)],
        _("dotted: acting on all, and on nobody (0)"),
        plot.bottom,
    )
    lines = [
        (
            formats.share(point.threshold),
            formats.amount(point.entry),
            formats.amount_interval(point.entry),
            formats.amount(point.all_),
        )
        for point in points
    ]
    table = plain_table(
        _("Net benefit per {cases}, by the probability from which one acts").format(
            cases=cases(PER_CASES)
        ),
        (_("Acts from"), entry.title, _("95\u00a0% interval"), _("Acting on all")),
        lines,
        style="small",
    )
    return Figure(
        title, reading, svg.drawing([*marks, *below], _WIDTH, height, title, reading), table
    )


def _banded(plot: Plot, entry: Entry, curve: Sequence[tuple[float, Score]]) -> Markup:
    band = [(x, score.high) for x, score in curve]
    band += [(x, score.low) for x, score in reversed(curve)]
    line = plot.line([(x, score.value) for x, score in curve], "curve solid", entry.title)
    return svg.group([plot.area(band, "band"), line], f"f-{entry.family} highlighted", entry.name)


def _marked(plot: Plot, x: float, policy: PolicyOutcome, money: str) -> Markup:
    score = policy.scores[money]
    said = _("{title}: {figure} ({interval})").format(
        title=policy.title,
        figure=formats.amount(score),
        interval=formats.amount_interval(score),
    )
    whisker = svg.line(plot.x(x), plot.y(score.low), plot.x(x), plot.y(score.high), "interval")
    dot = svg.dot(plot.x(x), plot.y(score.value), 4, "point", said)
    return svg.group([whisker, dot], "f-baseline" if policy.policy == TODAY else "f-ensemble")


def _range(scores: Sequence[Score]) -> tuple[float, float]:
    ends = [end for score in scores for end in (score.low, score.high)]
    return with_margin(min(0.0, *ends), max(0.0, *ends))


def _acted(policy: PolicyOutcome) -> float:
    return policy.scores["acted"].value / PER_CASES


def _log_odds(threshold: float) -> float:
    return math.log(threshold / (1 - threshold))
