"""What drives a model: what it loses without something, and which way its prediction goes."""

from collections.abc import Sequence

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.judge.model_drivers import (
    DIFFERS,
    DIPS,
    FALLS,
    PEAKS,
    RISES,
    Driver,
    ModelDrivers,
)
from ...bench.language.speaking import _, marked, ngettext
from ...bench.store.drivers import LOCAL_EFFECTS, PERMUTED, REMOVED, SHUFFLED
from .. import formats
from ..blocks import Folded, Section, note, sentence
from ..cells import sort_key
from ..counted import folds
from ..elements import Cell, Column, Row, Table
from ..lists import following, listed
from ..lookups import title_of

_MOST_SHOWN, _MOST_OF_A_MODEL = 10, 3
_MAIN = "roc_auc"


def section(judged: TaskJudgement) -> Section | None:
    """Show what drives the leading model, and folded what drives each; None without models."""
    entry = shown_entry(judged)
    known = judged.drivers.get(entry.name) if entry else None
    if known is None:
        return None
    title = _("What drives it")
    if not known.drivers:
        said = _("What drives {title} is not available: {why}.").format(
            title=entry.title, why=known.missing
        )
        blocks = (sentence(said), _every_model(judged))
        return Section("drivers", title, blocks, formats.missing())
    leading = known.leading(_MOST_OF_A_MODEL)
    finding = _("{title}: nothing for sure").format(title=entry.title)
    if leading:
        finding = _("{title}: {drivers}").format(
            title=entry.title, drivers=listed([_short_name(driver) for driver in leading])
        )
    shown = known.drivers[:_MOST_SHOWN]
    caption = _("What {title} loses without it, and which way its probability goes").format(
        title=entry.title
    )
    blocks = (
        _table(caption, shown, _left(len(known.drivers) - len(shown))),
        note(_reading(known)),
        _every_model(judged),
    )
    return Section("drivers", title, blocks, finding)


def shown_entry(judged: TaskJudgement) -> Entry | None:
    """Give the model whose drivers are told first: the one to act on.

    That of an ensemble's place is taken by the highest model that learnt anything, as drivers are
    of models.
    """
    chosen = entry_to_act_on(judged)
    if chosen is not None and chosen.family not in ("ensemble", "baseline"):
        return chosen
    return next((entry for entry in judged.models if entry.family != "baseline"), chosen)


def leading_drivers_table(judged: TaskJudgement, most: int = 5) -> Table | None:
    """Tabulate the few things that drive the model to act on; None where there are none for sure.

    Parameters
    ----------
    judged : TaskJudgement
    most : int, default=5
    """
    entry = shown_entry(judged)
    known = judged.drivers.get(entry.name) if entry else None
    leading = known.leading(most) if known else ()
    if not leading:
        return None
    caption = _("What drives {title}: what it loses without it").format(title=entry.title)
    return _table(caption, leading, _("What a model leans on is not what causes a purchase."))


def driver_name(driver: Driver) -> str:
    """Name what was changed."""
    n = len(driver.names)
    if driver.kind == PERMUTED:
        if driver.others:
            return ngettext(
                "The other {n} column together", "The other {n} columns together", n
            ).format(n=formats.count(n))
        lead = _lead(driver)
        if n == 1:
            return lead
        return _("{column} (shares its information with {others})").format(
            column=lead, others=listed([name for name in driver.names if name != lead])
        )
    if driver.kind == REMOVED:
        if driver.others:
            return ngettext(
                "Events of the other {n} kind together", "Events of the other {n} kinds together", n
            ).format(n=formats.count(n))
        return _("Events “{kind}”").format(kind=driver.names[0])
    if driver.kind == SHUFFLED:
        if driver.names == ("gap",):
            return _("The time between events")
        return _("What events say of {names}").format(names=listed(driver.names))
    return _("All events together")


def _short_name(driver: Driver) -> str:
    """Name what was changed, without those that share its information."""
    alone = driver.kind == PERMUTED and not driver.others
    return _lead(driver) if alone else driver_name(driver)


def _lead(driver: Driver) -> str:
    """Name the column of a group with which the prediction goes furthest."""
    return driver.direction.column if driver.direction else driver.names[0]


def direction_words(driver: Driver) -> str:
    """Say which way the prediction goes, and how far; empty where no curve was drawn."""
    way = driver.direction
    if way is None:
        return ""
    start, end = probability(way.start.p), probability(way.end.p)
    of_events = driver.kind == REMOVED
    sentences = _WAYS_OF_EVENTS if of_events else _WAYS
    unclear = start == end or way.word not in sentences
    said = _(_NO_WAY) if unclear else _(sentences[way.word])
    at, to = (formats.span(place.label, place.low, place.high) for place in (way.start, way.end))
    share = formats.share(driver.share, 0) if of_events else ""
    said = said.format(start=start, end=end, at=at, to=to, share=share)
    if of_events or len(driver.names) == 1:
        return said
    return _("{column}: {sentence}").format(column=way.column, sentence=said[:1].lower() + said[1:])


_WAYS_OF_EVENTS = {
    RISES: marked(
        "They raise the probability: {end} with them and {start} without, in the {share} of cases "
        "that have some."
    ),
    FALLS: marked(
        "They lower the probability: {end} with them and {start} without, in the {share} of cases "
        "that have some."
    ),
}
_WAYS = {
    RISES: marked("The higher, the more probable: from {start} at {at} to {end} at {to}."),
    FALLS: marked("The higher, the less probable: from {start} at {at} to {end} at {to}."),
    PEAKS: marked("Most probable at {to}, with {end}; at {at} it is {start}."),
    DIPS: marked("Least probable at {to}, with {end}; at {at} it is {start}."),
    DIFFERS: marked("Most probable for {to}, with {end}; least for {at}, with {start}."),
}
_NO_WAY = marked("No clear direction.")


def probability(p: float) -> str:
    """Write a probability in per cent, below a tenth with a decimal."""
    return formats.share(p, 1 if p < 0.1 else 0)


def _left(n: int) -> str:
    said = _("Each interval for itself.")
    more = _("{n} more in tables/drivers.csv.").format(n=formats.count(n)) if n else ""
    return following((more, said))


def _table(caption: str, shown: Sequence[Driver], said: str) -> Table:
    return Table(
        caption=caption,
        corner=_("What is changed"),
        columns=(
            Column(_("{metric} lost").format(metric=title_of(_MAIN)), "", "main"),
            Column(_("Which way")),
        ),
        rows=tuple(
            Row(
                driver_name(driver),
                (_loss_cell(driver), Cell(direction_words(driver))),
                strong=driver.is_established,
            )
            for driver in shown
        ),
        note=said,
        style="words",
    )


def _loss_cell(driver: Driver) -> Cell:
    loss = driver.loss
    return Cell(
        formats.difference(loss).removeprefix("+"),
        formats.difference_interval(loss),
        sort_key(loss),
    )


def _reading(known: ModelDrivers) -> str:
    first = known.drivers[0]
    said = [
        _(
            "Permutation importance: each of {n_cases} test cases of {folds} is given another "
            "case's values, and ranked anew by the model as fitted. Columns that share their "
            "information are changed together. What a model leans on is not what causes a purchase."
        ).format(n_cases=formats.count(first.n_cases), folds=folds(first.n_folds))
    ]
    directions = [driver.direction for driver in known.drivers if driver.direction]
    if any(driver.kind == REMOVED for driver in known.drivers):
        said.append(_("Events of a kind are taken out of every case that has some."))
    if any(way.method == LOCAL_EFFECTS for way in directions):
        said.append(_("The way of columns that go together is told by accumulated local effects."))
    return following(said)


def _every_model(judged: TaskJudgement) -> Folded:
    rows = []
    for entry in judged.models:
        known = judged.drivers.get(entry.name)
        leading = known.leading(_MOST_OF_A_MODEL) if known else ()
        reason = ""
        if known is None or not known.drivers:
            why = known.missing if known else _("the model failed")
            reason = _("not available: {why}").format(why=why)
        cells = [Cell(driver_name(one), formats.difference_interval(one.loss)) for one in leading]
        empty = (Cell(""),) * (_MOST_OF_A_MODEL - len(cells))
        rows.append(
            Row(
                entry.title,
                () if reason else (*cells, *empty),
                entry.name,
                entry.family,
                reason=reason,
            )
        )
    table = Table(
        caption=_("What each model leans on most"),
        corner=_("Model"),
        columns=(Column(_("First")), Column(_("Second")), Column(_("Third"))),
        rows=tuple(rows),
        note=_(
            "Below each, the 95 % interval of the {metric} lost without it; only those beyond "
            "chance."
        ).format(metric=title_of(_MAIN)),
        style="words",
    )
    return Folded(_("What drives every model"), (table,))
