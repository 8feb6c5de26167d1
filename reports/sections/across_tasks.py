"""Across tasks: mean ranks, who is in the race, the odds against the best, wins and losses."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from ...bench.judge.judgement import (
    BEHIND,
    FAILED,
    IN_THE_RACE,
    PROBABLY_BEHIND,
    Judgement,
    standing_of,
)
from ...bench.language.speaking import _, marked, ngettext
from ...bench.stats.across_tasks import AcrossTasks, Against
from ...bench.stats.intervals import LEVEL
from .. import formats
from ..charts import svg
from ..counted import models
from ..elements import Cell, Figure, Table, plain_table
from ..lists import following, joined, listed
from ..lookups import STANDINGS, standing_words, title_of

_WIDTH, _ROW = 400, 20
_LEFT, _RIGHT, _TOP = 178, 340, 44
_SIGNS = 352
_MOST_DRAWN, _MOST_NAMED = 12, 6
_SIGNS_SAID = marked("▲ marks the best mean rank, ≈ those in the race with it.")
_WORDS = (IN_THE_RACE, PROBABLY_BEHIND, BEHIND)


@dataclass(frozen=True)
class Across:
    """The section: a sentence, and picture and tables where something can be said."""

    sentence: str
    figure: Figure | None = None
    tables: tuple[Table, ...] = ()


def across(judgement: Judgement) -> Across | None:
    """Say what the tasks of a run say together; None for a run of one task."""
    if len(judgement.tasks) < 2:
        return None
    found = judgement.across
    if isinstance(found, str):
        return Across(_("{sentence}.").format(sentence=found[0].upper() + found[1:]))
    titles = {entry.name: entry.title for judged in judgement.tasks for entry in judged.models}
    families = {entry.name: entry.family for judged in judgement.tasks for entry in judged.models}
    seconds = _fit_seconds(judgement)
    return Across(
        following((_sentence(found, titles), _in_the_race(found, titles, seconds))),
        _diagram(found, titles, families),
        (_wins_and_losses(judgement, found, titles, seconds), _against_the_best(found, titles)),
    )


def _fit_seconds(judgement: Judgement) -> dict[str, float]:
    """Give each model's median over tasks of the processor time of its fits in a fold."""
    seconds = defaultdict(list)
    for judged in judgement.tasks:
        for entry in judged.models:
            if entry.scores:
                seconds[entry.name].append(entry.contestant.fit_seconds)
    return {name: median(of_tasks) for name, of_tasks in seconds.items()}


def _sentence(found: AcrossTasks, titles: Mapping[str, str]) -> str:
    best = next(iter(found.ranks))
    metric = title_of("roc_auc")
    counts = Counter(map(_standing, found.against))
    others = joined(_(_COUNTED[word]).format(n=counts[word]) for word in _WORDS if counts[word])
    said = _(
        "Over {n_tasks} tasks, {title} has the best mean rank in {metric}; of the other {models}: "
        "{others}."
    ).format(
        n_tasks=len(found.tasks),
        title=titles[best],
        metric=metric,
        models=models(len(found.against)),
        others=others,
    )
    left_out = (
        _("Left out: {title} ({why}).").format(title=titles.get(name, name), why=why)
        for name, why in found.left_out.items()
    )
    return following((said, *left_out))


def _in_the_race(
    found: AcrossTasks, titles: Mapping[str, str], seconds: Mapping[str, float]
) -> str:
    """Name those that could be the best, and the one of them that takes the least time to fit."""
    best = next(iter(found.ranks))
    others = [one.name for one in found.against if _standing(one) == IN_THE_RACE]
    if not others:
        return ""
    quickest = min((best, *others), key=seconds.__getitem__)
    return _(
        "In the race with it: {titles}. The quickest of all these to fit, {best} included, is "
        "{quickest}: {seconds} of processor time a fold, as a median over tasks."
    ).format(
        titles=listed([titles[name] for name in others], _MOST_NAMED),
        best=titles[best],
        quickest=titles[quickest],
        seconds=formats.seconds(seconds[quickest]),
    )


def _signs(found: AcrossTasks) -> dict[str, str]:
    """Give the sign of each model: the best rank's, and of those in the race with it."""
    signs = {other.name: STANDINGS[_standing(other)][0] for other in found.against}
    return {next(iter(found.ranks)): "▲", **signs}


_COUNTED = {
    IN_THE_RACE: marked("{n} in the race"),
    PROBABLY_BEHIND: marked("{n} probably behind"),
    BEHIND: marked("{n} behind"),
}


def _standing(other: Against) -> str:
    return standing_of(other.p_value <= 1 - LEVEL, other.odds)


def _diagram(found: AcrossTasks, titles: Mapping[str, str], families: Mapping[str, str]) -> Figure:
    names = list(found.ranks)[:_MOST_DRAWN]
    scale = svg.Scale(1.0, max(2.0, *(found.ranks[name] for name in names)), _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(names)
    marks = [svg.text(_LEFT, 13, _("Mean rank (1 is best)"), class_="axis")]
    ticks = range(1, int(scale.high) + 1)
    # As many as their numbers leave room for, side by side.
    fits = int((_RIGHT - _LEFT) / svg.width_of("10  "))
    for tick in ticks[:: -(-len(ticks) // fits)]:
        x = scale(float(tick))
        marks += [
            svg.line(x, _TOP - 6, x, bottom, "grid"),
            svg.text(x, _TOP - 10, str(tick), anchor="middle", class_="tick"),
        ]
    row_of = {name: _TOP + _ROW * (i + 0.5) for i, name in enumerate(names)}
    signs = _signs(found)
    for name, y in row_of.items():
        rank = found.ranks[name]
        said = _("{title}: mean rank {rank}").format(title=titles[name], rank=f"{rank:.2f}")
        dot = svg.dot(scale(rank), y, 4, "point", said)
        sign = svg.text(_SIGNS, y + 4, signs.get(name, ""), class_="value")
        label = svg.text(
            _LEFT - 10, y + 4, svg.clipped(titles[name], _LEFT - 10), anchor="end", class_="label"
        )
        marks.append(svg.group([dot, label, sign], f"f-{families[name]}", name))
    title = _("Mean ranks over {n} tasks").format(n=len(found.tasks))
    rest = len(found.ranks) - len(names)
    reading = following(
        (
            _(_SIGNS_SAID),
            ngettext(
                "{n} lower model stands in the table only.",
                "{n} lower models stand in the table only.",
                rest,
            ).format(n=formats.count(rest))
            if rest
            else "",
        )
    )
    picture = svg.drawing(marks, _WIDTH, bottom + 10, title, reading)
    lines = [(titles[name], f"{rank:.2f}") for name, rank in found.ranks.items()]
    table = plain_table(title, (_("Model"), _("Mean rank")), lines)
    return Figure(title, reading, picture, table)


def _wins_and_losses(
    judgement: Judgement,
    found: AcrossTasks,
    titles: Mapping[str, str],
    seconds: Mapping[str, float],
) -> Table:
    """Count for each model the tasks on which it leads, is in the race or behind; and its cost."""
    standings, led = defaultdict(Counter), Counter()
    for judged in judgement.tasks:
        for entry in judged.models:
            standings[entry.name][entry.standing] += 1
            led[entry.name] += entry.standing == IN_THE_RACE and entry.behind is None
    lines, signs = [], _signs(found)
    for name, rank in found.ranks.items():
        fit = seconds[name]
        lines.append(
            (
                titles[name],
                Cell(f"{rank:.2f} {signs[name]}".strip(), sort=repr(rank)),
                *(
                    Cell(formats.count(n), sort=str(n))
                    for n in (
                        led[name],
                        *(standings[name][word] for word in _WORDS),
                        standings[name][FAILED],
                    )
                ),
                Cell(formats.seconds(fit), sort=repr(fit)),
            )
        )
    headings = (
        _("Model"), _("Mean rank"), _("Highest"),
        *(standing_words(word).capitalize() for word in (*_WORDS, FAILED)), _("Fit"),
    )  # fmt: skip
    note = _(
        "On how many tasks a model reaches the highest figure, could be the best (it is then in "
        "the race), is behind, or failed; and the median over tasks of the processor time of its "
        "fits in a fold."
    )
    caption = _("Wins, losses and cost over {n} tasks").format(n=len(judgement.tasks))
    return plain_table(caption, headings, lines, following((_(_SIGNS_SAID), note)))


def _against_the_best(found: AcrossTasks, titles: Mapping[str, str]) -> Table:
    lines = [
        (
            titles[other.name],
            Cell(f"{found.ranks[other.name]:.2f}"),
            Cell(standing_words(_standing(other)), sort=str(_WORDS.index(_standing(other)))),
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
        _("Model"), _("Mean rank"), _("Standing"), _("p (permutations)"),
        _("{title} better").format(title=best), _("Practically equal"),
        _("{title} worse").format(title=best),
    )  # fmt: skip
    note = _(
        "In the race: with 95 % probability the best over tasks like these is among them. The odds "
        "are those of a further task like these (Bayesian signed-rank test): on how many of the "
        "possible worlds that these tasks allow it would win, be practically equal, or lose."
    )
    caption = _("Against {title}, over {n} tasks").format(title=best, n=len(found.tasks))
    return plain_table(caption, headings, lines, note)
