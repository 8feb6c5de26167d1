"""Figures by slice: where the model to act on is worse, and where it treats cases differently."""

from collections.abc import Sequence

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.judge.slice_outcomes import AUC, CALIBRATION, RECALL, SELECTED, SliceOutcome
from ...bench.judge.slices import LEAST_CASES, LEAST_OF_AN_OUTCOME
from ...bench.language.speaking import _, marked, ngettext
from .. import formats
from ..blocks import Block, Folded, Section, note, sentence
from ..cells import difference_cell, figure_cell
from ..counted import slices
from ..elements import Cell, Column, Row, Table
from ..lists import listed
from ..lookups import title_of

_MOST_SHOWN = 8
_METRICS = (AUC, CALIBRATION, SELECTED, RECALL)


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
        n = len(ordered) - _MOST_SHOWN
        more = ngettext("{n} more slice", "{n} more slices", n).format(n=formats.count(n))
        blocks.append(Folded(more, (_table(entry, ordered[_MOST_SHOWN:]),)))
    if any(one.apart for one in ordered):
        summary = _("How slices differ from all other cases")
        blocks.append(Folded(summary, (_apart(entry, ordered),)))
    if len(judged.slices) > 1:
        blocks.append(Folded(_("Other models in the race by slice"), (_beside(judged, ordered),)))
    finding = _("none is worse")
    if worse:
        names = listed([slice_name(one) for one in worse])
        finding = _("worse for {slices}").format(slices=names)
    return Section("slices", _("Slices"), tuple(blocks), finding)


def slice_name(one: SliceOutcome) -> str:
    """Name a slice by its column and values."""
    return _("{column}: {values}").format(
        column=one.column, values=formats.span(one.label, one.low, one.high)
    )


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
        _("No column has few values to tell figures apart by.  Name one with --slice COLUMN.")
    ]
    return Section("slices", _("Slices"), tuple(map(sentence, said)), formats.missing())


def _left_out(judged: TaskJudgement) -> list[str]:
    return [
        _("{column} is not available: {why}.").format(column=column.name, why=column.missing)
        for column in judged.task.slice_columns
        if column.missing
    ]


def _finding_words(entry: Entry, ordered: Sequence[SliceOutcome]) -> str:
    judged_ones = [one for one in ordered if not one.reason]
    worse = [one for one in judged_ones if one.is_worse]
    if not judged_ones:
        return _("Every slice holds too few cases.")
    n = slices(len(judged_ones))
    if not worse:
        return _(
            "None of {slices} is established to be ranked worse by {title} than all other cases."
        ).format(slices=n, title=entry.title)
    return ngettext(
        "Of {slices}, {n} is established to be ranked worse by {title} than all other cases: "
        "{names}.",
        "Of {slices}, {n} are established to be ranked worse by {title} than all other cases: "
        "{names}.",
        len(worse),
    ).format(
        slices=n,
        n=len(worse),
        title=entry.title,
        names=listed([slice_name(one) for one in worse]),
    )


def _columns() -> tuple[Column, ...]:
    """Head the columns of the metrics."""
    return (
        Column(title_of(AUC), "higher", "main"),
        Column(_("Predicted less happened")),
        Column(_("Selected")),
        Column(_("Recall"), "higher"),
    )


def _table(entry: Entry, shown: Sequence[SliceOutcome]) -> Table:
    return Table(
        caption=_("{title} by slice, worst first").format(title=entry.title),
        corner=_("Slice"),
        columns=(Column(_("Cases"), amount=True), Column(_("Yes")), *_columns()),
        rows=tuple(_row(one, figures=True) for one in shown),
        style="lines",
    )


def _row(one: SliceOutcome, *, figures: bool) -> Row:
    if one.reason:
        return Row(slice_name(one), reason=one.reason)
    if not figures:
        return Row(slice_name(one), tuple(_apart_cell(one, metric) for metric in _METRICS))
    rate = one.n_yes / one.n_cases
    cells = [
        Cell(formats.count(one.n_cases), sort=repr(one.n_cases)),
        Cell(formats.share(rate), sort=repr(rate)),
    ]
    for metric in _METRICS:
        show = difference_cell if metric == CALIBRATION else figure_cell
        cells.append(show(one.scores[metric]))
    return Row(slice_name(one), tuple(cells), strong=one.is_worse)


def _apart(entry: Entry, ordered: Sequence[SliceOutcome]) -> Table:
    return Table(
        caption=_("{title}: each slice less all other cases").format(title=entry.title),
        corner=_("Slice"),
        columns=_columns(),
        rows=tuple(_row(one, figures=False) for one in ordered if not one.reason),
        note=_(
            "▲ higher, ▼ lower than elsewhere, established at 5 % over all slices; the intervals "
            "are simultaneous."
        ),
        style="lines",
    )


def _apart_cell(one: SliceOutcome, metric: str) -> Cell:
    known = one.apart.get(metric)
    if known is None:
        return Cell(formats.missing() if metric not in one.scores else _("no difference"))
    sign = ("▲" if known.difference.value > 0 else "▼") if known.established else ""
    return difference_cell(known.difference, sign)


def _beside(judged: TaskJudgement, ordered: Sequence[SliceOutcome]) -> Table:
    """Tabulate how far each model's ROC AUC is from elsewhere, slices in the order above."""
    by_place = {
        name: {(one.column, one.label, one.low): one for one in outcomes}
        for name, outcomes in judged.slices.items()
    }
    return Table(
        caption=_("{metric} of each slice less that of all other cases, by model").format(
            metric=title_of(AUC)
        ),
        corner=_("Slice"),
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
    asked = any(column.asked for column in judged.task.slice_columns)
    return _(_AS_ASKED if asked else _AS_CHOSEN).format(
        n_cases=LEAST_CASES, n_of_an_outcome=LEAST_OF_AN_OUTCOME
    )


_AS_ASKED = marked(
    "Columns as asked; numbers in quarters of the fit cases. Selected and recall are at the rule "
    "of the decision page. Below {n_cases} cases, or {n_of_an_outcome} of an outcome, a slice is "
    "too small. That a slice is worse does not say why."
)
_AS_CHOSEN = marked(
    "Columns chosen by the table alone: those of few values, spread most evenly; numbers in "
    "quarters of the fit cases. Selected and recall are at the rule of the decision page. Below "
    "{n_cases} cases, or {n_of_an_outcome} of an outcome, a slice is too small. That a slice is "
    "worse does not say why."
)
