"""What is said of a table: its card, its profile, and what is wrong with a request."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Protocol

from ...bench.errors import DataError, did_you_mean
from ...bench.language.sentence import (
    AFTER_A_COMMA,
    AND,
    Sentence,
    Text,
    joined,
    verbatim,
)
from ...bench.language.speaking import marked
from ...bench.task import Card, ColumnProfile
from .._files.encoding import check_encoding
from .._values.dates import ORDERS
from .arrow_table import RawTable
from .column import TEXT_LIKE, Column, Note
from .outcomes import bound_of
from .sample import FEWEST

_AT_MOST_NAMED, _AT_MOST_PLACED = 12, 5
_HOLDS = marked("Column {column!r} holds {value}.")
_LEFT_OUT = marked("Left out ({reason}): {columns}.")
_TEXTS_LEFT_OUT = marked("Left out ({reason}): {columns}; --text COLUMN reads what they say.")
# Of columns, as readers are told: what they are, and what they are used for.
KINDS = (
    marked("number"), marked("category"), marked("date"), marked("text"),
    marked("vector"), marked("id-like"), marked("text-like"),
    marked("constant"), marked("empty"), marked("unclear"),
)  # fmt: skip
USES = (
    marked("target"), marked("group"), marked("split"), marked("weight"), marked("trials"),
    marked("time"), marked("month"), marked("weekday"), marked("hour"), marked("days before"),
    marked("days since the earliest"),
)  # fmt: skip


class Request(Protocol):
    """What is asked of a table, as a suite file or a command line says it."""

    path: str
    target: str
    positive: str
    negative: str
    group: str
    time: str
    split: str
    in_order: bool
    weight: str
    trials: str
    today_rule: str
    drop: Sequence[str]
    aside: Sequence[str]
    keep: Sequence[str]
    category: Sequence[str]
    number: Sequence[str]
    text: Sequence[str]
    vector: Sequence[str]
    embeddings: str
    date_order: str
    encoding: str
    sheet: str
    title: str
    question: str
    horizon_days: float
    rows: int
    out_of_core: bool
    sha256: str


_TEXTS = (
    "path", "target", "positive", "negative", "group", "time", "split", "weight", "trials",
    "today_rule", "date_order", "encoding", "sheet", "title", "question", "sha256", "embeddings",
)  # fmt: skip
ROLES = ("target", "group", "time", "split", "weight", "trials")
LISTS = ("drop", "keep", "category", "number", "text", "vector")
_MORE_LISTS = (*LISTS, "aside")


def check_request(asked: Request) -> None:
    """Refuse what contradicts itself, before any file is opened.

    Raises
    ------
    DataError
    """
    for key in _TEXTS:
        if not isinstance(getattr(asked, key), str):
            raise DataError(f"{key} must be a text; found {getattr(asked, key)!r}.")
    for key in _MORE_LISTS:
        value = getattr(asked, key)
        if isinstance(value, str) or not all(isinstance(name, str) for name in value):
            raise DataError(f"{key} must be a list of column names; found {value!r}.")
    for key in ("in_order", "out_of_core"):
        if not isinstance(getattr(asked, key), bool):
            raise DataError(f"{key} must be true or false; found {getattr(asked, key)!r}.")
    whole = type(asked.rows) is int
    if not whole or (asked.rows != 0 and asked.rows < FEWEST):
        raise DataError(
            f"rows must be a whole number from {FEWEST} on, or 0 for all; found {asked.rows!r}."
        )
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
    roles = {role: getattr(asked, role) for role in ROLES}
    for role, name in roles.items():
        if name and name in asked.drop:
            raise DataError(f"column {name!r} is the {role} and to be dropped.  Choose one.")
        others = [other for other in roles if other < role and roles[other] == name]
        if name and others:
            raise DataError(f"column {name!r} is both {others[0]} and {role}.  Choose one.")
    wishes = {key: set(getattr(asked, key)) for key in LISTS}
    wishes |= {role: {name} for role, name in roles.items() if name}
    told = {
        "text": "read as texts", "vector": "read as vectors",
        "drop": "dropped", "keep": "kept", "category": "read as a category",
        "number": "read as a number", "target": "the target", "group": "the group",
        "time": "the time", "split": "the split", "weight": "the weight", "trials": "the trials",
    }  # fmt: skip
    for one, other in (
        *(("drop", wish) for wish in LISTS[1:]), *combinations(LISTS[2:], 2),
        *((wish, role) for role in ROLES for wish in LISTS[2:]),
    ):  # fmt: skip
        if both := sorted(wishes[one] & wishes.get(other, set())):
            raise DataError(
                f"column {both[0]!r} is to be {told[one]} and to be {told[other]}.  Choose one."
            )
    if asked.date_order and asked.date_order not in ORDERS:
        raise DataError(
            f"date_order must be one of {', '.join(ORDERS)} (d for the day, m for the month, y for "
            f"the year); found {asked.date_order!r}."
        )
    check_encoding(asked.encoding)
    number = isinstance(asked.horizon_days, (int, float))
    if not number or isinstance(asked.horizon_days, bool) or not 0 <= asked.horizon_days < 1e5:
        raise DataError(
            f"horizon_days must be a number of days from 0 on; found {asked.horizon_days!r}."
        )
    if asked.in_order and (asked.time or asked.split):
        other = "time" if asked.time else "split"
        raise DataError(
            f"in_order takes the order of the rows for the order of time, and {other} "
            f"{getattr(asked, other)!r} is given too.  Leave one of them out."
        )
    if asked.trials and (asked.weight or asked.positive or asked.negative):
        other = "weight" if asked.weight else "positive" if asked.positive else "negative"
        raise DataError(
            f"trials {asked.trials!r} says for how many cases a row stands, and that target "
            f"{asked.target!r} counts the positive ones; {other} {getattr(asked, other)!r} is "
            "given too.  Leave one of them out."
        )
    if asked.embeddings and not asked.text:
        raise DataError(
            f"embeddings {asked.embeddings!r} are for columns of texts; name them too: --text "
            "review"
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


def listed(names: Sequence[str]) -> Text:
    """List names, the first dozen of them."""
    told = joined(AFTER_A_COMMA, map(repr, names[:_AT_MOST_NAMED]))
    more = len(names) - _AT_MOST_NAMED
    return Sentence("{columns} and {n:,} more", columns=told, n=more) if more > 0 else told


def profile_of(column: Column, use: str) -> ColumnProfile:
    """Describe a column and what became of it."""
    kind = Sentence(column.kind)
    kind = joined(AFTER_A_COMMA, [kind, column.written]) if column.written else kind
    return ColumnProfile(
        column.name, kind, column.n_missing, column.n_distinct, column.examples, use
    )


def use_of(made: Iterable[str]) -> Sentence:
    """Say what was made of a column."""
    names = list(made)
    parts = [name.rpartition(": ")[2] for name in names if ": " in name]
    if len(names) == 1 and not parts:
        return Sentence("feature")
    return Sentence("features: {parts}", parts=joined(AFTER_A_COMMA, map(Sentence, parts)))


def card_of(
    asked: Request,
    raw: RawTable,
    positive: str,
    columns: Sequence[ColumnProfile],
    notes: Sequence[Note],
) -> Card:
    """Write the card of a table that nobody has described."""
    by_reason: dict[Text, list[str]] = {}
    for column in columns:
        if column.use.startswith("left out: "):
            reason = column.use.removeprefix("left out: ")
            kind = Sentence(column.kind.partition(",")[0])
            by_reason.setdefault(kind or reason, []).append(column.name)
    caveats = [
        Sentence(
            "Nobody has said when each column was written.  A column that was written together "
            "with the outcome, or after it, makes every figure too good: drop it."
        ),
        *(
            Sentence(
                _TEXTS_LEFT_OUT if reason == TEXT_LIKE else _LEFT_OUT,
                reason=reason,
                columns=listed(names),
            )
            for reason, names in by_reason.items()
        ),
        *raw.notes,
    ]
    caveats += _dressed(columns)
    caveats += _placed(raw, notes)
    if asked.time and not asked.horizon_days:
        caveats.append(
            Sentence(
                "Outcomes are taken to be known at once; if they are not, say after how many days "
                "(horizon_days), or train cases may know what nobody knew yet."
            )
        )
    bound = bound_of(positive.removeprefix("not "))
    shown = positive if bound else repr(positive)
    column = asked.target
    question = Sentence("Is {column} {value}?", column=column, value=shown)
    holds = marked("Column {column!r} is {value}.") if bound else _HOLDS
    target = Sentence(holds, column=column, value=shown)
    if asked.trials:
        question = Sentence(
            "Is a case of {trials} one of {column}?", trials=asked.trials, column=column
        )
        target = Sentence(
            "Column {column!r} counts the case among those of {trials!r}.",
            column=column,
            trials=asked.trials,
        )
    return Card(
        title=verbatim(asked.title or raw.label),
        question=verbatim(asked.question) if asked.question else question,
        source=Sentence("{file}, SHA-256 {sha256}", file=raw.label, sha256=raw.sha256),
        sha256=raw.sha256,
        licence=Sentence("not stated"),
        target=target,
        real=None,
        caveats=tuple(caveats),
        horizon_days=float(asked.horizon_days),
        today_rule=asked.today_rule,
    )


def _dressed(columns: Sequence[ColumnProfile]) -> list[Text]:
    """Say which columns are written in a notation that had to be found out."""
    by_notation: dict[tuple[str, Text], list[str]] = {}
    for column in columns:
        kind, is_written, _notation = column.kind.partition(", written ")
        if is_written and kind in _READ_AS:
            written = column.kind.values["more"]
            by_notation.setdefault((kind, written), []).append(column.name)
    return [
        Sentence(_READ_AS[kind], written=written, columns=listed(names))
        for (kind, written), names in by_notation.items()
    ]


_READ_AS = {
    "number": marked("Read as numbers {written}: {columns}."),
    "date": marked("Read as dates {written}: {columns}."),
}


def _placed(raw: RawTable, notes: Sequence[Note]) -> list[Text]:
    """Write notes with the lines that the first of them speak of."""
    first = [note for note in notes if note.rows][:_AT_MOST_PLACED]
    places = raw.places({row for note in first for row in note.rows})
    told = []
    for note in notes:
        rows = [places[row] for row in note.rows if row in places] if note in first else []
        if rows:
            told.append(Sentence("{note} ({places}).", note=note.text, places=_together(rows)))
        else:
            is_asked = note.text.endswith("?")
            told.append(note.text if is_asked else Sentence("{note}.", note=note.text))
    return told


def _together(places: Sequence[str]) -> Text:
    """Join places, as in "lines 3, 4 and 17"."""
    words = {place.partition(" ")[0] for place in places}
    if len(words) > 1 or not words <= {"line", "row"} or any(" of " in place for place in places):
        return joined(AFTER_A_COMMA, places)
    numbers = [place.partition(" ")[2] for place in places]
    told = numbers[-1]
    if len(numbers) > 1:
        told = joined(AND, [joined(AFTER_A_COMMA, numbers[:-1]), told])
    if words == {"line"}:
        return Sentence.counted("line {numbers}", "lines {numbers}", len(numbers), numbers=told)
    return Sentence.counted("row {numbers}", "rows {numbers}", len(numbers), numbers=told)
