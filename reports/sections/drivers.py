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
from ...bench.store.drivers import LOCAL_EFFECTS, PERMUTED, REMOVED, SHUFFLED
from .. import formats
from ..blocks import Folded, Section, note, sentence
from ..cells import sort_key
from ..elements import Cell, Column, Row, Table
from ..lookups import title_of
from .answer import listed

_MOST_SHOWN, _MOST_OF_A_MODEL = 10, 3
_MAIN = "roc_auc"


def section(judged: TaskJudgement) -> Section | None:
    """Show what drives the leading model, and folded what drives each; None without models."""
    entry = shown_entry(judged)
    known = judged.drivers.get(entry.name) if entry else None
    if known is None:
        return None
    title = "What drives it"
    if not known.drivers:
        said = f"What drives {entry.title} is not available: {known.missing}."
        return Section("drivers", title, (sentence(said), _every_model(judged)), "not available")
    leading = known.leading(_MOST_OF_A_MODEL)
    finding = listed([_short_name(driver) for driver in leading]) if leading else "nothing for sure"
    shown = known.drivers[:_MOST_SHOWN]
    caption = f"What {entry.title} loses without it, and which way its probability goes"
    blocks = (
        _table(caption, shown, _left(len(known.drivers) - len(shown))),
        note(_reading(known)),
        _every_model(judged),
    )
    return Section("drivers", title, blocks, f"{entry.title}: {finding}")


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
    note = "What a model leans on is not what causes a purchase."
    return _table(f"What drives {entry.title}: what it loses without it", leading, note)


def leading_drivers(judged: TaskJudgement, name: str, most: int = 5) -> tuple[str, ...]:
    """Say in a sentence or two each what drives a model most; nothing where that is not known.

    Parameters
    ----------
    judged : TaskJudgement
    name : str
        Of the model.
    most : int, default=5
    """
    known = judged.drivers.get(name)
    return tuple(_in_a_line(driver) for driver in known.leading(most)) if known else ()


def _in_a_line(driver: Driver) -> str:
    name, loss = driver_name(driver), formats.distance(driver.loss)
    between = formats.difference_interval(driver.loss)
    said = f"{name}: without it, {title_of(_MAIN)} falls by {loss} ({between})."
    way = direction_words(driver)
    return f"{said} {way}" if way else said


def driver_name(driver: Driver) -> str:
    """Name what was changed."""
    n = len(driver.names)
    if driver.kind == PERMUTED:
        if driver.others:
            return f"The other {formats.count(n, 'column')} together"
        lead = _lead(driver)
        shared = listed([name for name in driver.names if name != lead]) if n > 1 else ""
        return f"{lead} (shares its information with {shared})" if shared else lead
    if driver.kind == REMOVED:
        if driver.others:
            return f"Events of the other {formats.count(n, 'kind')} together"
        return f"Events “{driver.names[0]}”"
    if driver.kind == SHUFFLED:
        if driver.names == ("gap",):
            return "The time between events"
        return f"What events say of {listed(driver.names)}"
    return "All events together"


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
    if driver.kind == REMOVED:
        share = formats.share(driver.share, 0)
        if start == end or way.word not in (RISES, FALLS):
            return "No clear direction."
        verb = "raise" if way.word == RISES else "lower"
        return (
            f"They {verb} the probability: {end} with them and {start} without, in the {share} of "
            "cases that have some."
        )
    at, to = (formats.span(place.label, place.low, place.high) for place in (way.start, way.end))
    column = f"{way.column}: " if len(driver.names) > 1 else ""
    sentences = {
        RISES: f"{column}the higher, the more probable: from {start} at {at} to {end} at {to}.",
        FALLS: f"{column}the higher, the less probable: from {start} at {at} to {end} at {to}.",
        PEAKS: f"{column}most probable at {to}, with {end}; at {at} it is {start}.",
        DIPS: f"{column}least probable at {to}, with {end}; at {at} it is {start}.",
        DIFFERS: f"{column}most probable for {to}, with {end}; least for {at}, with {start}.",
    }
    unclear = f"{column}no clear direction."
    said = unclear if start == end else sentences.get(way.word, unclear)
    return said[:1].upper() + said[1:] if not column else said


def probability(p: float) -> str:
    """Write a probability in per cent, below a tenth with a decimal."""
    return formats.share(p, 1 if p < 0.1 else 0)


def _left(n: int) -> str:
    said = "Each interval for itself."
    return f"{formats.count(n)} more in tables/drivers.csv. {said}" if n else said


def _table(caption: str, shown: Sequence[Driver], said: str) -> Table:
    return Table(
        caption=caption,
        corner="What is changed",
        columns=(Column(f"{title_of(_MAIN)} lost", "", "main"), Column("Which way")),
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
    n_cases, n_folds = formats.count(first.n_cases), formats.count(first.n_folds, "fold")
    said = (
        f"Permutation importance: each of {n_cases} test cases of {n_folds} is given another "
        "case's values, and ranked anew by the model as fitted. Columns that share their "
        "information are changed together. What a model leans on is not what causes a purchase."
    )
    directions = [driver.direction for driver in known.drivers if driver.direction]
    if any(driver.kind == REMOVED for driver in known.drivers):
        said += " Events of a kind are taken out of every case that has some."
    if any(way.method == LOCAL_EFFECTS for way in directions):
        said += " The way of columns that go together is told by accumulated local effects."
    return said


def _every_model(judged: TaskJudgement) -> Folded:
    rows = []
    for entry in judged.models:
        known = judged.drivers.get(entry.name)
        leading = known.leading(_MOST_OF_A_MODEL) if known else ()
        reason = ""
        if known is None or not known.drivers:
            reason = f"not available: {known.missing if known else 'the model failed'}"
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
        caption="What each model leans on most",
        corner="Model",
        columns=(Column("First"), Column("Second"), Column("Third")),
        rows=tuple(rows),
        note=f"Below each, the 95 % interval of the {title_of(_MAIN)} lost without it; only those "
        "beyond chance.",
        style="words",
    )
    return Folded("What drives every model", (table,))
