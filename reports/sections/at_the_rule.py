"""At the rule: the confusion matrix per 1,000 cases, and what other thresholds are worth."""

from ...bench.judge.judgement import PolicyOutcome, TaskJudgement
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..blocks import Block, Pair, Section, note
from ..cells import amount_cell
from ..charts.worth_chart import worth_figure
from ..elements import Column, Row, Table


def section(judged: TaskJudgement) -> Section | None:
    """Show who is called what at the rule, and the curve; None if no model worked."""
    if not judged.policies:
        return None
    table = confusion_table(judged.policies[-1])
    figure = worth_figure(judged)
    left: tuple[Block, ...] = (table, note(_READING))
    blocks = (Pair(left, (figure,)),) if figure is not None else left
    acted = judged.policies[-1].scores["acted"]
    finding = f"{formats.amount(acted)} of {formats.count(PER_CASES, 'case')} are acted on"
    return Section("rule", "What the rule decides", blocks, finding)


_READING = (
    "Whole cases, each with its 95 % interval. What a wrong yes and a wrong no cost decides which "
    "rule is best; The decision threshold shows the others."
)


def confusion_table(rule: PolicyOutcome) -> Table:
    """Tabulate what was said and what came, per 1,000 cases."""

    def cells(*names: str) -> tuple:
        return tuple(amount_cell(rule.scores[name]) for name in names)

    return Table(
        caption=f"{rule.title}: what becomes of {formats.count(PER_CASES, 'case')}",
        corner="What came",
        columns=(Column("Acted on", amount=True), Column("Left alone", amount=True)),
        rows=(
            Row("It happened", cells("found", "missed")),
            Row("It did not", cells("false_alarms", "left_alone")),
        ),
        style="lines",
    )
