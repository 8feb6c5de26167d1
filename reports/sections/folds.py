"""The folds: each entry's main figure, fold by fold."""

import math

from ...bench.judge.folds_apart import folds_apart
from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.language.speaking import _
from .. import formats
from ..blocks import Section
from ..cells import entry_row, figure_cell, metric_column
from ..elements import Cell, Column, Table
from ..lookups import best_ensembles, score_of, title_of

# More are told by their lowest, middle and highest.
_MOST_COLUMNS = 10


def section(judged: TaskJudgement) -> Section | None:
    """Show the folds; None where there is one only, or no model worked."""
    leader = next((entry for entry in judged.models if len(entry.by_fold) > 1), None)
    if leader is None:
        return None
    values = [score.value for score in leader.by_fold]
    finding = ""
    if not any(map(math.isnan, values)):
        said = _("{title} from {low} to {high}")
        if folds_apart(judged):
            said = _("{title} from {low} to {high}: far apart")
        low, high = (formats.fixed(value, 3) for value in (min(values), max(values)))
        finding = said.format(title=leader.title, low=low, high=high)
    return Section("folds", _("The folds"), (folds_table(judged),), finding)


def folds_table(judged: TaskJudgement) -> Table:
    """Tabulate the main figure of the models and the best ensembles in each fold."""
    metric, n_folds = judged.main_metric, len(judged.task.folds)
    few = n_folds <= _MOST_COLUMNS
    headings = (
        [_("Fold {number}").format(number=fold.number) for fold in judged.task.folds]
        if few
        else [_("Lowest fold"), _("Middle fold"), _("Highest fold")]
    )

    def cells(entry: Entry) -> list[Cell]:
        figures = list(entry.by_fold)
        if not few:
            figures.sort(key=lambda score: score.value)
            figures = [figures[0], figures[len(figures) // 2], figures[-1]]
        return [figure_cell(score_of(entry, metric)), *map(figure_cell, figures)]

    return Table(
        caption=_("{metric} in each fold").format(metric=title_of(metric)),
        corner=_("Entry"),
        columns=(metric_column(metric, "main"), *map(Column, headings)),
        rows=tuple(
            entry_row(judged, entry, cells) for entry in (*judged.models, *best_ensembles(judged))
        ),
        note=_(
            "Each fold has train and test cases of its own, and its interval is over these test "
            "cases. The interval of the mean says how it would vary over other test cases, with "
            "these fitted models: neither other train cases nor another period are in it."
        ),
    )
