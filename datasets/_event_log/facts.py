"""What a log holds as a whole: what is left out of it, what is wrong with it, and its names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ...bench.errors import DataError, did_you_mean
from .._table.card import listed, nearest
from .database import RawLog
from .read_again import LogReading
from .reading import LARGEST_VALUE
from .repeats import drop_repeated, turn_newest_first
from .request import DAY, KEEP, SECOND, Request, targets
from .times import EARLIEST, LATEST

MOST_KINDS, MOST_ITEMS = 1_000, 500
_KEPT = "who IS NOT NULL AND moment IS NOT NULL AND kind IS NOT NULL"
_CORE = 0.998


@dataclass(frozen=True)
class Facts:
    """A log at a glance.

    Parameters
    ----------
    n_rows, n_no_who, n_no_when, n_no_what : int
        Rows of the files, and those left out because nothing says who, when or what.
    n_people, n_items : int
    first, last : int
        Moments of the first and the last event, in microseconds since 1970.
    n_sent_again, n_mixed_ids : int
        Rows left out because an earlier one has the same ``event_id``, and ids of different events.
    n_turned : int
        Files that are sorted newest first.
    by_day, by_minute, is_zoned, has_values : bool
        Whether all moments are midnights, or whole minutes, whether they name their zone, and
        whether events have values.
    keeps_copies : bool
        Whether rows count that equal another in every column.
    core : tuple of int
        Between which days (of the epoch) nearly all events lie.
    kinds, items : tuple of str
        The names of kinds, and of the items that are told apart, in the order in which the log
        shows them first: events after a cut can only add to the end.
    n_of_kind : tuple of int
        Events of each kind.
    """

    n_rows: int
    n_no_who: int
    n_no_when: int
    n_no_what: int
    n_people: int
    n_items: int
    first: int
    last: int
    n_sent_again: int
    n_mixed_ids: int
    n_turned: int
    by_day: bool
    by_minute: bool
    is_zoned: bool
    has_values: bool
    keeps_copies: bool
    core: tuple[int, int]
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    n_of_kind: tuple[int, ...]

    @property
    def end(self) -> int:
        """The moment up to which the log tells what happened; a date covers its whole day."""
        return self.last + (DAY if self.by_day else SECOND)


def examine(raw: RawLog, asked: Request, known: LogReading | None = None) -> Facts:
    """Check a log's rows, and make the tables ``people``, ``kinds`` and ``items`` of its names.

    With ``known``, the names that another log showed come first, as they stood there, and what is
    true of a log as a whole is taken from that one: no later event of this one can move it.

    Raises
    ------
    DataError
        If moments or values cannot be read, nothing is left, or the target is no kind of event.
    """
    check_moments(raw, asked)
    _check_values(raw, asked, known)
    n_again, n_mixed = drop_repeated(raw, asked) if asked.event_id else (0, 0)
    n_turned = turn_newest_first(raw)
    n_rows, no_who, no_when, no_what, first, last, n_midnights, n_minutes, n_zoned = raw.one(
        f"""SELECT count(*), count(*) FILTER (who IS NULL),
            count(*) FILTER (who IS NOT NULL AND moment IS NULL),
            count(*) FILTER (who IS NOT NULL AND moment IS NOT NULL AND kind IS NULL),
            min(moment) FILTER ({_KEPT}), max(moment) FILTER ({_KEPT}),
            count(*) FILTER ({_KEPT} AND moment % {DAY} = 0),
            count(*) FILTER ({_KEPT} AND moment % {60 * SECOND} = 0), count(*) FILTER (zoned)
            FROM log"""
    )
    if first is None:
        raise DataError(
            f"no event of {raw.label} is left: of {n_rows:,} rows {no_who:,} have no "
            f"{asked.who!r}, {no_when:,} no {asked.when!r} and {no_what:,} no {asked.what!r}.  "
            "Name the columns that hold them."
        )
    n_kept = n_rows - no_who - no_when - no_what
    by_minute = n_minutes == n_kept
    kinds = _number_kinds(raw, asked, known)
    return Facts(
        n_rows=n_rows + n_again,
        n_no_who=no_who,
        n_no_when=no_when,
        n_no_what=no_what,
        n_people=_number_people(raw),
        n_items=_number_items(raw, asked, known),
        first=first,
        last=last,
        n_sent_again=n_again,
        n_mixed_ids=n_mixed,
        n_turned=n_turned,
        by_day=n_midnights == n_kept and (known is None or known.by_day),
        by_minute=by_minute,
        is_zoned=n_zoned > 0,
        has_values=bool(asked.value),
        keeps_copies=_keeps_copies(asked, by_minute) if known is None else known.keeps_copies,
        core=_core(raw),
        kinds=kinds,
        items=_names(raw, "items", MOST_ITEMS, known.items if known else ()) if asked.item else (),
        n_of_kind=_counts_of_kinds(raw, len(kinds)),
    )


def read_moment(moment: int) -> str:
    """Write a moment as a reader wants it."""
    return datetime.fromtimestamp(moment / SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")


def check_moments(raw: RawLog, asked: Request) -> None:
    """Refuse moments that cannot be read.

    Raises
    ------
    DataError
    """
    odd, zoned, other = raw.one(
        """SELECT min(row) FILTER (odd_moment IS NOT NULL), min(row) FILTER (zoned),
            min(row) FILTER (NOT zoned) FROM log"""
    )
    if odd is not None:
        text = raw.one(f"SELECT odd_moment FROM log WHERE row = {odd}")[0][:60]
        raise DataError(
            f"when: {asked.when!r} of {raw.label} holds {text!r} in {raw.place(odd)}; its moments "
            f"are read as {raw.read.clock.name}, from {read_moment(EARLIEST)[:10]} to "
            f"{read_moment(LATEST)[:10]}.  Write all moments so, or remove the row."
        )
    if zoned is not None and other is not None:
        raise DataError(
            f"when: {asked.when!r} of {raw.label} names a zone in {raw.place(zoned)} and none in "
            f"{raw.place(other)}.  Their order cannot be known; write all moments alike."
        )


def _keeps_copies(asked: Request, by_minute: bool) -> bool:
    return asked.identical == KEEP or (not asked.identical and by_minute)


def _check_values(raw: RawLog, asked: Request, known: LogReading | None) -> None:
    odd, n_known = raw.one("SELECT min(row) FILTER (odd_value IS NOT NULL), count(value) FROM log")
    if odd is not None:
        text = raw.one(f"SELECT odd_value FROM log WHERE row = {odd}")[0][:60]
        how = f" as others are, {raw.read.values}" if raw.read.values else ""
        how = f" ({raw.read.doubt})" if raw.read.doubt else how
        raise DataError(
            f"value: {asked.value!r} of {raw.label} holds {text!r} in {raw.place(odd)}, which is "
            f"no number up to {LARGEST_VALUE:,.0f}{how}.  Write it as in 1234.5, leave the cell "
            "empty, or name another column."
        )
    if asked.value and not n_known and known is None:
        raise DataError(
            f"value: {asked.value!r} of {raw.label} is missing in every row.  Name another column, "
            "or leave it out."
        )


def _number_people(raw: RawLog) -> int:
    raw.database.execute(
        f"""CREATE TABLE people AS SELECT who, (row_number() OVER (ORDER BY who) - 1)::INTEGER AS
            code, n FROM (SELECT who, count(*) AS n FROM log WHERE {_KEPT} GROUP BY who)"""
    )
    return raw.one("SELECT count(*) FROM people")[0]


def _number(raw: RawLog, table: str, column: str, known: Sequence[str]) -> int:
    """Number names in the order in which the log shows them first; give how many there are.

    Those that are known have their own numbers, before all others.
    """
    raw.database.execute(
        "CREATE OR REPLACE TABLE known AS SELECT unnest(?::VARCHAR[]) AS name, "
        "unnest(range(?)) AS code",
        [list(known), len(known)],
    )
    raw.database.execute(
        f"""CREATE TABLE {table} AS
            SELECT name, coalesce(known.code, {len(known)} - 1 + row_number() OVER (
                PARTITION BY known.code IS NULL ORDER BY first))::INTEGER AS code, n FROM (
                SELECT {column} AS name, min(moment::HUGEINT << 40 | row) AS first, count(*) AS n
                FROM log WHERE {_KEPT} AND {column} IS NOT NULL GROUP BY {column})
            LEFT JOIN known USING (name)"""
    )
    return raw.one(f"SELECT count(*) FROM {table}")[0]


def _names(raw: RawLog, table: str, most: int, known: Sequence[str] = ()) -> tuple[str, ...]:
    rows = raw.database.execute(
        f"SELECT name FROM {table} WHERE code >= {len(known)} AND code < {most} ORDER BY code"
    )
    return (*known, *(name for (name,) in rows.fetchall()))


def _number_kinds(raw: RawLog, asked: Request, known: LogReading | None) -> tuple[str, ...]:
    before = known.kinds if known is not None else ()
    n_kinds = _number(raw, "kinds", "kind", before)
    if n_kinds > MOST_KINDS:
        raise DataError(
            f"what: {asked.what!r} of {raw.label} holds {n_kinds:,} kinds of event, such as "
            f"{', '.join(map(repr, _names(raw, 'kinds', 3)))}.  Name the column that says what was "
            f"done; at most {MOST_KINDS:,} kinds are told apart."
        )
    kinds = _names(raw, "kinds", len(before) + MOST_KINDS, before)
    if known is not None:
        if not raw.one(f"SELECT count(*) FROM kinds WHERE code < {len(before)}")[0]:
            (new,) = kinds[len(before) :][:1]
            raise DataError(
                f"what: {asked.what!r} of {raw.label} holds {new!r}, and no kind of event that "
                f"the model was fitted on: {listed(before)}.{did_you_mean(new, before)}"
            )
        return kinds
    for name in targets(asked):
        if name not in kinds and asked.what:
            raise DataError(
                f"target: {asked.what!r} of {raw.label} holds no {name!r}.{nearest(name, kinds)}"
            )
        if name not in kinds:
            raise DataError(
                f"no row of {raw.label} is {name!r}: {raw.read.signed!r} is negative in all of "
                "them.  Name the column that says what was done (--what event_type)."
            )
    return kinds


def _counts_of_kinds(raw: RawLog, n_kinds: int) -> tuple[int, ...]:
    counts = dict(raw.database.execute("SELECT code, n FROM kinds").fetchall())
    return tuple(counts.get(code, 0) for code in range(n_kinds))


def _number_items(raw: RawLog, asked: Request, known: LogReading | None) -> int:
    n_items = _number(raw, "items", "item", known.items if known is not None else ())
    if asked.item and not n_items and known is None:
        raise DataError(
            f"item: {asked.item!r} of {raw.label} is missing in every row.  Name another column, "
            "or leave it out."
        )
    return n_items


def _core(raw: RawLog) -> tuple[int, int]:
    """Find the days between which nearly all events lie: clock errors stand outside."""
    days = raw.database.execute(
        f"SELECT moment // {DAY}, count(*) FROM log WHERE {_KEPT} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    spare = sum(n for _, n in days) * (1 - _CORE) / 2
    return _reached(days, spare), _reached(days[::-1], spare)


def _reached(days: list[tuple[int, int]], spare: float) -> int:
    seen = 0
    for day, n in days:
        seen += n
        if seen > spare:
            return day
    raise ValueError("a log without events has no days")
