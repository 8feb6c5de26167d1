"""The ensembles: what they gain over a single model, and how differently their members err."""

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.language.speaking import _
from .. import formats
from ..blocks import Section, note, sentence
from ..cells import entry_row, figure_cell, gain_cell, metric_column
from ..counted import members
from ..elements import Cell, Column, Table, plain_table
from ..lists import listed
from ..lookups import rivals_of, score_of, title_of
from .comparison import all_ensembles_table
from .decisions import decisions_tables


def section(judged: TaskJudgement) -> Section:
    """Compare the ensembles."""
    title = _("The ensembles")
    if not judged.ensembles:
        return Section("ensembles", title, (sentence(_("The run holds no ensembles.")),))
    member_sets = member_sets_table(judged)
    return Section(
        "ensembles",
        title,
        (
            note(
                _(
                    "They combine stored predictions of the models above; nothing is fitted again. "
                    "Standings are among the ensembles."
                )
            ),
            ensembles_table(judged),
            *([member_sets] if member_sets else []),
            all_ensembles_table(judged),
            *decisions_tables(judged, judged.ensembles),
        ),
        _("all {n}, their members and how differently they err").format(
            n=formats.count(len(judged.ensembles))
        ),
    )


def ensembles_table(judged: TaskJudgement) -> Table:
    """Tabulate what each ensemble gains over the best single model, and who is in it."""
    main = title_of(judged.main_metric)
    over = rivals_of(judged)

    def cells(entry: Entry) -> list[Cell]:
        return [
            figure_cell(score_of(entry, judged.main_metric)),
            gain_cell(entry.gain),
            gain_cell(entry.gain_over_highest),
            _members_cell(entry),
            _left_out_cell(entry),
        ]

    return Table(
        caption=_("Ensembles: gain in {metric} over single models").format(metric=main),
        corner=_("Ensemble"),
        columns=(
            metric_column(judged.main_metric, "main"),
            *(Column(_("Gain over {rival}").format(rival=rival), "higher") for rival in over),
            Column(_("Members and weights")),
            Column(_("Left out")),
        ),
        rows=tuple(entry_row(judged, entry, cells) for entry in judged.ensembles),
        note=_(
            "A single model is chosen as an ensemble is learnt, on valid cases; the one that came "
            "out highest was picked on the very test cases that it is compared on, which favours "
            "it. Weights are means over folds; those of stacking are coefficients of the members' "
            "log odds, and may be negative."
        ),
    )


def member_sets_table(judged: TaskJudgement) -> Table | None:
    """Tabulate how differently the members of each set err; None without ensembles."""
    if not judged.member_sets:
        return None
    lines = [
        (
            one.label,
            formats.count(one.n_members),
            formats.share(one.disagreement),
            formats.fixed(one.correlation, 2),
            *(_pair_cell(*pair) for pair in (one.most_alike, one.least_alike)),
        )
        for one in judged.member_sets
    ]
    return plain_table(
        _("How differently the members err"),
        (
            _("Set"), _("Members"), _("Decide differently"), _("Correlation of errors"),
            _("Most alike"), _("Least alike"),
        ),
        lines,
        _(
            "Means over all pairs and folds, on valid cases: the share of cases on which two "
            "members decide differently at 0.5, and the correlation of their errors (probability "
            "less outcome).  Members whose errors are all alike leave an ensemble nothing to gain."
        ),
        style="words",
    )  # fmt: skip


def _pair_cell(first: str, second: str, correlation: float) -> Cell:
    return Cell(
        listed([first, second]),
        _("correlation {value}").format(value=formats.fixed(correlation, 2)),
    )


def _members_cell(entry: Entry) -> Cell:
    items = tuple(
        f"{member.title} {formats.fixed(member.weight, 2)}" for member in entry.contestant.members
    )
    return Cell(members(len(items)), sort=str(len(items)), items=items)


def _left_out_cell(entry: Entry) -> Cell:
    if not entry.contestant.left_out:
        return Cell(_("none"), sort="0")
    number = len(entry.contestant.left_out)
    return Cell(members(number), sort=str(number), items=entry.contestant.left_out)
