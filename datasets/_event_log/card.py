"""What is said of a log: its card, and all that was left out or had to be assumed."""

import shlex

from ...bench.language.sentence import (
    AFTER_A_COMMA,
    AFTER_A_SEMICOLON,
    Sentence,
    joined,
    verbatim,
)
from ...bench.language.speaking import marked
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
        question = Sentence.counted(
            "Will this visit still hold {words}, seen after {n} event?",
            "Will this visit still hold {words}, seen after {n} events?",
            asked.after_events,
            words=words,
        )
        target = Sentence(
            "The visit holds {words} after its event {event}; it ends where nothing happens for "
            "more than {gap}.",
            words=words,
            event=same_as or asked.after_events,
            gap=asked.session_gap,
        )
    elif asked.order_number:
        question = Sentence(
            "Will this person's next order come within {within}?", within=asked.within
        )
        target = Sentence(
            "The next order comes within {within} after this one; asked after every order of a "
            "person but the last.",
            within=asked.within,
        )
    else:
        question = Sentence(
            "Will this person do {words} within {within} of the cut?",
            words=words,
            within=asked.within,
        )
        asked_of = Sentence("everybody seen before a cut")
        if asked.active_within:
            asked_of = Sentence(
                "everybody who did something in the {time} before a cut", time=asked.active_within
            )
        target = Sentence(
            "The person does {words} in [cut, cut + {within}); cuts are every {every}, counted "
            "from a Monday at midnight UTC, and {asked_of} is asked of.",
            words=words,
            within=asked.within,
            every=asked.every,
            asked_of=asked_of,
        )
    return Card(
        title=verbatim(asked.title or raw.label),
        question=verbatim(asked.question) if asked.question else question,
        source=Sentence("{file}, SHA-256 {sha256}", file=raw.label, sha256=raw.sha256),
        sha256=raw.sha256,
        licence=Sentence("not stated"),
        target=target,
        # Nobody has said whether they are.
        real=None,
        caveats=(
            *of_rows(asked, facts, found),
            *_of_cases(asked, facts, found),
            *([raw.sample.said] if raw.sample else []),
            *_of_repeats(raw, asked, facts, found),
            *_of_kinds(raw, asked, facts),
            *of_people(raw, facts, found),
            *of_long_visits(raw, found),
            *(_of_own_clocks(asked) if asked.order_number else _of_moments(raw, facts)),
            *of_reading(raw, asked),
            *_of_names(asked, facts),
            *_of_the_same(asked, same_as),
        ),
        # Clocks of their own order nothing in time.
        horizon_days=0.0 if asked.order_number else found.horizon / DAY,
    )


def _of_the_same(asked: Request, same_as: int) -> list[Sentence]:
    if not same_as:
        return []
    return [
        Sentence(
            "Only visits with {n} events and no {words} among them, seen after event {event}: to "
            "compare what is known after fewer with what is known after more.",
            n=same_as,
            words=target_words(asked),
            event=asked.after_events,
        )
    ]


def of_rows(asked: Request, facts: Facts, found: Pieces) -> list[Sentence]:
    """Say how many events there are, and why some of them are left out."""
    missing = (
        (facts.n_no_who, asked.who),
        (facts.n_no_when, asked.when),
        (facts.n_no_what, asked.what),
    )
    told = [Sentence("{n:,} have no {column!r}", n=n, column=column) for n, column in missing if n]
    n_copies = 0 if facts.keeps_copies else found.n_copies
    if facts.n_sent_again:
        told.append(
            Sentence(
                "{n:,} have the {column!r} of an earlier row",
                n=facts.n_sent_again,
                column=asked.event_id,
            )
        )
    if n_copies:
        told.append(
            Sentence(
                "{n:,} equal another in every column of the file and are counted once", n=n_copies
            )
        )
    n_left = facts.n_rows - facts.n_no_who - facts.n_no_when - facts.n_no_what - n_copies
    n_left -= facts.n_sent_again
    number = {"n": facts.n_rows, "people": facts.n_people}
    if not told:
        return [Sentence("{n:,} events of {people:,} people; none is left out.", **number)]
    return [
        Sentence(
            "{n:,} events of {people:,} people, {used:,} of them used: {why}.",
            used=n_left,
            why=joined(AFTER_A_SEMICOLON, told),
            **number,
        )
    ]


def _of_repeats(raw: RawLog, asked: Request, facts: Facts, found: Pieces) -> list[Sentence]:
    """Say how often equal rows count and why, and which others look as if sent twice."""
    told = []
    coarse = Sentence("days") if facts.by_day else Sentence("minutes")
    if found.n_copies and facts.keeps_copies:
        why = (
            Sentence("as asked")
            if asked.identical
            else Sentence(
                "for moments are whole {coarse}, in which the same can happen twice (--identical "
                "once counts them once)",
                coarse=coarse,
            )
        )
        told.append(
            Sentence(
                "{n:,} rows equal another in every column; each is counted, {why}.",
                n=found.n_copies,
                why=why,
            )
        )
    elif found.n_copies and not asked.identical:
        told.append(
            Sentence(
                "Rows that equal another in every column are taken for copies; if they happened, "
                "keep them: --identical keep."
            )
        )
    if found.n_copies and facts.by_minute and not facts.keeps_copies:
        told.append(
            Sentence("Moments are whole {coarse}: such rows may all have happened.", coarse=coarse)
        )
    n_used = facts.n_rows - facts.n_sent_again
    if found.n_repeats > _MANY_REPEATS * n_used and not facts.by_minute and not asked.event_id:
        told.append(
            Sentence(
                "{n:,} events repeat person, moment and kind of another and differ in other "
                "columns.  If messages were sent twice, name the column with their id, and each is "
                "counted once: --event-id {column}",
                n=found.n_repeats,
                column=_named_like_an_id(raw),
            )
        )
    if facts.n_mixed_ids:
        told.append(
            Sentence(
                "{n:,} values of {column!r} stand beside different people or kinds of event; the "
                "first row of each was kept.",
                n=facts.n_mixed_ids,
                column=asked.event_id,
            )
        )
    return told


def _named_like_an_id(raw: RawLog) -> str:
    """Name a column that is called like the id of a message."""
    columns = raw.read.parts[0][0].columns
    return next(
        (shlex.quote(name) for name in columns if _word(name).endswith(_IDS_OF_MESSAGES)), "COLUMN"
    )


def _of_kinds(raw: RawLog, asked: Request, facts: Facts) -> list[Sentence]:
    """Name kinds that could be the target in another spelling, or say what made the kinds."""
    named = targets(asked)
    count = dict(zip(facts.kinds, facts.n_of_kind, strict=True))
    if not asked.what:
        returned = RETURNED.format(named[0])
        if n := count.get(returned, 0):
            return [
                Sentence(
                    "No column says what was done: every row is {kind!r}, but for {n:,} with a "
                    "negative {column!r}, which are {returned!r}.",
                    kind=named[0],
                    n=n,
                    column=raw.read.signed,
                    returned=returned,
                )
            ]
        return [Sentence("No column says what was done: every row is {kind!r}.", kind=named[0])]
    near = [name for name in facts.kinds if name not in named and _same_word(name, named)]
    if not near:
        return []
    shown = joined(
        AFTER_A_COMMA,
        (Sentence("{kind!r} ({n:,} events)", kind=name, n=count[name]) for name in near),
    )
    flags = " ".join(f"--target {shlex.quote(name)}" for name in (*named, *near))
    return [
        Sentence(
            "{shown}: written like the target but for case, blanks and hyphens, yet kinds of their "
            "own here, no target.  If they mean the same: {flags}",
            shown=shown,
            flags=flags,
        )
    ]


def _same_word(name: str, named: tuple[str, ...]) -> bool:
    return _word(name) in {_word(other) for other in named}


def _word(name: str) -> str:
    return "".join(
        letter for letter in name.casefold() if not letter.isspace() and letter not in "_-"
    )


def of_reading(raw: RawLog, asked: Request) -> list[Sentence]:
    """Say what had to be assumed of encodings, headers and numbers."""
    told = list(raw.notes)
    if raw.read.n_headers:
        told.append(
            Sentence(
                "{n:,} rows say the names of the columns again; skipped.", n=raw.read.n_headers
            )
        )
    if raw.read.values:
        told.append(
            Sentence("Numbers in {column!r} are {what}.", column=asked.value, what=raw.read.values)
        )
    return told


def _of_cases(asked: Request, facts: Facts, found: Pieces) -> list[Sentence]:
    n_cases = found.n_cases
    told = [
        Sentence("{n:,} {reason}", n=n, reason=reason) for reason, n in found.left_out.items() if n
    ]
    total = n_cases + sum(found.left_out.values())
    if not told:
        if asked.after_events:
            return [Sentence("All {n:,} visits are asked of.", n=total)]
        return [Sentence("All {n:,} cases are asked of.", n=total)]
    some = _SOME_VISITS if asked.after_events else _SOME_CASES
    return [Sentence(some, n=total, asked=n_cases, why=joined(AFTER_A_SEMICOLON, told))]


_SOME_VISITS = marked("{n:,} visits, {asked:,} of them asked of; left out: {why}.")
_SOME_CASES = marked("{n:,} cases, {asked:,} of them asked of; left out: {why}.")


def _of_moments(raw: RawLog, facts: Facts) -> list[Sentence]:
    clock = raw.read.clock.name
    n_parts = len(raw.read.parts)
    if not facts.n_turned:
        order = Sentence("Events of one moment stand in the order of the file.")
    elif n_parts == 1:
        order = Sentence(
            "Events of one moment stand in the order of the file, from its end on where it is "
            "sorted newest first (the file is)."
        )
    else:
        order = Sentence(
            "Events of one moment stand in the order of the file, from its end on where it is "
            "sorted newest first ({n:,} of {all:,} files are).",
            n=facts.n_turned,
            all=n_parts,
        )
    if raw.read.clock.is_relative:
        told = [
            Sentence(
                "Moments are {clock}; here it is called {start}, a Monday, and hours and weekdays "
                "count from there.  The log ends {days:.1f} days after it.  {order}",
                clock=clock,
                start=read_moment(START),
                days=(facts.last - START) / DAY,
                order=order,
            )
        ]
    else:
        runs = _IN_UTC if facts.is_zoned or "Unix" in clock else _TAKEN_FOR_UTC
        told = [
            Sentence(
                runs,
                clock=clock,
                first=read_moment(facts.first),
                last=read_moment(facts.last),
                order=order,
            )
        ]
    if facts.by_day:
        told.append(
            Sentence(
                "Events are dated to the day: nobody knows their order within it, and visits are "
                "days."
            )
        )
    first, last = facts.core
    if (last - first + 1) * 2 * DAY < facts.last - facts.first:
        told.append(
            Sentence(
                "Nearly all events lie between {first} and {last}, the log is more than twice as "
                "long: remove events of wrong clocks, for they decide where it ends.",
                first=read_moment(first * DAY)[:10],
                last=read_moment(last * DAY)[:10],
            )
        )
    return told


_IN_UTC = marked("Moments are {clock}; the log runs from {first} to {last} UTC.  {order}")
_TAKEN_FOR_UTC = marked(
    "Moments are {clock}, taken to be UTC; the log runs from {first} to {last} UTC.  {order}"
)


def _of_own_clocks(asked: Request) -> list[Sentence]:
    return [
        Sentence(
            "Each person's clock begins with their first order: {when!r} is added up, order by "
            "order ({number!r}).  Nobody knows whose order was earlier, so people are parted, not "
            "times.",
            when=asked.when,
            number=asked.order_number,
        ),
        Sentence(
            "What came after a person's last order is not known: it is no case, and those who "
            "never ordered again are asked of only before.  Figures hold for orders that another "
            "followed."
        ),
    ]


def _of_names(asked: Request, facts: Facts) -> list[Sentence]:
    told = []
    if facts.items and facts.n_items > len(facts.items):
        told.append(
            Sentence(
                "Of {n:,} values of {column!r} the first {first} that the log shows are told apart "
                "in the event view; the others share a name.",
                n=facts.n_items,
                column=asked.item,
                first=len(facts.items),
            )
        )
    if len(facts.kinds) > MOST_COUNTED:
        told.append(
            Sentence(
                "Of {n:,} kinds of event the first {first} and the target are counted one by one; "
                "the event view tells all apart.",
                n=len(facts.kinds),
                first=MOST_COUNTED,
            )
        )
    told.append(Sentence("The event view shows the latest {n} events of a person.", n=MOST_EVENTS))
    return told
