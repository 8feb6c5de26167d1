"""Rows that stand in the wrong order or more often than they happened: seen before any cut."""

from ...bench.errors import DataError
from .database import RawLog
from .request import Request

_LOOKED_AT = 500_000
# Of pairs of a person's rows with different moments, so many must stand newest first.
_NEWEST_FIRST, _FEWEST_PAIRS = 0.98, 5
# Above this share of ids that name different events, a column holds no ids of events.
_MOST_MIXED = 0.5


def turn_newest_first(raw: RawLog) -> int:
    """Turn the rows of files around that are sorted newest first; give how many files that are.

    Events of one moment stand in the order of the file, and that is the other way round there.
    """
    share = max(1, raw.read.n_rows // _LOOKED_AT)
    borders, before = [], 0
    for number, (_, until) in enumerate(raw.read.parts):
        if until > before:
            borders.append((number, before, until))
        before = until
    raw.database.execute("CREATE TABLE parts (part INTEGER, first BIGINT, stop BIGINT)")
    raw.database.executemany("INSERT INTO parts VALUES (?, ?, ?)", borders)
    raw.database.execute(
        f"""CREATE TABLE turned AS SELECT part, first, stop FROM (
                SELECT part, any_value(first) AS first, any_value(stop) AS stop,
                    count(*) FILTER (row < last_row) AS down, count(*) AS pairs FROM (
                    SELECT row, moment, part, first, stop, lag(row) OVER w AS last_row,
                        lag(moment) OVER w AS last_moment
                    FROM log ASOF JOIN parts ON log.row >= parts.first
                    WHERE moment IS NOT NULL AND who IS NOT NULL AND hash(who) % {share} = 0
                    WINDOW w AS (PARTITION BY part, who ORDER BY moment, row))
                WHERE moment > last_moment GROUP BY part)
            WHERE pairs >= {_FEWEST_PAIRS} AND down >= {_NEWEST_FIRST} * pairs"""
    )
    n_turned = raw.one("SELECT count(*) FROM turned")[0]
    if n_turned:
        raw.database.execute(
            "UPDATE log SET row = turned.first + turned.stop - 1 - log.row FROM turned "
            "WHERE log.row >= turned.first AND log.row < turned.stop"
        )
    return n_turned


def drop_repeated(raw: RawLog, asked: Request) -> tuple[int, int]:
    """Count each id of an event once: keep the first row of each.

    Returns
    -------
    tuple of int
        Rows left out, and ids that name events of different people or kinds.

    Raises
    ------
    DataError
        If the column names no events.
    """
    n_named, n_repeated, n_mixed = raw.one(
        """SELECT count(*), count(*) FILTER (n > 1), count(*) FILTER (mixed) FROM (
            SELECT count(*) AS n, min(row) AS first,
                min(who) <> max(who) OR min(kind) <> max(kind) AS mixed
            FROM log WHERE event IS NOT NULL GROUP BY event)"""
    )
    if not n_named:
        raise DataError(
            f"event_id: {asked.event_id!r} of {raw.label} is missing in every row.  Name another "
            "column, or leave it out."
        )
    if n_mixed > _MOST_MIXED * n_repeated:
        raise DataError(
            f"event_id: {asked.event_id!r} of {raw.label} names no single events: of "
            f"{n_repeated:,} values that occur again {n_mixed:,} stand beside different people or "
            "kinds of event.  Name the column with the id of each message, or leave it out."
        )
    n_dropped = raw.one(
        """DELETE FROM log WHERE event IS NOT NULL AND row NOT IN (
            SELECT min(row) FROM log WHERE event IS NOT NULL GROUP BY event)"""
    )[0]
    return n_dropped, n_mixed
