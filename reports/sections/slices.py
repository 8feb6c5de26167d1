"""Figures by slice: where the model to act on is worse, and where it treats cases differently."""

from collections.abc import Sequence

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.judge.slice_outcomes import AUC, CALIBRATION, RECALL, SELECTED, SliceOutcome
from ...bench.judge.slices import LEAST_CASES, LEAST_OF_AN_OUTCOME
from .. import formats
from ..blocks import Block, Folded, Section, note, sentence
from ..cells import difference_cell, figure_cell
from ..elements import Cell, Column, Row, Table
from ..lookups import title_of
from .answer import listed

_MOST_SHOWN = 8
_COLUMNS = {
    AUC: Column(title_of(AUC), "higher", "main"),
    CALIBRATION: Column("Predicted less happened"),
    SELECTED: Column("Selected"),
    RECALL: Column("Recall", "higher"),
}


def section(judged: TaskJudgement) -> Section | None:
    """Show figures by slice, worst first; None where no model worked."""
    if not judged.slices:
        return _without(judged)
    name, outcomes = next(iter(judged.slices.items()))
    entry = entry_named(judged, name)
    ordered = worst_first(outcomes)
    worse = [one for one in ordered if one.is_worse]
    blocks: list[Block] = [
        sentence(_finding_words(entry, ordered)),
        _table(entry, ordered[:_MOST_SHOWN]),
        note(_reading(judged)),
        *(sentence(said) for said in _left_out(judged)),
    ]
    if ordered[_MOST_SHOWN:]:
        n_more = formats.count(len(ordered) - _MOST_SHOWN, "more slice")
        blocks.append(Folded(n_more, (_table(entry, ordered[_MOST_SHOWN:]),)))
    if any(one.apart for one in ordered):
        blocks.append(Folded("How slices differ from all other cases", (_apart(entry, ordered),)))
    if len(judged.slices) > 1:
        blocks.append(Folded("Other models in the race by slice", (_beside(judged, ordered),)))
    finding = (
        f"worse for {listed([slice_name(one) for one in worse])}" if worse else "none is worse"
    )
    return Section("slices", "Slices", tuple(blocks), finding)


def slice_name(one: SliceOutcome) -> str:
    """Name a slice by its column and values."""
    return f"{one.column}: {formats.span(one.label, one.low, one.high)}"


def worst_first(outcomes: Sequence[SliceOutcome]) -> list[SliceOutcome]:
    """Sort slices by how far their ROC AUC is below that of all other cases; too few come last."""

    def order(one: SliceOutcome) -> tuple[int, float]:
        known = one.apart.get(AUC)
        return (
            (2, 0.0) if one.reason else (1, 0.0) if known is None else (0, known.difference.value)
        )

    return sorted(outcomes, key=order)


def entry_named(judged: TaskJudgement, name: str) -> Entry:
    """Find an entry by its name."""
    return next(one for one in (*judged.models, *judged.ensembles) if one.name == name)


def _without(judged: TaskJudgement) -> Section | None:
    if not any(entry.scores for entry in judged.models):
        return None
    said = _left_out(judged) or [
        "No column has few values to tell figures apart by.  Name one with --slice COLUMN."
    ]
    return Section("slices", "Slices", tuple(map(sentence, said)), "not available")


def _left_out(judged: TaskJudgement) -> list[str]:
    return [
        f"{column.name} is not available: {column.missing}."
        for column in judged.task.slice_columns
        if column.missing
    ]


def _finding_words(entry: Entry, ordered: Sequence[SliceOutcome]) -> str:
    judged_ones = [one for one in ordered if not one.reason]
    worse = [one for one in judged_ones if one.is_worse]
    if not judged_ones:
        return "Every slice holds too few cases."
    n = formats.count(len(judged_ones), "slice")
    if not worse:
        return (
            f"None of {n} is established to be ranked worse by {entry.title} than all other cases."
        )
    names = listed([slice_name(one) for one in worse])
    verb = "is" if len(worse) == 1 else "are"
    return (
        f"Of {n}, {len(worse)} {verb} established to be ranked worse by {entry.title} than all "
        f"other cases: {names}."
    )


def _table(entry: Entry, shown: Sequence[SliceOutcome]) -> Table:
    return Table(
        caption=f"{entry.title} by slice, worst first",
        corner="Slice",
        columns=(Column("Cases", amount=True), Column("Yes"), *_COLUMNS.values()),
        rows=tuple(_row(one, figures=True) for one in shown),
        style="lines",
    )


def _row(one: SliceOutcome, *, figures: bool) -> Row:
    if one.reason:
        return Row(slice_name(one), reason=one.reason)
    if not figures:
        return Row(slice_name(one), tuple(_apart_cell(one, metric) for metric in _COLUMNS))
    rate = one.n_yes / one.n_cases
    cells = [
        Cell(formats.count(one.n_cases), sort=repr(one.n_cases)),
        Cell(formats.share(rate), sort=repr(rate)),
    ]
    for metric in _COLUMNS:
        show = difference_cell if metric == CALIBRATION else figure_cell
        cells.append(show(one.scores[metric]))
    return Row(slice_name(one), tuple(cells), strong=one.is_worse)


def _apart(entry: Entry, ordered: Sequence[SliceOutcome]) -> Table:
    return Table(
        caption=f"{entry.title}: each slice less all other cases",
        corner="Slice",
        columns=tuple(_COLUMNS.values()),
        rows=tuple(_row(one, figures=False) for one in ordered if not one.reason),
        note="▲ higher, ▼ lower than elsewhere, established at 5 % over all slices; the intervals "
        "are simultaneous.",
        style="lines",
    )


def _apart_cell(one: SliceOutcome, metric: str) -> Cell:
    known = one.apart.get(metric)
    if known is None:
        return Cell(formats.MISSING if metric not in one.scores else "no difference")
    sign = ("▲" if known.difference.value > 0 else "▼") if known.established else ""
    return difference_cell(known.difference, sign)


def _beside(judged: TaskJudgement, ordered: Sequence[SliceOutcome]) -> Table:
    """Tabulate how far each model's ROC AUC is from elsewhere, slices in the order above."""
    by_place = {
        name: {(one.column, one.label, one.low): one for one in outcomes}
        for name, outcomes in judged.slices.items()
    }
    return Table(
        caption=f"{title_of(AUC)} of each slice less that of all other cases, by model",
        corner="Slice",
        columns=tuple(Column(entry_named(judged, name).title) for name in judged.slices),
        rows=tuple(
            Row(
                slice_name(one),
                tuple(
                    _apart_cell(of_model[one.column, one.label, one.low], AUC)
                    for of_model in by_place.values()
                ),
            )
            for one in ordered
            if not one.reason
        ),
        style="lines",
    )


def _reading(judged: TaskJudgement) -> str:
    columns = judged.task.slice_columns
    how = (
        "as asked"
        if any(column.asked for column in columns)
        else "chosen by the table alone: those of few values, spread most evenly"
    )
    return (
        f"Columns {how}; numbers in quarters of the fit cases. Selected and recall are at the "
        f"rule of the decision page. Below {LEAST_CASES} cases, or {LEAST_OF_AN_OUTCOME} of an "
        "outcome, a slice is too small. That a slice is worse does not say why."
    )
