"""People who are none, or too busy to be one: named, with what they do to the numbers."""

from dataclasses import dataclass

import numpy as np

from ...bench.language.sentence import Sentence
from .cases import KNOWN_AT, MOMENT, TARGET, WHO, Pieces
from .database import RawLog
from .facts import Facts
from .request import DAY

# What trackers write where they know nobody.
_NOBODY = (
    "00000000-0000-0000-0000-000000000000", "(not set)", "not set", "(none)", "(null)", "-1",
    "anonymous", "anon", "guest", "unknown", "undefined", "nobody", "unidentified", "-", "?",
)  # fmt: skip
_TOO_BUSY = 0.05
# In a small log, a twentieth of all events is nothing special.
_TIMES_THE_MEAN = 20
_MOST_NAMED = 5
# A visit is named if it lasts for longer than this, and than so many times nearly all others.
_LONG, _TIMES_NEARLY_ALL, _NEARLY_ALL = DAY, 10, 0.99


@dataclass(frozen=True)
class Notable:
    """A person worth a word: the number, the name, the number of events, and whether it is none."""

    code: int
    name: str
    n_events: int
    is_nobody: bool


def notable_people(raw: RawLog, facts: Facts) -> list[Notable]:
    """Find placeholders among the people, and those who have a large part of all events."""
    nobody = ", ".join(f"'{name}'" for name in _NOBODY)
    busy = max(_TOO_BUSY, _TIMES_THE_MEAN / facts.n_people)
    rows = raw.database.execute(
        f"""SELECT code, who, n, lower(who) IN ({nobody}) AS nobody FROM people
            WHERE nobody OR n > {busy} * (SELECT sum(n) FROM people)
            ORDER BY n DESC, who LIMIT {_MOST_NAMED}"""
    )
    return [Notable(*row) for row in rows.fetchall()]


def of_people(raw: RawLog, facts: Facts, found: Pieces) -> list[Sentence]:
    """Say what such people do to the numbers."""
    people = notable_people(raw, facts)
    if not people or not found.n_cases:
        return []
    who, target = found.whole(WHO), found.whole(TARGET)
    n_events = raw.one("SELECT sum(n) FROM people")[0]
    told = []
    for person in people:
        own = who == person.code
        n_own, n_others = int(own.sum()), int((~own).sum())
        does = Sentence(
            "{n:,} events ({share:.1%}) and {cases}",
            n=person.n_events,
            share=person.n_events / n_events,
            cases=Sentence.counted("1 case", "{n:,} cases", n_own),
        )
        if n_own and n_others:
            does = Sentence(
                "{does}, {rate:.2%} positive; of {all:,} cases in all {rate_of_all:.2%} are, of "
                "the {others:,} others {rate_of_others:.2%}",
                does=does,
                rate=target[own].mean(),
                all=len(target),
                rate_of_all=target.mean(),
                others=n_others,
                rate_of_others=target[~own].mean(),
            )
        if person.is_nobody:
            told.append(
                Sentence(
                    "{name!r} is no person, but is counted as one with {does}.  Empty these cells: "
                    "rows without a person are left out.",
                    name=person.name,
                    does=does,
                )
            )
        else:
            told.append(
                Sentence(
                    "One person, {name!r}, has {does}.  If that is a program or a shared account, "
                    "remove its rows.",
                    name=person.name,
                    does=does,
                )
            )
    return told


def of_long_visits(raw: RawLog, found: Pieces) -> list[Sentence]:
    """Name the longest visit where it is far longer than nearly all others."""
    known_at = found.whole(KNOWN_AT)
    if not len(known_at):
        return []
    lasts = known_at - found.whole(MOMENT)
    longest, usual = int(lasts.max()), float(np.quantile(lasts, _NEARLY_ALL))
    if longest < _LONG or longest < _TIMES_NEARLY_ALL * usual:
        return []
    code = int(found.whole(WHO)[np.argmax(lasts)])
    (name,) = raw.one(f"SELECT who FROM people WHERE code = {code}")
    return [
        Sentence(
            "A visit of {name!r} ends only {longest:.1f} days after its cut; 99 % of all end "
            "within {usual:.2g} days.  It costs itself and no other case, for each is kept out of "
            "training until its own end; look whether a program made it.",
            name=name,
            longest=longest / DAY,
            usual=usual / DAY,
        )
    ]
