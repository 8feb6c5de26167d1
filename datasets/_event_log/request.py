"""What is asked of an event log: checked before any file is opened, its durations read."""

import re
from collections.abc import Sequence
from typing import Protocol

from ...bench.errors import DataError
from ...bench.language.sentence import OR, Text, joined
from .._files.encoding import check_encoding
from .._values.dates import ORDERS

SECOND = 1_000_000
DAY = 86_400 * SECOND
DEFAULT_GAP = "30m"
_UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3_600 * SECOND, "d": DAY}
_LONGEST = 3_660 * DAY
_MOST_EVENTS = 1_000_000
_FEWEST_ROWS = 100
_COLUMNS = {"who": "user_id", "when": "timestamp"}
ROLES = ("who", "when", "what", "value", "item", "event_id", "order_number")
# How often a row counts that equals another in every column.
ONCE, KEEP = "once", "keep"
CLOCKS = {
    "seconds": SECOND, "minutes": 60 * SECOND, "hours": 3_600 * SECOND, "days": 86_400 * SECOND,
}  # fmt: skip


class Request(Protocol):
    """The keywords of an event log, as a suite file or a command line says them."""

    path: str
    who: str
    when: str
    what: str
    target: str | Sequence[str]
    value: str
    item: str
    event_id: str
    order_number: str
    identical: str
    clock: str
    encoding: str
    date_order: str
    sheet: str
    title: str
    question: str
    after_events: int
    session_gap: str
    every: str
    within: str
    active_within: str
    rows: int


def targets(asked: Request) -> tuple[str, ...]:
    """Give the kinds of event that are predicted: any of them is the target."""
    return (asked.target,) if isinstance(asked.target, str) else tuple(asked.target)


def target_words(asked: Request) -> Text:
    """Name the target, as in "'purchase' or 'Purchase'"."""
    return joined(OR, map(repr, targets(asked)))


def check_request(asked: Request) -> None:
    """Refuse what is missing or contradicts itself.

    Raises
    ------
    DataError
    """
    for key in (
        "path", "who", "when", "what", "value", "item", "event_id", "order_number", "identical",
        "clock", "encoding", "date_order", "sheet", "title", "question", "session_gap", "every",
        "within", "active_within",
    ):  # fmt: skip
        if not isinstance(getattr(asked, key), str):
            raise DataError(f"{key} must be a text; found {getattr(asked, key)!r}.")
    if not asked.path:
        raise DataError(
            "no event log is named.  Give a file and what its columns are: --events log.parquet "
            "--who user_id --when timestamp --what event_type --target purchase"
        )
    for role, example in _COLUMNS.items():
        if not getattr(asked, role):
            raise DataError(
                f"which column of {asked.path} says {role}?  Name it: --{role} {example}, or "
                f'{role} = "{example}" in a suite file.'
            )
    if type(asked.rows) is not int or (asked.rows != 0 and asked.rows < _FEWEST_ROWS):
        raise DataError(
            f"rows must be a whole number of events from {_FEWEST_ROWS} on, or 0 for all; found "
            f"{asked.rows!r}."
        )
    check_encoding(asked.encoding)
    _check_target(asked)
    _check_roles(asked)
    for key, known in (
        ("identical", (ONCE, KEEP)), ("clock", tuple(CLOCKS)), ("date_order", ORDERS),
    ):  # fmt: skip
        if getattr(asked, key) not in ("", *known):
            raise DataError(
                f"{key} = {getattr(asked, key)!r} is none of {', '.join(map(repr, known))}."
            )
    _check_question(asked)


def _check_target(asked: Request) -> None:
    if not isinstance(asked.target, str | list | tuple) or not all(
        isinstance(name, str) for name in asked.target
    ):
        raise DataError(f"target must be a text, or a list of texts; found {asked.target!r}.")
    named = targets(asked)
    if not all(named) or not named:
        where = f"which kind of event in {asked.what!r}" if asked.what else "what"
        raise DataError(
            f"{where} is to be predicted?  Name it: --target purchase, or target = "
            '"purchase" in a suite file.'
        )
    if not asked.what and len(named) > 1:
        raise DataError(
            f"no column says what was done, so every row is {named[0]!r}: {named[1]!r} cannot be "
            "told from it.  Name the column (--what event_type), or give one target."
        )
    for name in named:
        if named.count(name) > 1:
            raise DataError(f"the target {name!r} is named twice.  Once will do.")


def _check_roles(asked: Request) -> None:
    taken: dict[str, str] = {}
    for role in ROLES:
        name = getattr(asked, role)
        if name and name in taken:
            raise DataError(f"column {name!r} is both {taken[name]} and {role}.  Choose one.")
        taken[name] = role


def _check_question(asked: Request) -> None:
    n = asked.after_events
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise DataError(
            f"after_events must be a whole number from 1 on; found {n!r}.  A visit is judged "
            "after that many of its events: --after-events 3"
        )
    if n > _MOST_EVENTS:
        raise DataError(
            f"after_events is more than {_MOST_EVENTS:,}, which no visit holds.  A visit is judged "
            "after that many of its events: --after-events 3"
        )
    windows = bool(asked.every or asked.within)
    if asked.order_number:
        _check_order_number(asked)
        return
    if n and windows:
        raise DataError(
            "after_events asks of visits, every and within ask at regular cuts; these are two "
            "questions.  Leave one out, and run twice for both."
        )
    if not n and not windows:
        raise DataError(
            "what is the question?  Will this visit still hold it, seen after its third event: "
            "--after-events 3.  Will this person do it in the 7 days after each weekly cut: "
            "--every 7d --within 7d"
        )
    if windows:
        for missing, given in (("every", "within"), ("within", "every")):
            if not getattr(asked, missing):
                raise DataError(
                    f"{given} = {getattr(asked, given)!r} is half a question: every says how often "
                    f"it is asked, within how far it looks.  Add {missing}: --{missing} 7d"
                )
        if asked.session_gap != DEFAULT_GAP:
            raise DataError(
                f"session_gap = {asked.session_gap!r} has no meaning with every and within: cuts "
                "do not ask of visits.  Leave it out."
            )
    elif asked.active_within:
        raise DataError(
            f"active_within = {asked.active_within!r} has no meaning with after_events: in a visit "
            "everybody is active.  Leave it out."
        )
    keys = ("every", "within") if windows else ("session_gap",)
    for key in (*keys, "active_within") if asked.active_within else keys:
        duration(getattr(asked, key), key)


def _check_order_number(asked: Request) -> None:
    """Refuse what has no meaning where each person's clock begins with their first order."""
    if asked.what:
        raise DataError(
            f"order_number = {asked.order_number!r} asks when the next order comes, and every row "
            f"is part of one: leave what = {asked.what!r} out."
        )
    if asked.clock not in CLOCKS:
        raise DataError(
            f"order_number = {asked.order_number!r}: {asked.when!r} counts the time since the "
            "order before.  Say what it counts: --clock days"
        )
    for key in ("after_events", "every", "active_within"):
        if getattr(asked, key):
            raise DataError(
                f"{key} has no meaning with order_number = {asked.order_number!r}: each person's "
                "clock begins with their own first order, and no moment is the same for two.  "
                "Leave it out; asked is after every order: --within 7d"
            )
    if not asked.within:
        raise DataError(
            "what is the question?  Will the next order come within 7 days: --within 7d"
        )
    duration(asked.within, "within")


def check_same_as(after_events: int, same_as: int) -> None:
    """Refuse a ``same_as`` that no visit could be compared by.

    Raises
    ------
    DataError
    """
    if type(same_as) is not int or (same_as and not 0 < after_events <= same_as):
        raise DataError(
            f"same_as is {same_as!r}; it must be a whole number of events, from after_events = "
            f"{after_events} on: only visits with that many are asked of.  Leave it out for all."
        )


def duration(text: str, key: str) -> int:
    """Read a duration such as ``"90s"``, ``"30m"``, ``"12h"`` or ``"7d"``.

    Returns
    -------
    int
        Microseconds.

    Raises
    ------
    DataError
        If it is something else, nothing, or more than ten years.
    """
    match = re.fullmatch(r"\s*(\d{1,9})\s*([smhd])\s*", text, flags=re.ASCII)
    if match is None:
        raise DataError(
            f"{key} = {text!r} is no duration.  Write a whole number and s, m, h or d (seconds, "
            'minutes, hours, days), as in "90s", "30m", "12h" or "7d".'
        )
    found = int(match[1]) * _UNITS[match[2]]
    if not 0 < found <= _LONGEST:
        raise DataError(f"{key} = {text!r} must be longer than nothing and at most 3660d.")
    return found
