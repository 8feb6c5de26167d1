"""What is said of a table: its card, its profile, and what is wrong with a request."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from ...bench.errors import DataError, did_you_mean
from ...bench.task import Card, ColumnProfile
from .arrow_table import RawTable
from .columns import Column, Note

_AT_MOST_NAMED, _AT_MOST_PLACED = 12, 5


class Request(Protocol):
    """What is asked of a table, as a suite file or a command line says it."""

    path: str
    target: str
    positive: str
    negative: str
    group: str
    time: str
    drop: Sequence[str]
    keep: Sequence[str]
    horizon_days: float
    sha256: str


def check_request(asked: Request) -> None:
    """Refuse what contradicts itself, before any file is opened.

    Raises
    ------
    DataError
    """
    for key in ("path", "target", "positive", "negative", "group", "time", "sha256"):
        if not isinstance(getattr(asked, key), str):
            raise DataError(f"{key} must be a text; found {getattr(asked, key)!r}.")
    for key in ("drop", "keep"):
        value = getattr(asked, key)
        if isinstance(value, str) or not all(isinstance(name, str) for name in value):
            raise DataError(f"{key} must be a list of column names; found {value!r}.")
    if not asked.path:
        raise DataError(
            "no table is named.  Give a file and the column to predict: --data visits.csv --target "
            "bought, or path and target in a suite file."
        )
    if not asked.target:
        raise DataError(
            f"which column of {asked.path} is to be predicted?  Name it: --target bought, or "
            "target in a suite file."
        )
    roles = {"target": asked.target, "group": asked.group, "time": asked.time}
    for role, name in roles.items():
        if name and name in asked.drop:
            raise DataError(f"column {name!r} is the {role} and to be dropped.  Choose one.")
        others = [other for other in roles if other < role and roles[other] == name]
        if name and others:
            raise DataError(f"column {name!r} is both {others[0]} and {role}.  Choose one.")
    if both := sorted(set(asked.drop) & set(asked.keep)):
        raise DataError(f"column {both[0]!r} is to be dropped and to be kept.  Choose one.")
    number = isinstance(asked.horizon_days, (int, float))
    if not number or isinstance(asked.horizon_days, bool) or not 0 <= asked.horizon_days < 1e5:
        raise DataError(
            f"horizon_days must be a number of days from 0 on; found {asked.horizon_days!r}."
        )
    if asked.horizon_days and not asked.time:
        raise DataError(
            "horizon_days says how long after its time an outcome is known; name the column of "
            "that time too: --time visited_at"
        )


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which column was probably meant, or which there are."""
    known = list(known)
    return did_you_mean(name, known) or f"  It has: {listed(known)}."


def listed(names: Sequence[str]) -> str:
    """List names, the first dozen of them."""
    told = ", ".join(repr(name) for name in names[:_AT_MOST_NAMED])
    more = len(names) - _AT_MOST_NAMED
    return told + (f" and {more:,} more" if more > 0 else "")


def profile_of(column: Column, use: str) -> ColumnProfile:
    """Describe a column and what became of it."""
    return ColumnProfile(
        column.name, column.kind, column.n_missing, column.n_distinct, column.examples, use
    )


def use_of(made: Iterable[str]) -> str:
    """Say what was made of a column."""
    names = list(made)
    parts = [name.rpartition(": ")[2] for name in names if ": " in name]
    return "feature" if len(names) == 1 and not parts else f"features: {', '.join(parts)}"


def card_of(
    asked: Request,
    raw: RawTable,
    positive: str,
    columns: Sequence[ColumnProfile],
    notes: Sequence[Note],
) -> Card:
    """Write the card of a table that nobody has described."""
    by_reason: dict[str, list[str]] = {}
    for column in columns:
        if column.use.startswith("left out: "):
            reason = column.use.removeprefix("left out: ")
            by_reason.setdefault(column.kind or reason, []).append(column.name)
    caveats = [
        "Nobody has said when each column was written.  A column that was written together with "
        "the outcome, or after it, makes every figure too good: drop it.",
        *(f"Left out ({reason}): {listed(names)}." for reason, names in by_reason.items()),
        *raw.notes,
    ]
    for number, note in enumerate(notes):
        placed = note.row is not None and number < _AT_MOST_PLACED
        where = f" ({raw.place(note.row)})" if placed else ""
        caveats.append(f"{note.text}{where}.")
    if asked.time and not asked.horizon_days:
        caveats.append(
            "Outcomes are taken to be known at once; if they are not, say after how many days "
            "(horizon_days), or train cases may know what nobody knew yet."
        )
    return Card(
        title=raw.label,
        question=f"Is {asked.target} {positive!r}?",
        source=f"{raw.label}, SHA-256 {raw.sha256}",
        licence="not stated",
        target=f"Column {asked.target!r} holds {positive!r}.",
        caveats=tuple(caveats),
        horizon_days=float(asked.horizon_days),
    )
