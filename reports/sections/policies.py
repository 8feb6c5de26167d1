"""Per thousand cases: what acting on nobody, on all, on the top shares or by a rule brings."""

from ...bench.judge.judgement import PolicyOutcome, TaskJudgement
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..blocks import Section, note
from ..cells import amount_cell
from ..elements import Column, Row, Table

_COUNTS = {
    "acted": Column("Acted on", amount=True),
    "found": Column("Found", "higher", amount=True),
    "missed": Column("Missed", "lower", amount=True),
    "false_alarms": Column("False alarms", "lower", amount=True),
}
_MONEY = {
    "profit": Column("Profit", "higher", "main", amount=True),
    "cost": Column("Cost", "lower", "main", amount=True),
}
_AGAINST = {"nobody": "Against nobody", "all": "Against all"}


def section(judged: TaskJudgement) -> Section | None:
    """Show what each policy brings with the leading model; None if no model worked."""
    table = policies_table(judged)
    if table is None:
        return None
    title = f"Per {formats.count(PER_CASES)} cases"
    return Section("policies", title, (table, note(_reading(judged))), folded=False)


def policies_table(judged: TaskJudgement) -> Table | None:
    """Tabulate the policies; None if no model worked."""
    if not judged.policies:
        return None
    first = judged.policies[0]
    columns = [column for name, column in _COUNTS.items() if name in first.scores]
    columns += [column for name, column in _MONEY.items() if name in first.scores]
    columns += [Column(_AGAINST[name], "higher", amount=True) for name in first.gains]
    return Table(
        caption=f"What acting on the probabilities of {judged.models[0].title} brings",
        corner="Policy",
        columns=tuple(columns),
        rows=tuple(_row(policy) for policy in judged.policies),
        style="lines",
    )


def _row(policy: PolicyOutcome) -> Row:
    shown = [name for name in (*_COUNTS, *_MONEY) if name in policy.scores]
    figures = [amount_cell(policy.scores[name]) for name in shown]
    gains = [amount_cell(score, signed=True) for score in policy.gains.values()]
    return Row(policy.title, (*figures, *gains))


def _reading(judged: TaskJudgement) -> str:
    said = "The threshold of the last line was chosen on valid cases."
    money = next((name for name in _MONEY if name in judged.policies[0].scores), None)
    if money is None:
        return f"{said} No money is counted, as the suite does not say what decisions bring."
    return f"{said} The last two columns compare the {money} case by case; positive is better."
