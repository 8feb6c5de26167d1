"""The search for parameters: what it gained, how optimistic it was, and what a larger one gives."""

from collections.abc import Mapping
from typing import Any

from ...bench.judge.judgement import TaskJudgement
from ...bench.judge.search_outcome import SearchOutcome
from ...bench.language.speaking import _, ngettext
from .. import formats
from ..blocks import Section, note
from ..cells import gain_cell
from ..elements import Cell, Column, Row, Table
from ..lookups import title_of

_DECIMALS = 4


def section(judged: TaskJudgement) -> Section | None:
    """Show what the searches brought; None where nothing was searched."""
    if not judged.searches:
        return None
    blocks = (
        note(
            _(
                "All configurations were drawn before the first was tried, as many for each "
                "model. Each was tried on inner splits, most on a part of the fit cases only; in "
                "each fold the one with the highest {metric} on valid cases was taken. Test cases "
                "had no say."
            ).format(metric=title_of(judged.main_metric))
        ),
        gains_table(judged),
        budget_table(judged),
        chosen_table(judged),
    )
    n_gained = sum(bool(one.gain and one.gain.established) for one in judged.searches)
    finding = ngettext(
        "{n_gained} of {n} searched model gains something that is established",
        "{n_gained} of {n} searched models gain something that is established",
        len(judged.searches),
    ).format(n_gained=n_gained, n=len(judged.searches))
    return Section("searches", _("The search for parameters"), blocks, finding)


def gains_table(judged: TaskJudgement) -> Table:
    """Tabulate the gain of each search, its optimism and its cost."""
    main = title_of(judged.main_metric)
    return Table(
        caption=_("What the search gained in {metric}").format(metric=main),
        corner=_("Model"),
        columns=(
            Column(_("Gain over its own parameters"), "higher", "main"),
            Column(_("On valid cases")),
            Column(_("On test cases")),
            Column(_("Optimism"), "lower"),
            Column(_("Optimism without a search"), weight="quiet"),
            Column(_("Tried in each fold")),
            Column(_("Cost of a fold")),
        ),
        rows=tuple(_gain_row(one) for one in judged.searches),
        note=_(
            "Optimism is how much higher the figure is on the valid cases by which parameters were "
            "chosen than on test cases; without a search it tells how far the two sets of cases "
            "differ anyway. A fit counts by its share of the fit cases."
        ),
    )


def _gain_row(one: SearchOutcome) -> Row:
    first, last = one.by_budget[0], one.by_budget[-1]
    failed = ngettext(
        "{n} failed: {why}", "{n} failed, as in: {why}", one.n_failed
    ).format(n=one.n_failed, why="; ".join(one.failures[:1])) if one.n_failed else ""  # fmt: skip
    fits = formats.fixed(one.n_fits, 1)
    return Row(
        title=one.title,
        cells=(
            gain_cell(one.gain),
            Cell(formats.fixed(last.inner, _DECIMALS)),
            Cell(formats.fixed(last.outer, _DECIMALS)),
            Cell(formats.signed(last.optimism, _DECIMALS)),
            Cell(formats.signed(first.optimism, _DECIMALS)),
            Cell(formats.count(one.n_configurations), failed),
            Cell(formats.seconds(one.seconds), _("{n} whole fits").format(n=fits)),
        ),
        entry=one.name,
    )


def budget_table(judged: TaskJudgement) -> Table:
    """Tabulate the figures of the best of the first few configurations, then of more."""
    widest = max(judged.searches, key=lambda one: len(one.by_budget))
    sizes = [point.size for point in widest.by_budget]

    def cell(one: SearchOutcome, size: int) -> Cell:
        point = next((point for point in one.by_budget if point.size == size), None)
        if point is None:
            return Cell("")
        inner = formats.fixed(point.inner, _DECIMALS)
        return Cell(
            formats.fixed(point.outer, _DECIMALS),
            _("{figure} on valid cases").format(figure=inner),
        )

    return Table(
        caption=_("{metric} on test cases by budget").format(metric=title_of(judged.main_metric)),
        corner=_("Model"),
        columns=tuple(Column(formats.count(size)) for size in sizes),
        rows=tuple(
            Row(one.title, tuple(cell(one, size) for size in sizes), entry=one.name)
            for one in judged.searches
        ),
        note=_(
            "The best of the first so many configurations, of those that came to be fitted on all "
            "fit cases; the first is the model's own parameters. Where a line is flat, a longer "
            "search is not worth its time."
        ),
    )


def chosen_table(judged: TaskJudgement) -> Table:
    """Tabulate the parameters that were chosen in each fold."""
    numbers = [fold.number for fold in judged.task.folds]
    return Table(
        caption=_("The parameters that were chosen"),
        corner=_("Model"),
        columns=tuple(Column(_("Fold {number}").format(number=number)) for number in numbers),
        rows=tuple(
            Row(one.title, tuple(Cell(_said(chosen)) for chosen in one.chosen), entry=one.name)
            for one in judged.searches
        ),
        note=_("Where they differ much from fold to fold, valid cases can hardly tell them apart."),
        style="words",
    )


def _said(chosen: Mapping[str, Any] | None) -> str:
    if chosen is None:
        return _("none worked")
    told = ", ".join(f"{name} = {_value(value)}" for name, value in chosen.items())
    return told or _("its own")


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(_value, value))})"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
