"""The comparison tables: one row an entry, one column a metric, failed entries at the end."""

import math
from collections.abc import Sequence

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.metrics.metrics import METRICS
from .. import formats
from ..blocks import Paragraph, Section, Words
from ..cells import entry_row, figure_cell, metric_column, sort_key, standing_cell
from ..elements import Cell, Column, Table
from ..lookups import base_accuracy, metrics_of, score_of, title_of
from .best_possible import best_possible_table


def section(judged: TaskJudgement) -> Section:
    """Compare the models: their ranking, their decisions, and the truth where it is known."""
    words = [
        Words(
            "Small figures are 95 % intervals. ▲ marks the best figure, ≈ what cannot be told "
            "apart from it; the arrows say which way is better."
        )
    ]
    if any(entry.derived_view for entry in judged.models):
        words += [
            Words(" "),
            Words("Derived view", tag="em"),
            Words(
                ": the data hold no events, so the model read the table's columns as a sequence."
            ),
        ]
    best = best_possible_table(judged)
    return Section(
        "The models",
        (
            Paragraph(tuple(words), quiet=True),
            *comparison_tables(judged, judged.models, costs=True),
            *([best] if best else []),
        ),
    )


def comparison_tables(
    judged: TaskJudgement, entries: Sequence[Entry], *, costs: bool
) -> tuple[Table, ...]:
    """Tabulate scores, decisions at 0.5 and decisions at the chosen threshold."""
    return (
        scores_table(judged, entries, costs=costs),
        decisions_table(judged, entries, chosen=False),
        decisions_table(judged, entries, chosen=True),
    )


def scores_table(judged: TaskJudgement, entries: Sequence[Entry], *, costs: bool) -> Table:
    """Tabulate how well probabilities rank and how true they are, and what the model costs."""
    main = judged.main_metric
    others = [name for name in metrics_of("p", entries) if name != main]
    columns = [metric_column(main, "main"), Column("Standing", weight="main")]
    columns += [
        Column(f"Practically equal (within {METRICS[main].rope:g})"),
        *map(metric_column, others),
    ]
    if costs:
        columns += [Column("Fit", "lower"), Column("One case", "lower"), Column("Memory", "lower")]

    def cells(entry: Entry) -> list[Cell]:
        row = [figure_cell(score_of(entry, main)), standing_cell(judged, entry), _equal_cell(entry)]
        row += [figure_cell(score_of(entry, name)) for name in others]
        return row + (_cost_cells(entry) if costs else [])

    what = "Models" if costs else "Ensembles"
    note = (
        "Practically equal: how likely the entry is within so much of the leader, and how likely "
        "it is further behind."
    )
    if costs:
        note += " Fit: mean of a fold. One case: time to predict it. Memory: the most a cell added."
    return Table(
        caption=f"{what} by {title_of(main)}: ranking, probabilities" + (", cost" if costs else ""),
        corner="Model" if costs else "Ensemble",
        columns=tuple(columns),
        rows=tuple(entry_row(judged, entry, cells) for entry in entries),
        note=note,
    )


def decisions_table(judged: TaskJudgement, entries: Sequence[Entry], *, chosen: bool) -> Table:
    """Tabulate decisions at 0.5, or at the threshold chosen on valid cases."""
    suffix = "@chosen" if chosen else ""
    names = metrics_of("decision", entries, suffix)
    without_look = Cell(formats.score(base_accuracy(judged)), sort=sort_key(base_accuracy(judged)))
    columns = [Column("Threshold")] if chosen else []
    tested = not chosen and any(entry.discordant for entry in entries)
    for name in names:
        columns.append(metric_column(name))
        if name == "accuracy":
            columns.append(Column("Accuracy of the base rate", weight="quiet"))

    def cells(entry: Entry) -> list[Cell]:
        row = [_threshold_cell(entry)] if chosen else []
        for name in names:
            row.append(figure_cell(score_of(entry, name + suffix)))
            if name == "accuracy":
                row.append(without_look)
        return [*row, _discordant_cell(entry)] if tested else row

    if tested:
        columns.append(Column("Leader right, it wrong : the other way (McNemar)"))
    where = "the threshold chosen on valid cases" if chosen else "0.5"
    return Table(
        caption=f"Decisions at {where}",
        corner="Model" if entries and entries[0].family != "ensemble" else "Ensemble",
        columns=tuple(columns),
        rows=tuple(entry_row(judged, entry, cells) for entry in entries),
        note="The threshold is the mean over folds; each fold decides at its own."
        if chosen
        else "",
    )


def _discordant_cell(entry: Entry) -> Cell:
    found = entry.discordant
    if found is None:
        return Cell("")
    counts = f"{formats.count(found.only_first)} : {formats.count(found.only_second)}"
    return Cell(counts, f"p = {found.p_value:.2g}", repr(found.p_value))


def _equal_cell(entry: Entry) -> Cell:
    if entry.behind is None:
        return Cell("")
    odds = entry.behind.odds
    if odds is None:
        return Cell(formats.MISSING)
    behind = f"further behind {formats.chance(odds.better)}"
    return Cell(formats.chance(odds.equal), behind, repr(odds.equal))


def _cost_cells(entry: Entry) -> list[Cell]:
    per_case = entry.predict_microseconds
    costs = (
        (formats.seconds(entry.fit_seconds), entry.fit_seconds),
        (formats.seconds(per_case / 1e6), per_case),
        (formats.megabytes(entry.peak_bytes), entry.peak_bytes),
    )
    return [Cell(text, sort="" if math.isnan(raw) else repr(float(raw))) for text, raw in costs]


def _threshold_cell(entry: Entry) -> Cell:
    if not entry.predictions:
        return Cell(formats.MISSING)
    mean = sum(fold.threshold for fold in entry.predictions) / len(entry.predictions)
    return Cell(formats.fixed(mean, 2), sort=repr(float(mean)))
