"""What is said of a log: its card, and all that was left out or had to be assumed."""

import shlex

from ...bench.task import Card
from .cases import MOST_EVENTS, Pieces
from .database import RawLog
from .facts import Facts, read_moment
from .people import of_long_visits, of_people
from .question import MOST_COUNTED
from .reading import RETURNED
from .request import DAY, Request, target_words, targets
from .times import START

# Above this share, rows that repeat an event but for other columns are worth a word.
_MANY_REPEATS = 0.01
# What trackers call the id of a message.
_IDS_OF_MESSAGES = ("insertid", "messageid", "msgid", "eventid", "uuid")


def card_of(asked: Request, raw: RawLog, facts: Facts, found: Pieces, same_as: int = 0) -> Card:
    """Write the card of a log that nobody has described."""
    words = target_words(asked)
    if asked.after_events:
        seen = "1 event" if asked.after_events == 1 else f"{asked.after_events} events"
        question = f"Will this visit still hold {words}, seen after {seen}?"
        target = (
            f"The visit holds {words} after its event {same_as or asked.after_events}; it ends "
            f"where nothing happens for more than {asked.session_gap}."
        )
    elif asked.order_number:
        question = f"Will this person's next order come within {asked.within}?"
        target = (
            f"The next order comes within {asked.within} after this one; asked after every order "
            "of a person but the last."
        )
    else:
        question = f"Will this person do {words} within {asked.within} of the cut?"
        asked_of = "everybody seen before a cut"
        if asked.active_within:
            asked_of = f"everybody who did something in the {asked.active_within} before a cut"
        target = (
            f"The person does {words} in [cut, cut + {asked.within}); cuts are every "
            f"{asked.every}, counted from a Monday at midnight UTC, and {asked_of} is asked of."
        )
    return Card(
        title=asked.title or raw.label,
        question=asked.question or question,
        source=f"{raw.label}, SHA-256 {raw.sha256}",
        sha256=raw.sha256,
        licence="not stated",
        target=target,
        # Nobody has said whether they are.
        real=None,
        caveats=(
            *_of_rows(asked, facts, found),
            *_of_cases(asked, facts, found),
            *_of_repeats(raw, asked, facts, found),
            *_of_kinds(raw, asked, facts),
            *of_people(raw, facts, found),
            *of_long_visits(raw, found),
            *(_of_own_clocks(asked) if asked.order_number else _of_moments(raw, facts)),
            *_of_reading(raw, asked),
            *_of_names(asked, facts),
            *_of_the_same(asked, same_as),
        ),
        # Clocks of their own order nothing in time.
        horizon_days=0.0 if asked.order_number else found.horizon / DAY,
    )


def _of_the_same(asked: Request, same_as: int) -> list[str]:
    if not same_as:
        return []
    return [
        f"Only visits with {same_as} events and no {target_words(asked)} among them, seen after "
        f"event {asked.after_events}: to compare what is known after fewer with what is known "
        "after more."
    ]


def _of_rows(asked: Request, facts: Facts, found: Pieces) -> list[str]:
    missing = (
        (facts.n_no_who, asked.who),
        (facts.n_no_when, asked.when),
        (facts.n_no_what, asked.what),
    )
    told = [f"{n:,} have no {column!r}" for n, column in missing if n]
    n_copies = 0 if facts.keeps_copies else found.n_copies
    if facts.n_sent_again:
        told.append(f"{facts.n_sent_again:,} have the {asked.event_id!r} of an earlier row")
    if n_copies:
        told.append(f"{n_copies:,} equal another in every column of the file and are counted once")
    n_left = facts.n_rows - facts.n_no_who - facts.n_no_when - facts.n_no_what - n_copies
    n_left -= facts.n_sent_again
    start = f"{facts.n_rows:,} events"
    if not told:
        return [f"{start} of {facts.n_people:,} people; none is left out."]
    return [f"{start} of {facts.n_people:,} people, {n_left:,} of them used: {'; '.join(told)}."]


def _of_repeats(raw: RawLog, asked: Request, facts: Facts, found: Pieces) -> list[str]:
    """Say how often equal rows count and why, and which others look as if sent twice."""
    told = []
    coarse = "days" if facts.by_day else "minutes"
    if found.n_copies and facts.keeps_copies:
        why = (
            "as asked"
            if asked.identical
            else f"for moments are whole {coarse}, in which the same can happen twice (--identical "
            "once counts them once)"
        )
        told.append(
            f"{found.n_copies:,} rows equal another in every column; each is counted, {why}."
        )
    elif found.n_copies and not asked.identical:
        told.append(
            "Rows that equal another in every column are taken for copies; if they happened, keep "
            "them: --identical keep."
        )
    if found.n_copies and facts.by_minute and not facts.keeps_copies:
        told.append(f"Moments are whole {coarse}: such rows may all have happened.")
    n_used = facts.n_rows - facts.n_sent_again
    if found.n_repeats > _MANY_REPEATS * n_used and not facts.by_minute and not asked.event_id:
        told.append(
            f"{found.n_repeats:,} events repeat person, moment and kind of another and differ in "
            "other columns.  If messages were sent twice, name the column with their id, and each "
            f"is counted once: --event-id {_named_like_an_id(raw)}"
        )
    if facts.n_mixed_ids:
        told.append(
            f"{facts.n_mixed_ids:,} values of {asked.event_id!r} stand beside different people or "
            "kinds of event; the first row of each was kept."
        )
    return told


def _named_like_an_id(raw: RawLog) -> str:
    """Name a column that is called like the id of a message."""
    columns = raw.read.parts[0][0].columns
    return next(
        (shlex.quote(name) for name in columns if _word(name).endswith(_IDS_OF_MESSAGES)), "COLUMN"
    )


def _of_kinds(raw: RawLog, asked: Request, facts: Facts) -> list[str]:
    """Name kinds that could be the target in another spelling, or say what made the kinds."""
    named = targets(asked)
    count = dict(zip(facts.kinds, facts.n_of_kind, strict=True))
    if not asked.what:
        told = f"No column says what was done: every row is {named[0]!r}"
        returned = RETURNED.format(named[0])
        if n := count.get(returned, 0):
            told += f", but for {n:,} with a negative {raw.read.signed!r}, which are {returned!r}"
        return [f"{told}."]
    near = [name for name in facts.kinds if name not in named and _same_word(name, named)]
    if not near:
        return []
    shown = ", ".join(f"{name!r} ({count[name]:,} events)" for name in near)
    flags = " ".join(f"--target {shlex.quote(name)}" for name in (*named, *near))
    return [
        f"{shown}: written like the target but for case, blanks and hyphens, yet kinds of their "
        f"own here, no target.  If they mean the same: {flags}"
    ]


def _same_word(name: str, named: tuple[str, ...]) -> bool:
    return _word(name) in {_word(other) for other in named}


def _word(name: str) -> str:
    return "".join(
        letter for letter in name.casefold() if not letter.isspace() and letter not in "_-"
    )


def _of_reading(raw: RawLog, asked: Request) -> list[str]:
    told = list(raw.notes)
    if raw.read.n_headers:
        told.append(f"{raw.read.n_headers:,} rows say the names of the columns again; skipped.")
    if raw.read.values:
        told.append(f"Numbers in {asked.value!r} are {raw.read.values}.")
    return told


def _of_cases(asked: Request, facts: Facts, found: Pieces) -> list[str]:
    n_cases = found.n_cases
    what = "visits" if asked.after_events else "cases"
    told = [f"{n:,} {reason}" for reason, n in found.left_out.items() if n]
    total = n_cases + sum(found.left_out.values())
    if not told:
        return [f"All {total:,} {what} are asked of."]
    return [f"{total:,} {what}, {n_cases:,} of them asked of; left out: {'; '.join(told)}."]


def _of_moments(raw: RawLog, facts: Facts) -> list[str]:
    clock = raw.read.clock.name
    order = "Events of one moment stand in the order of the file"
    if facts.n_turned:
        n_parts = len(raw.read.parts)
        which = "the file is" if n_parts == 1 else f"{facts.n_turned:,} of {n_parts:,} files are"
        order += f", from its end on where it is sorted newest first ({which})"
    if raw.read.clock.is_relative:
        told = [
            f"Moments are {clock}; here it is called {read_moment(START)}, a Monday, and hours and "
            f"weekdays count from there.  The log ends {(facts.last - START) / DAY:.1f} days after "
            f"it.  {order}."
        ]
    else:
        zone = "" if facts.is_zoned or "Unix" in clock else ", taken to be UTC"
        told = [
            f"Moments are {clock}{zone}; the log runs from {read_moment(facts.first)} to "
            f"{read_moment(facts.last)} UTC.  {order}."
        ]
    if facts.by_day:
        told.append(
            "Events are dated to the day: nobody knows their order within it, and visits are days."
        )
    first, last = facts.core
    if (last - first + 1) * 2 * DAY < facts.last - facts.first:
        told.append(
            f"Nearly all events lie between {read_moment(first * DAY)[:10]} and "
            f"{read_moment(last * DAY)[:10]}, the log is more than twice as long: remove events of "
            "wrong clocks, for they decide where it ends."
        )
    return told


def _of_own_clocks(asked: Request) -> list[str]:
    return [
        f"Each person's clock begins with their first order: {asked.when!r} is added up, order by "
        f"order ({asked.order_number!r}).  Nobody knows whose order was earlier, so people are "
        "parted, not times.",
        "What came after a person's last order is not known: it is no case, and those who never "
        "ordered again are asked of only before.  Figures hold for orders that another followed.",
    ]


def _of_names(asked: Request, facts: Facts) -> list[str]:
    told = []
    if facts.items and facts.n_items > len(facts.items):
        told.append(
            f"Of {facts.n_items:,} values of {asked.item!r} the first {len(facts.items)} that the "
            "log shows are told apart in the event view; the others share a name."
        )
    if len(facts.kinds) > MOST_COUNTED:
        told.append(
            f"Of {len(facts.kinds):,} kinds of event the first {MOST_COUNTED} and the target are "
            "counted one by one; the event view tells all apart."
        )
    told.append(f"The event view shows the latest {MOST_EVENTS} events of a person.")
    return told
