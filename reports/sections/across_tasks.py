"""Across tasks: mean ranks, the groups that cannot be told apart, and the odds against the best."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...bench.judge.judgement import Judgement
from ...bench.stats.across_tasks import AcrossTasks
from .. import formats
from ..charts import svg
from ..elements import Cell, Figure, Table, plain_table
from ..lookups import title_of

_WIDTH, _ROW = 400, 20
_LEFT, _RIGHT, _TOP = 178, 340, 44
_GROUP_STEP = 9


@dataclass(frozen=True)
class Across:
    """The section: a sentence, and picture and table where something can be said."""

    sentence: str
    figure: Figure | None = None
    table: Table | None = None


def across(judgement: Judgement) -> Across | None:
    """Say what the tasks of a run say together; None for a run of one task."""
    if len(judgement.tasks) < 2:
        return None
    found = judgement.across
    if isinstance(found, str):
        return Across(f"{found[0].upper()}{found[1:]}.")
    titles = {entry.name: entry.title for judged in judgement.tasks for entry in judged.models}
    families = {entry.name: entry.family for judged in judgement.tasks for entry in judged.models}
    return Across(
        _sentence(found, titles), _diagram(found, titles, families), _table(found, titles)
    )


def _sentence(found: AcrossTasks, titles: Mapping[str, str]) -> str:
    best = next(iter(found.ranks))
    metric = title_of("roc_auc")
    start = f"Over {len(found.tasks)} tasks, {titles[best]} has the best mean rank in {metric}"
    if found.friedman_p > 0.05:
        p_value = formats.p_value(found.friedman_p)
        return f"{start}, but the models cannot be told apart (Friedman, p = {p_value})."
    with_it = next((group for group in found.groups if group[0] == best), (best,))
    n_behind = len(found.ranks) - len(with_it)
    left = "".join(f" Left out: {titles.get(k, k)} ({why})." for k, why in found.left_out.items())
    return (
        f"{start}; {n_behind} of the other {len(found.ranks) - 1} models are further from it than "
        f"the critical difference of {found.critical_difference:.2f} ranks (Nemenyi, 5 %).{left}"
    )


def _diagram(found: AcrossTasks, titles: Mapping[str, str], families: Mapping[str, str]) -> Figure:
    names = list(found.ranks)
    scale = svg.Scale(1.0, max(2.0, float(len(names))), _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(names)
    marks = [svg.text(_LEFT, 13, "Mean rank (1 is best)", class_="axis")]
    for tick in range(1, len(names) + 1, max(1, len(names) // 8)):
        x = scale(float(tick))
        marks += [
            svg.line(x, _TOP - 6, x, bottom, "grid"),
            svg.text(x, _TOP - 10, str(tick), anchor="middle", class_="tick"),
        ]
    row_of = {name: _TOP + _ROW * (i + 0.5) for i, name in enumerate(names)}
    for name, y in row_of.items():
        rank = found.ranks[name]
        said = f"{titles[name]}: mean rank {rank:.2f}"
        dot = svg.dot(scale(rank), y, 4, "point", said)
        label = svg.text(
            _LEFT - 10, y + 4, svg.clipped(titles[name], _LEFT - 10), anchor="end", class_="label"
        )
        marks.append(svg.group([dot, label], f"f-{families[name]}", name))
    for number, group in enumerate(found.groups):
        x = _RIGHT + 14 + number * _GROUP_STEP
        ends = [(x, row_of[group[0]] - 6), (x, row_of[group[-1]] + 6)]
        said = f"not told apart: {titles[group[0]]} to {titles[group[-1]]}"
        marks.append(svg.path(ends, "joined", said))
    title = f"Mean ranks over {len(found.tasks)} tasks"
    reading = (
        "Models joined by a line on the right are closer than the critical difference of "
        f"{found.critical_difference:.2f} and cannot be told apart (Nemenyi)."
    )
    width = max(_WIDTH, _RIGHT + 14 + len(found.groups) * _GROUP_STEP)
    picture = svg.drawing(marks, width, bottom + 10, title, reading)
    lines = [(titles[name], f"{rank:.2f}") for name, rank in found.ranks.items()]
    return Figure(title, reading, picture, plain_table(title, ("Model", "Mean rank"), lines))


def _table(found: AcrossTasks, titles: Mapping[str, str]) -> Table:
    lines = [
        (
            titles[other.name],
            Cell(f"{found.ranks[other.name]:.2f}"),
            Cell(formats.p_value(other.p_value), sort=repr(other.p_value)),
            *(
                Cell(formats.chance(value), sort=repr(value))
                for value in (other.odds.better, other.odds.equal, other.odds.worse)
            ),
        )
        for other in found.against
    ]
    best = titles[next(iter(found.ranks))]
    headings = (
        "Model", "Mean rank", "p (Wilcoxon, Holm)", f"{best} better", "Practically equal",
        f"{best} worse",
    )  # fmt: skip
    note = (
        "The odds are those of a further task like these (Bayesian signed-rank test): on how many "
        "of the possible worlds that these tasks allow it would win, be practically equal, or lose."
    )
    return plain_table(f"Against {best}, over {len(found.tasks)} tasks", headings, lines, note)
