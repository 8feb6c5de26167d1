"""Decisions: what comes of each entry's probabilities at 0.5 and at the chosen threshold."""

from collections.abc import Sequence

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.language.speaking import _
from ...bench.metrics.key import AT_HALF, CHOSEN
from .. import formats
from ..blocks import Section
from ..cells import entry_row, figure_cell, metric_column, sort_key
from ..elements import Cell, Column, Table
from ..lookups import base_accuracy, leading_rule, metrics_of, score_of


def section(judged: TaskJudgement) -> Section:
    """Show the models' decisions."""
    return Section(
        "decisions",
        _("Decisions of every model"),
        decisions_tables(judged, judged.models),
        _("at 0.5, and at the threshold chosen on valid cases")
        if leading_rule(judged) == AT_HALF
        else _("at the threshold chosen on valid cases, and at 0.5"),
    )


def decisions_tables(judged: TaskJudgement, entries: Sequence[Entry]) -> tuple[Table, Table]:
    """Tabulate decisions at 0.5 and at the chosen threshold, which leads if few are positive."""
    at_half, chosen = (decisions_table(judged, entries, chosen=chosen) for chosen in (False, True))
    return (at_half, chosen) if leading_rule(judged) == AT_HALF else (chosen, at_half)


def decisions_table(judged: TaskJudgement, entries: Sequence[Entry], *, chosen: bool) -> Table:
    """Tabulate decisions at 0.5, or at the threshold chosen on valid cases."""
    rule = CHOSEN if chosen else AT_HALF
    names = metrics_of("decision", entries, rule)
    without_look = Cell(formats.score(base_accuracy(judged)), sort=sort_key(base_accuracy(judged)))
    columns = [Column(_("Threshold"))] if chosen else []
    tested = not chosen and any(entry.discordant for entry in entries)
    for name in names:
        columns.append(metric_column(name))
        if name == "accuracy":
            columns.append(Column(_("Accuracy of the base rate"), weight="quiet"))

    def cells(entry: Entry) -> list[Cell]:
        row = [_threshold_cell(entry)] if chosen else []
        for name in names:
            row.append(figure_cell(score_of(entry, name, rule)))
            if name == "accuracy":
                row.append(without_look)
        return [*row, _discordant_cell(entry)] if tested else row

    if tested:
        columns.append(Column(_("Leader right, it wrong : the other way (McNemar)")))
    of_models = entries and entries[0].family != "ensemble"
    return Table(
        caption=_("Decisions at the threshold chosen on valid cases")
        if chosen
        else _("Decisions at 0.5"),
        corner=_("Model") if of_models else _("Ensemble"),
        columns=tuple(columns),
        rows=tuple(entry_row(judged, entry, cells) for entry in entries),
        note=_("The threshold is the mean over folds; each fold decides at its own.")
        if chosen
        else "",
    )


def _discordant_cell(entry: Entry) -> Cell:
    found = entry.discordant
    if found is None:
        return Cell("")
    counts = f"{formats.count(found.only_first)} : {formats.count(found.only_second)}"
    said = formats.p_value(found.p_value)
    return Cell(counts, f"p {said}" if said.startswith("<") else f"p = {said}", repr(found.p_value))


def _threshold_cell(entry: Entry) -> Cell:
    if not entry.predictions:
        return Cell(formats.missing())
    mean = sum(fold.threshold for fold in entry.predictions) / len(entry.predictions)
    return Cell(formats.fixed(mean, 2), sort=repr(float(mean)))
