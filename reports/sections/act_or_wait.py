"""Act or wait: what policies bring per 1,000 visits, when they act, and what was only stated."""

import math

from ...bench.judge.act_or_wait import BEST_POSSIBLE, Acting, PolicyProfit
from ...bench.judge.judgement import TaskJudgement
from ...bench.judge.score import Score
from ...bench.language.speaking import _, marked
from .. import formats
from ..blocks import Block, Pair, Section, note, sentence
from ..cells import amount_cell
from ..charts.earliness_chart import earliness
from ..elements import Cell, Column, Row, Table
from ..lists import joined

_NOT_LEARNT = marked(
    "What acting changes was stated by the user and not learnt: a log without offers shown at "
    "random does not tell what an offer would have changed. Profits hold only as far as that is "
    "true."
)


def section(judged: TaskJudgement) -> Section | None:
    """Show what policies bring; None where nobody acts or waits."""
    acting = judged.acting
    if acting is None or not acting.policies:
        return None
    figure = earliness(acting)
    left: tuple[Block, ...] = (
        sentence(_("{finding}.").format(finding=finding(acting))),
        sentence(_stated(acting)),
        note(_(_NOT_LEARNT)),
    )
    said = (Pair(left, (figure,)),) if figure is not None else left
    blocks = (*said, profits_table(acting), note(_reading(acting)))
    return Section("act-or-wait", _("Act or wait"), blocks, finding(acting))


def finding(acting: Acting) -> str:
    """Say which policy brought most, and what of that is established."""
    playing = [one for one in acting.policies if not one.why_not and one.name != BEST_POSSIBLE]
    if not playing or playing[0].profit.low <= 0:
        return _("No policy is established to bring more than never acting")
    first = playing[0]
    said = _("{title} brought most: {profit} per 1,000 visits ({interval}) over never acting")
    return said.format(
        title=first.title,
        profit=formats.amount(first.profit),
        interval=formats.amount_interval(first.profit),
    )


def profits_table(acting: Acting) -> Table:
    """Tabulate the policies, the most profitable first."""
    knows_best = any(one.regret.available for one in acting.policies)
    columns = [
        Column(_("Profit"), "higher", "main", amount=True),
        Column(_("Behind the first"), "lower", amount=True),
        *([Column(_("Regret"), "lower", amount=True)] if knows_best else []),
        Column(_("Acts in"), amount=True),
        Column(_("Given away"), "lower", amount=True),
        Column(_("At event"), amount=True),
    ]
    return Table(
        caption=_("Per 1,000 visits, over never acting"),
        corner=_("Policy"),
        columns=tuple(columns),
        rows=tuple(_row(one, knows_best=knows_best) for one in acting.policies),
        style="lines",
    )


def _row(one: PolicyProfit, *, knows_best: bool) -> Row:
    if one.why_not:
        return Row(one.title, reason=one.why_not)
    cells = [
        amount_cell(one.profit, signed=True),
        _cell(one.behind),
        *([_regret(one)] if knows_best else []),
        amount_cell(one.acted),
        amount_cell(one.given_away),
        _when(one),
    ]
    return Row(
        one.title, tuple(cells), strong=not one.behind.available and one.name != BEST_POSSIBLE
    )


def _cell(figure: Score) -> Cell:
    return amount_cell(figure) if figure.available else Cell("")


def _regret(one: PolicyProfit) -> Cell:
    cell = amount_cell(one.regret)
    if math.isnan(one.regret_share):
        return cell
    return Cell(f"{cell.text} ({formats.share(one.regret_share)})", cell.below, cell.sort)


def _when(one: PolicyProfit) -> Cell:
    if not one.when:
        return Cell(_("never"))
    low, middle, high = (f"{event:g}" for event in one.when)
    return Cell(middle, formats.from_to(low, high), repr(one.when[1]))


def _stated(acting: Acting) -> str:
    economics = acting.economics
    uplift = [f"{100 * one:g} %" for one in economics.uplift]
    said = (
        _("with a probability of {uplift}")
        if len(uplift) == 1
        else _("with a probability, by event, of {uplift}, and the last one from then on")
    )
    return _(
        "As stated: acting costs {cost}; it saves a sale that would have been lost, worth {value}, "
        "{chance}; and it gives away {giveaway} where the sale would have come anyway. "
        "Probabilities after each event: {scores}, calibrated on valid visits; no policy saw a "
        "later event."
    ).format(
        cost=f"{economics.cost:g}",
        value=f"{economics.value:g}",
        chance=said.format(uplift=joined(uplift)),
        giveaway=f"{economics.giveaway:g}",
        scores=acting.scores,
    )


def _reading(acting: Acting) -> str:
    said = [
        _(
            "Profit is what the outcomes of the test visits give, with what the offer does taken "
            "in the mean, with 95 % intervals over visits; “Behind the first” compares visit by "
            "visit with the policy that brought most here. “At event”: half of the visits acted "
            "upon are acted upon by then, with the events by which a tenth and nine tenths are."
        )
    ]
    if any(one.regret.available for one in acting.policies):
        said.append(
            _(
                "Regret is what is lost in expectation against the best possible policy, which "
                "knows the true probabilities and how visits go on: all that is lost by "
                "probabilities that had to be learnt, and by the policy."
            )
        )
    return " ".join(said)
