"""What is said of a log: its card, and all that was left out or had to be assumed."""

from ...bench.task import Card
from .cases import MOST_EVENTS, Pieces
from .database import RawLog
from .facts import Facts, read_moment
from .question import MOST_COUNTED
from .request import DAY, Request


def card_of(asked: Request, raw: RawLog, facts: Facts, found: Pieces, same_as: int = 0) -> Card:
    """Write the card of a log that nobody has described."""
    if asked.after_events:
        seen = "1 event" if asked.after_events == 1 else f"{asked.after_events} events"
        question = f"Will this visit still hold {asked.target!r}, seen after {seen}?"
        target = (
            f"The visit holds {asked.target!r} after its event {same_as or asked.after_events}; it "
            "ends where "
            f"nothing happens for more than {asked.session_gap}."
        )
    else:
        question = f"Will this person do {asked.target!r} within {asked.within} of the cut?"
        target = (
            f"The person does {asked.target!r} in [cut, cut + {asked.within}); cuts are every "
            f"{asked.every}, counted from a Monday at midnight UTC, and everybody seen before a "
            "cut is asked of."
        )
    return Card(
        title=raw.label,
        question=question,
        source=f"{raw.label}, SHA-256 {raw.sha256}",
        licence="not stated",
        target=target,
        caveats=(
            *_of_rows(asked, facts, found),
            *_of_cases(asked, facts, found),
            *_of_moments(raw, facts),
            *_of_names(asked, facts),
            *_of_the_same(asked, same_as),
        ),
        horizon_days=found.decided / DAY,
    )


def _of_the_same(asked: Request, same_as: int) -> list[str]:
    if not same_as:
        return []
    return [
        f"Only visits with {same_as} events and no {asked.target!r} among them, seen after event "
        f"{asked.after_events}: to compare what is known after fewer with what is known after more."
    ]


def _of_rows(asked: Request, facts: Facts, found: Pieces) -> list[str]:
    missing = (
        (facts.n_no_who, asked.who),
        (facts.n_no_when, asked.when),
        (facts.n_no_what, asked.what),
    )
    told = [f"{n:,} have no {column!r}" for n, column in missing if n]
    if found.n_copies:
        told.append(
            f"{found.n_copies:,} equal another in every column of the file and are counted once"
        )
    n_left = facts.n_rows - facts.n_no_who - facts.n_no_when - facts.n_no_what - found.n_copies
    start = f"{facts.n_rows:,} events"
    if not told:
        return [f"{start} of {facts.n_people:,} people; none is left out."]
    return [f"{start} of {facts.n_people:,} people, {n_left:,} of them used: {'; '.join(told)}."]


def _of_cases(asked: Request, facts: Facts, found: Pieces) -> list[str]:
    n_cases = found.n_cases
    what = "visits" if asked.after_events else "cases"
    told = [f"{n:,} {reason}" for reason, n in found.left_out.items() if n]
    total = n_cases + sum(found.left_out.values())
    if not told:
        return [f"All {total:,} {what} are asked of."]
    return [f"{total:,} {what}, {n_cases:,} of them asked of; left out: {'; '.join(told)}."]


def _of_moments(raw: RawLog, facts: Facts) -> list[str]:
    zone = "" if facts.is_zoned or "Unix" in raw.clock.name else ", taken to be UTC"
    told = [
        f"Moments are {raw.clock.name}{zone}; the log runs from {read_moment(facts.first)} to "
        f"{read_moment(facts.last)} UTC.  Events of one moment stand in the order of the file."
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
