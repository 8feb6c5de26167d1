"""A sample of a large log: people drawn by chance, each with all events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .cell_text import text_of
from .connection import asked_of
from .log_file import LogFile
from .request import Request

if TYPE_CHECKING:
    import duckdb

# Names in the order of their digests are in no order at all, and the same one at every call.  Who
# is in a sample is in every larger one, too.
_BY_CHANCE = """
CREATE TABLE by_chance AS
SELECT who, sum(n) OVER (ORDER BY md5(who), who)::BIGINT AS upto
FROM (SELECT who, sum(n) AS n FROM counted WHERE who IS NOT NULL GROUP BY who)
"""


@dataclass(frozen=True)
class Sample:
    """Who was drawn, as the table ``drawn`` of the database holds it by ``who``.

    Parameters
    ----------
    n_rows : tuple of int
        All rows of each file.
    said : Sentence
        What was drawn, for the card.
    """

    n_rows: tuple[int, ...]
    said: Sentence


def draw_people(
    database: "duckdb.DuckDBPyConnection", found: Sequence[LogFile], asked: Request
) -> Sample | None:
    """Draw people whose events are at most ``asked.rows``; None where that is all of the log.

    Of the files, only who did something is read.  People are drawn by chance whenever they did it
    and whatever it was: the span of time, and the number of events that a person has, are those of
    the log.

    Raises
    ------
    DataError
        If the first person that is drawn has more events than that, or a file is damaged.
    """
    database.execute("CREATE TABLE counted (who VARCHAR, n BIGINT)")
    n_rows, before = [], 0
    for file in found:
        who = text_of(file.column("who", asked.who))
        query = f"INSERT INTO counted SELECT {who}, count(*) FROM {file.scan} GROUP BY 1"
        asked_of(database, query, file)
        (upto,) = database.execute("SELECT coalesce(sum(n), 0)::BIGINT FROM counted").fetchone()
        n_rows.append(upto - before)
        before = upto
    if before <= asked.rows:
        return None
    database.execute(_BY_CHANCE)
    database.execute(f"CREATE TABLE drawn AS SELECT * FROM by_chance WHERE upto <= {asked.rows}")
    n_people, first = database.execute("SELECT count(*), min(upto) FROM by_chance").fetchone()
    n_drawn, n_events = database.execute("SELECT count(*), max(upto) FROM drawn").fetchone()
    if not n_people:
        return None  # which is told when the rest is read
    if not n_drawn:
        raise DataError(
            f"a sample of {asked.rows:,} events holds not even one person: the first that was "
            f"drawn has {first:,}.  Ask for more rows."
        )
    said = Sentence(
        "A sample: {n:,} of {of:,} events, all those of {people:,} of {of_people:,} people drawn "
        "by chance.",
        n=n_events,
        of=before,
        people=n_drawn,
        of_people=n_people,
    )
    return Sample(tuple(n_rows), said)


def of_those_drawn(file: LogFile, asked: Request) -> str:
    """Give SQL that keeps the rows of a file that are of people who were drawn."""
    return f"WHERE {text_of(file.column('who', asked.who))} IN (SELECT who FROM drawn)"
