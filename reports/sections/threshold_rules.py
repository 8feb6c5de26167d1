"""What thresholds bring: each rule for the leading model, and all entries under each rule."""

from collections.abc import Callable

from ...bench.judge.judgement import Entry, RuleOutcome, TaskJudgement
from ...bench.language.speaking import _
from ...bench.metrics.key import AT_HALF, CHOSEN
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..blocks import Folded, Section
from ..cells import entry_row, figure_cell
from ..counted import cases
from ..elements import Cell, Column, Row, Table

# These two have a comparison table of their own.
_TOLD_ELSEWHERE = (AT_HALF, CHOSEN)


def section(judged: TaskJudgement) -> Section | None:
    """Show what each rule brings; None if no model worked."""
    table = rules_table(judged)
    if table is None:
        return None
    every = Folded(_("Every model and ensemble under each rule"), rule_tables(judged))
    title, finding = _("The decision threshold"), _("what each rule brings")
    return Section("thresholds", title, (table, every), finding)


def rules_table(judged: TaskJudgement) -> Table | None:
    """Tabulate what each rule brings with the leading model; None if no model worked."""
    leader = next((entry for entry in judged.models if entry.outcomes), None)
    if leader is None:
        return None
    return Table(
        caption=_("What the choice of a threshold brings: {title}").format(title=leader.title),
        corner=_("Rule"),
        columns=_columns(leader),
        rows=tuple(
            Row(title=outcome.title, cells=tuple(_cells(outcome))) for outcome in leader.outcomes
        ),
        note=_(
            "Each threshold was chosen on valid cases alone and then used, unchanged, on the test "
            "cases; the share acted on, the precision or the recall that a rule asks for is "
            "therefore met only about.  Thresholds are means over folds."
        ),
    )


def rule_tables(judged: TaskJudgement) -> tuple[Table, ...]:
    """Tabulate all entries under each rule that no other table shows."""
    entries = (*judged.models, *judged.ensembles)
    first = next((entry for entry in entries if entry.outcomes), None)
    if first is None:
        return ()
    return tuple(
        Table(
            caption=_("{rule}: every entry").format(rule=outcome.title),
            corner=_("Entry"),
            columns=_columns(first),
            rows=tuple(entry_row(judged, entry, _under(outcome.rule)) for entry in entries),
        )
        for outcome in first.outcomes
        if outcome.rule not in _TOLD_ELSEWHERE
    )


def _columns(entry: Entry) -> tuple[Column, ...]:
    columns = {
        "acted": Column(_("Acted on")),
        "precision": Column(_("Precision"), "higher"),
        "recall": Column(_("Recall"), "higher"),
        "f1": Column(_("F1"), "higher"),
        "cost": Column(_("Cost of {cases}").format(cases=cases(PER_CASES)), "lower", amount=True),
        "profit": Column(
            _("Profit of {cases}").format(cases=cases(PER_CASES)), "higher", amount=True
        ),
    }
    return (Column(_("Threshold")), *(columns[name] for name in entry.outcomes[0].scores))


def _under(rule: str) -> Callable[[Entry], list[Cell]]:
    def cells(entry: Entry) -> list[Cell]:
        return _cells(next(outcome for outcome in entry.outcomes if outcome.rule == rule))

    return cells


def _cells(outcome: RuleOutcome) -> list[Cell]:
    mean = sum(outcome.thresholds) / len(outcome.thresholds)
    # Above every probability: it decides no everywhere.
    threshold = _("none") if min(outcome.thresholds) > 1 else formats.fixed(mean, 2)
    cells = [Cell(threshold, sort=repr(float(mean)))]
    return [*cells, *map(figure_cell, outcome.scores.values())]
