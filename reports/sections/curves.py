"""How much data, how early: what the page says of a run's curves."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...bench.judge.judgement import CurveEntry, CurveJudgement, Gap, Judgement
from ...bench.language.speaking import _, marked, ngettext
from ...bench.suite.curve import LEARNING, CurvePoint
from .. import formats
from ..cells import difference_cell, figure_cell
from ..charts.curve_chart import curve_chart, highlighted, label_of
from ..counted import events_seen, models
from ..elements import Cell, Column, Figure, Row, Table
from ..lists import following, joined, parted
from ..lookups import title_of
from .more_cases import model_sentences
from .transfers import transfer_sentences, transfer_table

HEADINGS = {"learning": marked("How much data"), "early": marked("How early")}
_READINGS = {
    "learning": marked(
        "Each model was fitted again on a share of its fit cases; valid and test cases are the "
        "same at every point.  Whiskers are 95 % intervals over test cases, which the points "
        "share: trust the differences in the tables, not the overlap."
    ),
    "early": marked(
        "The same cases at every point, seen after so many of their events, with the same "
        "outcome.  Whiskers are 95 % intervals over test cases, which the points share: trust the "
        "differences in the tables, not the overlap."
    ),
}
_TWICE = marked("“Twice” is extrapolated by a power law.")
_MARKS = marked(
    "▲ and ▼: better and worse than the point before, or the last than the first, by a difference "
    "that is not zero at 5 %, of all models together."
)
_TWICE_THE_CASES = marked(
    "Twice the cases: extrapolated by an inverse power law with an interval, and not available "
    "where the points do not bear it."
)


@dataclass(frozen=True)
class CurveSection:
    """All that the page says of one curve.  ``key`` is safe as an HTML id.

    ``of_models`` are sentences on each model of a learning curve.
    """

    key: str
    heading: str
    title: str
    question: str
    simulated: bool
    finding: str
    sentences: tuple[str, ...]
    figure: Figure
    table: Table
    transfer: Table | None = None
    of_models: tuple[str, ...] = ()


def curve_sections(judgement: Judgement) -> tuple[CurveSection, ...]:
    """Say what each curve of a run shows."""
    titles = {judged.task.name: judged.task.card.title for judged in judgement.tasks}
    return tuple(
        _section(f"curve-{number}", judged, titles.get(judged.record.task, judged.record.task))
        for number, judged in enumerate(judgement.curves, start=1)
    )


def finding(judged: CurveJudgement) -> str:
    """Say in a sentence what the leading model's curve establishes, and nothing more."""
    few = highlighted(judged)
    if not few:
        return _("No model gave predictions at the last point")
    leader, first, last = few[0], judged.record.points[0], judged.record.points[-1]
    gap = leader.whole
    if not gap.difference.available:
        said = _("What {title} gains from {reach} is not known")
    elif not gap.established:
        said = _("{title} is not established to gain {metric} from {reach}")
    elif gap.difference.value > 0:
        said = _("{title} gains {distance} {metric} from {reach}")
    else:
        said = _("{title} loses {distance} {metric} from {reach}")
    return said.format(
        title=leader.title,
        reach=_reach(judged, first, last),
        metric=title_of(judged.metric),
        distance=formats.distance(gap.difference),
    )


def _section(key: str, judged: CurveJudgement, title: str) -> CurveSection:
    card, kind = judged.task.card, judged.record.kind
    extrapolated = any(entry.doubling.available for entry in highlighted(judged)[:1])
    reading = following((_(_READINGS[kind]), _(_TWICE) if extrapolated else ""))
    said = finding(judged)
    labels = tuple(_given(judged, point) for point in judged.record.points)
    return CurveSection(
        key=key,
        heading=_(HEADINGS[kind]),
        title=title,
        question=card.question,
        simulated=card.real is False,
        finding=_("{sentence}.").format(sentence=said),
        sentences=tuple(
            filter(
                None,
                (
                    _how_chosen(judged),
                    _last_step(judged),
                    _doubled(judged),
                    _all_models(judged),
                    *transfer_sentences(judged, labels),
                ),
            )
        ),
        figure=Figure(
            said, reading, curve_chart(judged, said, reading), _steps_table(judged), titled=False
        ),
        table=_scores_table(judged),
        transfer=transfer_table(judged, labels),
        of_models=model_sentences(judged),
    )


def _given(judged: CurveJudgement, point: CurvePoint) -> str:
    if not point.size:
        return _("all events")
    size = round(point.size)
    if judged.record.kind != LEARNING:
        return events_seen(size)
    return ngettext("{n} fit case", "{n} fit cases", size).format(n=formats.count(size))


def _reach(judged: CurveJudgement, first: CurvePoint, last: CurvePoint) -> str:
    start = label_of(first) if last.size else _given(judged, first)
    return _("{low} to {high}").format(low=start, high=_given(judged, last))


def _how_chosen(judged: CurveJudgement) -> str:
    few = highlighted(judged)
    if not few:
        return ""
    return _("{title} is the best at the last point on valid cases.").format(title=few[0].title)


def _all_models(judged: CurveJudgement) -> str:
    known = [
        entry
        for entry in judged.entries
        if entry.family != "baseline" and entry.whole.difference.available
    ]
    if not known:
        return ""
    better, worse = (
        sum(entry.whole.established and sign * entry.whole.difference.value > 0 for entry in known)
        for sign in (1, -1)
    )
    said = _("From the first to the last point {n_better} of {models} are established to gain.")
    if worse:
        said = _(
            "From the first to the last point {n_better} of {models} are established to gain, "
            "{n_worse} to lose."
        )
    return said.format(n_better=better, n_worse=worse, models=models(len(known)))


def _last_step(judged: CurveJudgement) -> str:
    few, points = highlighted(judged), judged.record.points
    if not few or len(points) < 3 or not few[0].steps[-1].difference.available:
        return ""
    gap = few[0].steps[-1]
    said = _("Its last step, from {reach}, brings {gain} ({interval}; not established).")
    if gap.established:
        said = _("Its last step, from {reach}, brings {gain} ({interval}; established).")
    return said.format(
        reach=_reach(judged, *points[-2:]),
        gain=formats.difference(gap.difference),
        interval=formats.difference_interval(gap.difference),
    )


def _doubled(judged: CurveJudgement) -> str:
    few = highlighted(judged)
    if not few or judged.record.kind != LEARNING:
        return ""
    leader, gain = few[0], few[0].doubling
    if not gain.available:
        return _(
            "What twice the fit cases would bring to {title} cannot be extrapolated from these "
            "points."
        ).format(title=leader.title)
    return _(
        "Twice the fit cases would bring {title} {gain} ({interval}), if the curve goes on as a "
        "power law."
    ).format(
        title=leader.title,
        gain=formats.difference(gain),
        interval=formats.difference_interval(gain),
    )


def _scores_table(judged: CurveJudgement) -> Table:
    learning = judged.record.kind == LEARNING
    columns = [Column(_given(judged, point), "higher") for point in judged.record.points]
    columns += [Column(_("First to last"), "higher", "main")]
    columns += [Column(_("Twice the cases"), "higher")] if learning else []
    columns += [Column(_("Weighted accuracy"), "higher")] if judged.record.weights else []
    rows = [_row(judged, entry, learning) for entry in judged.entries]
    if judged.ceilings:
        empty = [Cell("")] * (len(columns) - len(judged.ceilings))
        cells = (*map(figure_cell, judged.ceilings), *empty)
        rows.insert(0, Row(_("The truth, given everything"), cells, strong=True))
    return Table(
        caption=_("{metric} at each point").format(metric=title_of(judged.metric)),
        corner=_("Model"),
        columns=tuple(columns),
        rows=tuple(rows),
        note=following(
            (
                _(_MARKS),
                _how_compared(judged),
                _(_TWICE_THE_CASES) if learning else "",
                _how_weighted(judged),
            )
        ),
    )


def _how_compared(judged: CurveJudgement) -> str:
    task = judged.task
    if judged.record.kind != LEARNING:
        return _("Only cases that can be asked of at every point take part.")
    if task.group is not None:
        kept = _("A share keeps whole groups, drawn by chance; a larger share holds the smaller.")
    elif task.time is not None:
        kept = _("A share keeps the latest cases, as if earlier ones had not been collected.")
    else:
        kept = _(
            "A share is drawn by chance, as much of each outcome; a larger one holds the smaller."
        )
    return following((kept, _("Differences allow for other test cases and for other fit cases.")))


def _how_weighted(judged: CurveJudgement) -> str:
    weights = judged.record.weights
    if not weights:
        return ""
    return _(
        "Weighted accuracy: the accuracies at 0.5 of all points, times {weights}, added up; "
        "{most} is the most. So the SIGIR eCom 2021 data challenge adds up its micro-F1, but cuts "
        "each session once; here the same sessions are asked of at all points. The base rate shows "
        "what the more frequent answer alone brings."
    ).format(weights=joined(f"{weight:g}" for weight in weights), most=f"{float(sum(weights)):g}")


def _row(judged: CurveJudgement, entry: CurveEntry, learning: bool) -> Row:
    if not any(score.available for score in entry.scores):
        gone = _("failed: {reasons}").format(reasons=parted(entry.failures))
        return Row(
            entry.title, entry=entry.name, family=entry.family,
            reason=gone if entry.failures else formats.missing(),
        )  # fmt: skip
    cells = [figure_cell(entry.scores[0])]
    for score, step in zip(entry.scores[1:], entry.steps, strict=True):
        cell = figure_cell(score)
        cells.append(Cell(f"{_sign(step)} {cell.text}".strip(), cell.below, cell.sort))
    cells.append(_gap_cell(entry.whole))
    if learning:
        cells.append(difference_cell(entry.doubling))
    if judged.record.weights:
        cells.append(figure_cell(entry.weighted))
    few = highlighted(judged)[:1]
    return Row(
        entry.title, tuple(cells), entry.name, entry.family, strong=entry in few,
        tags=(_("points failed"),) if entry.failures else (),
    )  # fmt: skip


def _steps_table(judged: CurveJudgement) -> Table:
    points = judged.record.points
    labels = [label_of(point) for point in points]
    return Table(
        caption=_("What each step brings in {metric}").format(metric=title_of(judged.metric)),
        corner=_("Model"),
        columns=tuple(
            Column(f"{before} → {after}", "higher")
            for before, after in zip(labels, labels[1:], strict=False)
        ),
        rows=tuple(
            Row(entry.title, tuple(map(_gap_cell, entry.steps)), entry.name, entry.family)
            for entry in judged.entries
        ),
        note=_(
            "Paired differences on the same test cases, positive where the later point is better, "
            "with 95 % intervals."
        ),
    )


def _gap_cell(gap: Gap) -> Cell:
    return difference_cell(gap.difference, _sign(gap))


def _sign(gap: Gap) -> str:
    if not gap.established:
        return ""
    return "▲" if gap.difference.value > 0 else "▼"


def page_heading(sections: Sequence[CurveSection]) -> str:
    """Head the part of the page that holds the curves; empty where there are none."""
    headings = list(dict.fromkeys(section.heading for section in sections))
    return joined(headings).capitalize()
