"""Variants of models: what they gain over the models themselves, and which columns are kept."""

import math

from ...bench.judge.judgement import TaskJudgement
from ...bench.judge.variant_outcome import VariantOutcome
from ...bench.language.speaking import _, ngettext
from .. import formats
from ..blocks import Section, note
from ..cells import gain_cell
from ..elements import Cell, Column, Row, Table
from ..lookups import title_of


def section(judged: TaskJudgement) -> Section | None:
    """Show what variants brought; None where there are none."""
    if not judged.variants:
        return None
    selections = selections_table(judged)
    blocks = (
        note(
            _(
                "A variant is the same model, shown other columns or another balance of outcomes. "
                "Whatever it learns, draws or makes up is of the fit cases of each fit alone."
            )
        ),
        gains_table(judged),
        *([selections] if selections else []),
    )
    n_gained = sum(_is_better(one) for one in judged.variants)
    finding = ngettext(
        "{n_gained} of {n} variant is established to be better than its model",
        "{n_gained} of {n} variants are established to be better than their models",
        len(judged.variants),
    ).format(n_gained=n_gained, n=len(judged.variants))
    return Section("variants", _("Variants of models"), blocks, finding)


def _is_better(one: VariantOutcome) -> bool:
    return bool(one.gain and one.gain.established and one.gain.difference.value > 0)


def gains_table(judged: TaskJudgement) -> Table:
    """Tabulate the gain of each variant over its model."""
    main = title_of(judged.main_metric)
    return Table(
        caption=_("What variants gain in {metric} over their models").format(metric=main),
        corner=_("Variant"),
        columns=(Column(_("Gain"), "higher", "main"), Column(_("Over"))),
        rows=tuple(
            Row(one.title, (gain_cell(one.gain), Cell(one.base_title)), entry=one.name)
            for one in judged.variants
        ),
        note=_(
            "Intervals hold for all variants together. Balancing changes what a model takes for "
            "the base rate; its odds are put right afterwards, so that a gain here is one in order."
        ),
    )


def selections_table(judged: TaskJudgement) -> Table | None:
    """Tabulate how many columns each selection kept, and how stable it is; None without any."""
    selected = [one for one in judged.variants if one.kept]
    if not selected:
        return None
    return Table(
        caption=_("The columns that selections kept"),
        corner=_("Variant"),
        columns=(
            Column(_("Kept in the mean")),
            Column(_("Of")),
            Column(_("Kept in every fit")),
            Column(_("Kept in none")),
            Column(_("Stability"), "higher"),
        ),
        rows=tuple(
            Row(
                one.title,
                (
                    Cell(formats.fixed(sum(one.kept) / len(one.kept), 1)),
                    Cell(formats.count(one.n_columns)),
                    Cell(formats.count(one.always)),
                    Cell(formats.count(one.never)),
                    _stability_cell(one),
                ),
                entry=one.name,
            )
            for one in selected
        ),
        note=_(
            "Stability over the fits of all folds (Nogueira and others, 2018): 1 if all keep the "
            "same columns, 0 if each picks as many by chance. Fits of other folds share cases, "
            "which makes it look larger than other data would."
        ),
    )


def _stability_cell(one: VariantOutcome) -> Cell:
    if math.isnan(one.stability):
        return Cell(_("the same in all fits") if one.always + one.never == one.n_columns else "")
    below = _("standard error {error}").format(error=formats.fixed(one.error, 2))
    return Cell(formats.fixed(one.stability, 2), below)
