"""At the rule: the confusion matrix per 1,000 cases, and what other thresholds are worth."""

from ...bench.judge.judgement import PolicyOutcome, TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..blocks import Block, Pair, Section, note
from ..cells import amount_cell
from ..charts.worth_chart import worth_figure
from ..counted import cases
from ..elements import Column, Row, Table


def section(judged: TaskJudgement) -> Section | None:
    """Show who is called what at the rule, and the curve; None if no model worked."""
    if not judged.policies:
        return None
    table = confusion_table(judged.policies[-1])
    figure = worth_figure(judged)
    left: tuple[Block, ...] = (table, note(_(_READING)))
    blocks = (Pair(left, (figure,)),) if figure is not None else left
    acted = judged.policies[-1].scores["acted"]
    finding = _("{n} of {cases} are acted on").format(
        n=formats.amount(acted), cases=cases(PER_CASES)
    )
    return Section("rule", _("What the rule decides"), blocks, finding)


_READING = marked(
    "Whole cases, each with its 95 % interval. What a wrong yes and a wrong no cost decides which "
    "rule is best; The decision threshold shows the others."
)


def confusion_table(rule: PolicyOutcome) -> Table:
    """Tabulate what was said and what came, per 1,000 cases."""

    def cells(*names: str) -> tuple:
        return tuple(amount_cell(rule.scores[name]) for name in names)

    return Table(
        caption=_("{rule}: what becomes of {cases}").format(
            rule=rule.title, cases=cases(PER_CASES)
        ),
        corner=_("What came"),
        columns=(Column(_("Acted on"), amount=True), Column(_("Left alone"), amount=True)),
        rows=(
            Row(_("It happened"), cells("found", "missed")),
            Row(_("It did not"), cells("false_alarms", "left_alone")),
        ),
        style="lines",
    )
