"""The comparison tables: one row an entry, one column a metric, failed entries at the end."""

import math
from collections.abc import Callable, Sequence

from ...bench.judge.judgement import Entry, Score, TaskJudgement
from ...bench.metrics.metrics import METRICS
from .. import formats
from ..elements import Cell, Column, Row, Table, plain_table

# What a table says of an entry, with a sign for readers who cannot see the colour.
STANDINGS = {
    "leads": ("▲", "leads"),
    "best": ("▲", "best figure"),
    "level": ("≈", "level with the best"),
    "behind": ("", "behind"),
    "failed": ("✕", "failed"),
}
UNKNOWN = Score(math.nan, math.nan, math.nan)


def metrics_of(needs: str, entries: Sequence[Entry], suffix: str = "") -> list[str]:
    """List the metrics that some entry has, by what they are computed from: "p" or "decision"."""
    return [
        name
        for name, metric in METRICS.items()
        if metric.needs == needs and any(name + suffix in entry.scores for entry in entries)
    ]


def score_of(entry: Entry, key: str) -> Score:
    """Look a figure up; one that was not judged is not available."""
    return entry.scores.get(key, UNKNOWN)


def base_accuracy(judged: TaskJudgement) -> Score:
    """Give the accuracy of answering without a look: the base-rate model's, or the larger share."""
    for entry in judged.models:
        if entry.family == "baseline" and score_of(entry, "accuracy").available:
            return score_of(entry, "accuracy")
    value = max(tested_rate(judged), 1 - tested_rate(judged))
    return Score(value, value, value)


def tested_rate(judged: TaskJudgement) -> float:
    """Give the share of positive cases among those tested, as a mean over folds."""
    target = judged.task.target
    return sum(float(target[f.test].mean()) for f in judged.task.folds) / len(judged.task.folds)


def scores_table(judged: TaskJudgement, entries: Sequence[Entry], *, costs: bool) -> Table:
    """Tabulate how well probabilities rank and how true they are, and what the model costs."""
    main = judged.main_metric
    others = [name for name in metrics_of("p", entries) if name != main]
    columns = [_column(main, "main"), Column("Standing", weight="main")]
    columns += [Column(f"Practically equal (within {METRICS[main].rope:g})"), *map(_column, others)]
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
    without_look = Cell(formats.score(base_accuracy(judged)), sort=_key(base_accuracy(judged)))
    columns = [Column("Threshold")] if chosen else []
    tested = not chosen and any(entry.discordant for entry in entries)
    for name in names:
        columns.append(_column(name))
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


def ensembles_table(judged: TaskJudgement) -> Table:
    """Tabulate what each ensemble gains over the best single model, and who is in it."""
    main = title_of(judged.main_metric)

    def cells(entry: Entry) -> list[Cell]:
        return [
            figure_cell(score_of(entry, judged.main_metric)),
            _gain_cell(entry),
            Cell(rival_of(judged, entry) or "none"),
            _members_cell(entry),
            _left_out_cell(entry),
        ]

    return Table(
        caption=f"Ensembles: gain in {main} over the best single model as chosen on valid cases",
        corner="Ensemble",
        columns=(
            _column(judged.main_metric, "main"),
            Column("Gain", "higher"),
            Column("Over"),
            Column("Members and weights"),
            Column("Left out"),
        ),
        rows=tuple(entry_row(judged, entry, cells) for entry in judged.ensembles),
        note="Weights are means over folds; those of stacking are coefficients of the members' "
        "log odds, and may be negative.",
    )


def member_sets_table(judged: TaskJudgement) -> Table | None:
    """Tabulate how differently the members of each set err; None without ensembles."""
    if not judged.member_sets:
        return None
    lines = [
        (
            members.label,
            formats.count(members.n_members),
            formats.share(members.disagreement),
            formats.fixed(members.correlation, 2),
            *(
                Cell(f"{first} and {second}", f"correlation {formats.fixed(correlation, 2)}")
                for first, second, correlation in (members.most_alike, members.least_alike)
            ),
        )
        for members in judged.member_sets
    ]
    return plain_table(
        "How differently the members err",
        (
            "Set", "Members", "Decide differently", "Correlation of errors", "Most alike",
            "Least alike",
        ),
        lines,
        "Means over all pairs and folds, on valid cases: the share of cases on which two members "
        "decide differently at 0.5, and the correlation of their errors (probability less "
        "outcome).  Members whose errors are all alike leave an ensemble nothing to gain.",
    )  # fmt: skip


def entry_row(judged: TaskJudgement, entry: Entry, cells: Callable[[Entry], list[Cell]]) -> Row:
    """Head a row with its entry; ``cells`` makes the values of one that did not fail."""
    return Row(
        title=entry.title,
        cells=() if entry.standing == "failed" else tuple(cells(entry)),
        entry=entry.name,
        family=entry.family,
        tags=("derived view",) if entry.derived_view else (),
        reason="failed: " + "; ".join(entry.failures) if entry.standing == "failed" else "",
        strong=at_the_top(judged, entry),
    )


def figure_cell(figure: Score) -> Cell:
    """Print a figure over its interval."""
    if not figure.available:
        return Cell(formats.MISSING)
    return Cell(formats.score(figure), formats.interval(figure), _key(figure))


def standing(judged: TaskJudgement, entry: Entry) -> tuple[str, str]:
    """Say where an entry stands: a sign (possibly empty) and words."""
    if entry.standing != "failed" and not score_of(entry, judged.main_metric).available:
        return "", "not ranked"
    return STANDINGS[entry.standing]


def at_the_top(judged: TaskJudgement, entry: Entry) -> bool:
    """Tell whether an entry is the best or cannot be told apart from it."""
    return standing(judged, entry) in [STANDINGS[name] for name in ("leads", "best", "level")]


def standing_cell(judged: TaskJudgement, entry: Entry) -> Cell:
    """Print where an entry stands, with its distance to the leader."""
    sign, words = standing(judged, entry)
    below = ""
    if entry.behind is not None and entry.behind.difference.available:
        figure = entry.behind.difference
        below = f"by {formats.distance(figure)} ({formats.difference_interval(figure)})"
    order = list(STANDINGS).index(entry.standing)
    return Cell(f"{sign} {words}".strip(), below, str(order))


def rival_of(judged: TaskJudgement, ensemble: Entry) -> str:
    """Name the single model that an ensemble is measured against."""
    titles = {model.name: model.title for model in judged.models}
    return titles.get(ensemble.rival, ensemble.rival)


def title_of(metric: str) -> str:
    """Give a metric's printed name."""
    return METRICS[metric].title


def _column(metric: str, weight: str = "") -> Column:
    # Kept on one line: "%" alone on the next would be odd.
    title = title_of(metric).replace(" %", "\u00a0%")
    return Column(title, "lower" if METRICS[metric].minimize else "higher", weight)


def _key(figure: Score) -> str:
    return repr(float(figure.value)) if figure.available else ""


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


def _gain_cell(entry: Entry) -> Cell:
    if entry.gain is None or not entry.gain.difference.available:
        return Cell(formats.MISSING)
    figure = entry.gain.difference
    verdict = "established" if entry.gain.established else "not established"
    return Cell(
        f"{formats.difference(figure)}, {verdict}",
        formats.difference_interval(figure),
        _key(figure),
    )


def _members_cell(entry: Entry) -> Cell:
    items = tuple(f"{member.title} {formats.fixed(member.weight, 2)}" for member in entry.members)
    return Cell(formats.count(len(items), "member"), sort=str(len(items)), items=items)


def _left_out_cell(entry: Entry) -> Cell:
    if not entry.left_out:
        return Cell("none", sort="0")
    number = len(entry.left_out)
    return Cell(formats.count(number, "member"), sort=str(number), items=entry.left_out)
