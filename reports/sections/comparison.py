"""The comparison: models and the best ensembles in one table, failed models at the end."""

import math
from collections.abc import Sequence
from dataclasses import replace

from ...bench.judge.choice import choose_entry
from ...bench.judge.judgement import FAILED, Entry, TaskJudgement
from ...bench.language.speaking import _, marked, ngettext
from ...bench.metrics.metrics import METRICS
from .. import formats
from ..blocks import Block, Folded, Paragraph, Section, Words, note
from ..cells import entry_row, figure_cell, gain_cell, metric_column, standing_cell
from ..elements import Cell, Column, Table
from ..lists import following
from ..lookups import best_ensembles, metrics_of, score_of, title_of

# The rows that are not folded away, and how few are not worth it.
_N_LEADING, _WORTH_FOLDING = 5, 4
_READING = marked(
    "Small figures are 95 % intervals: how the figure would vary over other test cases, with these "
    "fitted models. ▲ marks the highest figure, ≈ what is in the race with it; the arrows say "
    "which way is better."
)
_DERIVED = marked(
    "Derived view: the data hold no events, so the model read the table's columns as a sequence."
)
_WITHOUT_WEIGHTS = marked(
    "Fitted without weights: the model cannot use them and learnt from each row as from one case; "
    "it is judged by weight as all others are."
)
_EQUAL = marked(
    "Practically equal: how likely the entry is within so much of the highest, and how likely it "
    "is further behind."
)
_ASKED = marked(
    "In the race: whether these methods would keep their order if they were fitted again, on other "
    "train cases, and met new cases; as fitted: whether these fitted models would. Both intervals "
    "are simultaneous over the table."
)
_ONE_FOLD = marked(
    "With one fold, what other train cases would change cannot be seen; it is taken as large as it "
    "is for unstable models."
)
_IN_TIME = marked(
    "Folds follow each other in time: how the order changes with the season is not asked."
)
_COSTS = marked(
    "Times are processor time. Fit: mean of a fold. One case: predicted alone, half of the calls "
    "were done within this time. Memory: the most a cell added."
)
_BESIDE_MODELS = marked(
    "In place of an ensemble's standing is its gain over the best single model as chosen on valid "
    "cases."
)


def section(judged: TaskJudgement) -> Section:
    """Compare the models, and the best ensembles with them."""
    said = [_(_READING)]
    if any(entry.contestant.derived_view for entry in judged.models):
        said.append(_(_DERIVED))
    if any(entry.contestant.fitted_without_weights for entry in judged.models):
        said.append(_(_WITHOUT_WEIGHTS))
    table = models_table(judged)
    shown, rest = _parted(judged, table)
    how = Folded(
        _("How to read this table"), (Paragraph((Words(following(said)),)), note(table.note))
    )
    blocks: tuple[Block, ...] = (shown, how)
    if rest is not None:
        n = len(rest.rows)
        summary = ngettext(
            "{n} more model, lower or failed", "{n} more models, lower or failed", n
        ).format(n=formats.count(n))
        blocks = (shown, Folded(summary, (rest,)), how)
    return Section("models", "", blocks, folded=False)


def _parted(judged: TaskJudgement, table: Table) -> tuple[Table, Table | None]:
    """Part the models that lead, the one to use and the ensembles from the other models."""
    recommended = choose_entry(judged).entry
    leading = {row.entry for row in table.rows[:_N_LEADING]}
    leading |= {row.entry for row in table.rows if row.family in ("ensemble", "baseline")}
    leading |= {recommended.name} if recommended is not None else set()
    shown = tuple(row for row in table.rows if row.entry in leading)
    rest = tuple(row for row in table.rows if row.entry not in leading)
    if len(rest) < _WORTH_FOLDING:
        return replace(table, note=""), None
    return replace(table, rows=shown, note=""), replace(
        table,
        rows=rest,
        note="",
        caption=_("{table}: the other models").format(table=table.caption),
    )


def models_table(judged: TaskJudgement) -> Table:
    """Tabulate the models and the best ensembles: ranking, probabilities and cost."""
    ensembles = best_ensembles(judged)
    failed = [entry for entry in judged.models if entry.standing == FAILED]
    working = [entry for entry in judged.models if entry.standing != FAILED]
    others = _other_metrics(judged, judged.models)

    def cells(entry: Entry) -> list[Cell]:
        single = entry.family != "ensemble"
        place = standing_cell(judged, entry) if single else gain_cell(entry.gain)
        equal = _equal_cell(entry) if single else Cell("")
        return [*_score_cells(judged, entry, place, equal, others), *_cost_cells(entry)]

    caption = _("Models by {metric}: ranking, probabilities, cost")
    if ensembles:
        caption = _("Models and the best ensembles by {metric}: ranking, probabilities, cost")
    return Table(
        caption=caption.format(metric=title_of(judged.main_metric)),
        corner=_("Model"),
        columns=(
            *_columns(judged, others),
            Column(_("Fit"), "lower"),
            Column(_("One case"), "lower"),
            Column(_("Memory"), "lower"),
        ),
        rows=tuple(entry_row(judged, entry, cells) for entry in (*working, *ensembles, *failed)),
        note=following((_note(judged), _(_COSTS), _(_BESIDE_MODELS) if ensembles else "")),
    )


def all_ensembles_table(judged: TaskJudgement) -> Table:
    """Tabulate the ensembles' ranking and probabilities, with their standings among themselves."""
    others = _other_metrics(judged, judged.ensembles)

    def cells(entry: Entry) -> list[Cell]:
        place, equal = standing_cell(judged, entry), _equal_cell(entry)
        return _score_cells(judged, entry, place, equal, others)

    return Table(
        caption=_("Ensembles by {metric}: ranking, probabilities").format(
            metric=title_of(judged.main_metric)
        ),
        corner=_("Ensemble"),
        columns=_columns(judged, others),
        rows=tuple(entry_row(judged, entry, cells) for entry in judged.ensembles),
        note=_note(judged),
    )


def _note(judged: TaskJudgement) -> str:
    """Say what the standings answer."""
    said = [_(_EQUAL), _(_ASKED)]
    if len(judged.task.folds) == 1:
        said.append(_(_ONE_FOLD))
    elif judged.task.time is not None:
        said.append(_(_IN_TIME))
    return following(said)


def _other_metrics(judged: TaskJudgement, entries: Sequence[Entry]) -> list[str]:
    return [name for name in metrics_of("p", entries) if name != judged.main_metric]


def _columns(judged: TaskJudgement, others: Sequence[str]) -> tuple[Column, ...]:
    main = judged.main_metric
    return (
        metric_column(main, "main"),
        Column(_("Standing"), weight="main"),
        Column(_("Practically equal (within {rope})").format(rope=f"{METRICS[main].rope:g}")),
        *map(metric_column, others),
    )


def _score_cells(
    judged: TaskJudgement, entry: Entry, place: Cell, equal: Cell, others: Sequence[str]
) -> list[Cell]:
    figure = figure_cell(score_of(entry, judged.main_metric))
    return [figure, place, equal, *(figure_cell(score_of(entry, name)) for name in others)]


def _equal_cell(entry: Entry) -> Cell:
    if entry.behind is None:
        return Cell("")
    odds = entry.behind.odds
    if odds is None:
        return Cell(formats.missing())
    behind = _("further behind {chance}").format(chance=formats.chance(odds.better))
    return Cell(formats.chance(odds.equal), behind, repr(odds.equal))


def _cost_cells(entry: Entry) -> list[Cell]:
    one_case = entry.contestant.costs.p50_seconds
    costs = (
        (formats.seconds(entry.contestant.fit_seconds), entry.contestant.fit_seconds),
        (formats.seconds(one_case), one_case),
        (formats.megabytes(entry.contestant.peak_bytes), entry.contestant.peak_bytes),
    )
    return [Cell(text, sort="" if math.isnan(raw) else repr(float(raw))) for text, raw in costs]
