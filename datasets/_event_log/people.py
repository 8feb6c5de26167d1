"""People who are none, or too busy to be one: named, with what they do to the numbers."""

from dataclasses import dataclass

import numpy as np

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


def of_people(raw: RawLog, facts: Facts, found: Pieces) -> list[str]:
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
        cases = "1 case" if n_own == 1 else f"{n_own:,} cases"
        does = f"{person.n_events:,} events ({person.n_events / n_events:.1%}) and {cases}"
        rates = ""
        if n_own and n_others:
            rates = (
                f", {target[own].mean():.2%} positive; of {len(target):,} cases in all "
                f"{target.mean():.2%} are, of the {n_others:,} others {target[~own].mean():.2%}"
            )
        if person.is_nobody:
            told.append(
                f"{person.name!r} is no person, but is counted as one with {does}{rates}.  Empty "
                "these cells: rows without a person are left out."
            )
        else:
            told.append(
                f"One person, {person.name!r}, has {does}{rates}.  If that is a program or a "
                "shared account, remove its rows."
            )
    return told


def of_long_visits(raw: RawLog, found: Pieces) -> list[str]:
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
        f"A visit of {name!r} ends only {longest / DAY:.1f} days after its cut; 99 % of all end "
        f"within {usual / DAY:.2g} days.  It costs itself and no other case, for "
        "each is kept out of training until its own end; look whether a program made it."
    ]
