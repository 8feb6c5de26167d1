"""Who buys: segments of alike cases, how many of each buy, and what marks them."""

import math

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.judge.segments import LEAST_CASES, STABLE, ModelSegments, SegmentOutcome
from ...bench.language.speaking import _, marked, ngettext
from ...bench.store.segments import Difference
from .. import formats
from ..blocks import Block, Fact, Facts, Folded, Section, Words, note, sentence
from ..counted import cases
from ..elements import Cell, Column, Row, Table
from ..lists import following

_ARROW = " → "


def section(judged: TaskJudgement) -> Section | None:
    """Show the segments of the models that find some; None where no such model took part."""
    known = [
        (entry, judged.segments[entry.name])
        for entry in judged.models
        if entry.name in judged.segments
    ]
    if not known:
        return None
    # The model that ranks best comes first, of those that found any.
    (first, found), *others = sorted(known, key=lambda pair: bool(pair[1].missing))
    blocks = _of_model(first, found)
    if not found.missing:
        blocks.append(note(_(_READING).format(n=formats.count(LEAST_CASES))))
    for entry, of_entry in others:
        summary = _("Segments of {title}").format(title=entry.title)
        blocks.append(Folded(summary, tuple(_of_model(entry, of_entry)), entry.name, entry.family))
    return Section("segments", _("Who buys"), tuple(blocks), _finding(found))


def segment_name(number: int) -> str:
    """Name a segment by its number."""
    return _("Segment {number}").format(number=formats.count(number))


def _finding(found: ModelSegments) -> str:
    if found.missing:
        return formats.missing()
    most = found.outcomes[0]
    return _("{segment} buys most: {rate} of its cases").format(
        segment=segment_name(most.number), rate=formats.percent(most.rate)
    )


def _of_model(entry: Entry, found: ModelSegments) -> list[Block]:
    if found.missing:
        said = _("Segments of {title} are not available: {why}.")
        return [sentence(said.format(title=entry.title, why=found.missing))]
    blocks: list[Block] = [
        sentence(following((_extent(entry, found), _stability(found), found.chosen))),
        _table(entry, found),
    ]
    if found.n_hidden:
        blocks.append(note(_hidden(found)))
    marked_by = tuple(
        Fact(segment_name(one.number), (Words(said),))
        for one in found.outcomes
        if (said := following((*map(_said, one.differences), _path(one))))
    )
    return [*blocks, Facts(marked_by)] if marked_by else blocks


def _extent(entry: Entry, found: ModelSegments) -> str:
    n = sum(one.n_cases for one in found.outcomes) + found.n_hidden_cases
    if found.n_folds == 1:
        return _("{title} tells {cases} apart that it was not fitted on.").format(
            title=entry.title, cases=cases(n)
        )
    return _(
        "{title} tells {cases} apart that it was not fitted on: those that the last of {n_folds} "
        "folds tests."
    ).format(title=entry.title, cases=cases(n), n_folds=formats.count(found.n_folds))


def _stability(found: ModelSegments) -> str:
    if math.isnan(found.stability):
        return _("Whether the segments are stable was not measured: {why}.").format(
            why=found.unmeasured
        )
    told = marked(
        "The segments are stable: found anew in {n} bootstrap draws of the fit cases, they agree "
        "with an adjusted Rand index of {index}, of which {least} is enough."
    )
    if not found.is_stable:
        told = marked(
            "The segments are not stable: found anew in {n} bootstrap draws of the fit cases, they "
            "agree with an adjusted Rand index of {index} only, below {least}. Other cases would "
            "have given other segments; do not name them."
        )
    return _(told).format(
        n=formats.count(found.n_bootstraps),
        index=formats.fixed(found.stability, 2),
        least=formats.fixed(STABLE, 1),
    )


def _table(entry: Entry, found: ModelSegments) -> Table:
    return Table(
        caption=_("Segments of {title}, the one that buys most first").format(title=entry.title),
        corner=_("Segment"),
        columns=(
            Column(_("Cases"), amount=True),
            Column(_("Share of all")),
            Column(_("Buy rate"), "higher", "main"),
            Column(_("Lift"), "higher"),
        ),
        rows=tuple(
            Row(
                segment_name(one.number),
                (
                    Cell(formats.count(one.n_cases), sort=repr(one.n_cases)),
                    Cell(formats.share(one.share), sort=repr(one.share)),
                    _rate_cell(one),
                    Cell(formats.fixed(one.lift, 2), sort=_sort(one.lift)),
                ),
            )
            for one in found.outcomes
        ),
        note=_("All test cases together: {rate}. A lift of 1 is their rate.").format(
            rate=formats.share(found.rate)
        ),
        style="lines",
    )


def _rate_cell(one: SegmentOutcome) -> Cell:
    ends = formats.from_to(formats.share(one.rate.low), formats.share(one.rate.high))
    return Cell(formats.percent(one.rate), ends, repr(float(one.rate.value)))


def _sort(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


def _hidden(found: ModelSegments) -> str:
    return ngettext(
        "{n} segment of fewer than {least} test cases is hidden; it holds {cases}.",
        "{n} segments of fewer than {least} test cases are hidden; they hold {cases}.",
        found.n_hidden,
    ).format(
        n=formats.count(found.n_hidden),
        least=formats.count(LEAST_CASES),
        cases=cases(found.n_hidden_cases),
    )


def _said(one: Difference) -> str:
    """Say in a sentence how a segment's cases differ from the others in a column."""
    if one.value:
        told = marked(
            "{column} is {value} in {inside} of its cases and in {outside} of the others "
            "({distance} standard deviations)."
        )
        inside, outside = formats.share(one.inside), formats.share(one.outside)
    else:
        told = marked(
            "{column} is {inside} on average, elsewhere {outside} ({distance} standard deviations)."
        )
        inside, outside = formats.three_digits(one.inside), formats.three_digits(one.outside)
    return _(told).format(
        column=one.column,
        value=formats.span(one.value, math.nan, math.nan),
        inside=inside,
        outside=outside,
        distance=formats.signed(one.distance, 1),
    )


def _path(one: SegmentOutcome) -> str:
    if not one.path:
        return ""
    return _("Its typical path: {path}.").format(path=_ARROW.join(one.path))


_READING = marked(
    "Segments are found among the fit cases without a look at their outcomes, and numbered by size "
    "there; what marks them is of the fit cases, too. Rates are of test cases; segments with fewer "
    "than {n} of these are hidden. That a segment buys more does not say that what marks it is why."
)
