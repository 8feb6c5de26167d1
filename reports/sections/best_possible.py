"""Where the truth is known: the best possible scores, and how far below them each entry stays."""

from collections.abc import Sequence

from ...bench.judge.judgement import FAILED, Entry, Score, Shortfall, TaskJudgement
from ...bench.language.speaking import _
from ...bench.metrics.key import Key
from .. import formats
from ..blocks import Section
from ..cells import difference_cell, entry_row, figure_cell
from ..elements import Cell, Column, Row, Table
from ..lookups import UNKNOWN, score_of, title_of, views_words

_SHOWN = ("roc_auc", "log_loss")


def section(judged: TaskJudgement) -> Section | None:
    """Show the distances to the truth; None where the truth is not known."""
    table = best_possible_table(judged)
    if table is None:
        return None
    return Section(
        "best-possible", _("The best possible"), (table,), _("the distance to the truth")
    )


def best_possible_table(judged: TaskJudgement) -> Table | None:
    """Tabulate the distances to the truth; None where the truth is not known."""
    if not judged.ceilings:
        return None
    columns = [Column(_("Reads"))]
    for metric in _SHOWN:
        better = "lower" if metric == "log_loss" else "higher"
        columns += [
            Column(title_of(metric), better),
            Column(_("Worse than the best from what it reads"), "lower"),
            Column(_("Worse than the best from everything"), "lower"),
        ]
    ceilings = [
        Row(
            title=_("The truth, given {what}").format(what=views_words(ceiling.views.split("+"))),
            cells=(
                Cell(views_words(ceiling.views.split("+"))),
                *(
                    cell
                    for metric in _SHOWN
                    for cell in (figure_cell(ceiling.scores[Key(metric)]), Cell(""), Cell(""))
                ),
            ),
            strong=True,
        )
        for ceiling in judged.ceilings
    ]
    widest = judged.ceilings[0].views

    def cells(entry: Entry) -> list[Cell]:
        narrow = next((gap.views for gap in entry.shortfalls), widest)
        row = [Cell(views_words(narrow.split("+")))]
        for metric in _SHOWN:
            row.append(figure_cell(score_of(entry, metric)))
            row += [
                difference_cell(_distance(entry.shortfalls, views, metric))
                for views in (narrow, widest)
            ]
        return row

    entries = (*judged.models, *judged.ensembles)
    return Table(
        caption=_("The best possible, and how far below it each entry stays"),
        corner=_("Entry"),
        columns=tuple(columns),
        rows=(*ceilings, *(entry_row(judged, entry, cells) for entry in entries)),
        note=_(
            "These data were generated, so the true probability of each case is known: its scores "
            "on the test cases are what a model with nothing left to learn would get. Chance can "
            "carry a model a little above it on these cases, never beyond what the interval says."
        ),
    )


def best_possible_sentence(judged: TaskJudgement) -> str:
    """Say how much of what can be known the best model knows; empty where the truth is not."""
    working = [entry for entry in judged.models if entry.standing != FAILED]
    if not judged.ceilings or not working:
        return ""
    widest = judged.ceilings[0]
    distance = _distance(working[0].shortfalls, widest.views, judged.main_metric)
    if not distance.available:
        return ""
    figure = widest.scores[Key(judged.main_metric)]
    return _(
        "The best possible {metric} on these test cases, from the true probabilities, is "
        "{figure}; {title} stays {distance} ({interval}) below it."
    ).format(
        metric=title_of(judged.main_metric),
        figure=formats.score(figure),
        title=working[0].title,
        distance=formats.difference(distance),
        interval=formats.difference_interval(distance),
    )


def _distance(gaps: Sequence[Shortfall], views: str, metric: str) -> Score:
    found = [gap.difference for gap in gaps if (gap.views, gap.metric) == (views, metric)]
    return found[0] if found else UNKNOWN
