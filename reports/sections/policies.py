"""Per thousand cases: what acting on nobody, on all, on the top shares or by a rule brings."""

from dataclasses import replace

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import PolicyOutcome, TaskJudgement
from ...bench.judge.policies import ALL, NOBODY, TODAY
from ...bench.language.speaking import _, marked
from ...bench.suite.decisions import PER_CASES
from ..cells import amount_cell
from ..counted import cases
from ..elements import Column, Row, Table
from ..lists import following

# With titles that are marked for translation.
_COUNTS = {
    "acted": Column(marked("Acted on"), amount=True),
    "found": Column(marked("Found"), "higher", amount=True),
    "missed": Column(marked("Missed"), "lower", amount=True),
    "false_alarms": Column(marked("False alarms"), "lower", amount=True),
}
_MONEY = {
    "profit": Column(marked("Profit, against nobody"), "higher", "main", amount=True),
    "cost": Column(marked("Cost"), "lower", "main", amount=True),
}
_AGAINST = {
    NOBODY: marked("Against nobody"),
    ALL: marked("Against all"),
    TODAY: marked("Against today’s rule"),
}
_COMPARED = {
    "profit": marked("“Against” compares the profit case by case; more is better."),
    "cost": marked("“Against” compares the cost case by case; more is better."),
}


def policies_table(judged: TaskJudgement) -> Table | None:
    """Tabulate the policies; None if no model worked."""
    if not judged.policies or entry_to_act_on(judged) is None:
        return None
    first = judged.policies[0]
    columns = [
        replace(column, title=_(column.title))
        for name, column in (_COUNTS | _MONEY).items()
        if name in first.scores
    ]
    columns += [Column(_(_AGAINST[name]), "higher", amount=True) for name in _compared(first)]
    return Table(
        caption=_caption(judged),
        corner=_("Policy"),
        columns=tuple(columns),
        rows=tuple(_row(policy) for policy in judged.policies),
        style="lines",
    )


def _caption(judged: TaskJudgement) -> str:
    places = {"cases": cases(PER_CASES), "title": entry_to_act_on(judged).title}
    if judged.decisions.profit is not None:
        value, cost = (f"{amount:g}" for amount in judged.decisions.profit)
        return _(
            "Per {cases}, with {title}; a right yes is worth {value}, acting costs {cost}"
        ).format(**places, value=value, cost=cost)
    if judged.decisions.costs is not None:
        yes, no = (f"{amount:g}" for amount in judged.decisions.costs)
        return _("Per {cases}, with {title}; a wrong yes costs {yes}, a wrong no {no}").format(
            **places, yes=yes, no=no
        )
    return _("Per {cases}, with {title}").format(**places)


def _row(policy: PolicyOutcome) -> Row:
    shown = [name for name in (*_COUNTS, *_MONEY) if name in policy.scores]
    figures = [amount_cell(policy.scores[name]) for name in shown]
    gains = [amount_cell(policy.gains[name], signed=True) for name in _compared(policy)]
    return Row(policy.title, (*figures, *gains))


def _compared(policy: PolicyOutcome) -> list[str]:
    """Name what is compared with; acting on nobody brings no profit, which a profit is over it."""
    return [name for name in policy.gains if name != NOBODY or "profit" not in policy.scores]


def reading_of(judged: TaskJudgement) -> str:
    """Explain the table."""
    said = _(
        "On test cases, with 95 % intervals. The rule’s threshold was chosen on valid cases, which "
        "are kept apart from both those learnt from and those tested."
    )
    money = next((name for name in _MONEY if name in judged.policies[0].scores), None)
    return following((said, _(_COMPARED[money]) if money else ""))
