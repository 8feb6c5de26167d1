"""Rows of a log's files, read into the table ``log``: plainly, or as whole columns tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from ...bench.errors import DataError
from .._values.dates import DoubtfulDates
from .._values.number_notation import NumberNotation
from .._values.numbers import DoubtfulNumbers
from .cell_text import text_of
from .connection import asked_of, threads
from .log_file import LogFile
from .nested import quoted
from .notation import (
    READ_MOMENT,
    READ_NUMBER,
    Notations,
    dates_clock,
    digits_clock,
    moment_reader,
    number_reader,
    value_numbers,
)
from .read_again import LogReading
from .request import CLOCKS, Request, targets
from .sample import Sample, of_those_drawn
from .times import EARLIEST, LATEST, Clock, clock_of, counted_clock

if TYPE_CHECKING:
    import duckdb

LARGEST_VALUE = 1e9
RETURNED = "{}, returned"
_TABLE = """
CREATE OR REPLACE TABLE log (
    row BIGINT, who VARCHAR, moment BIGINT, kind VARCHAR, value DOUBLE, item VARCHAR,
    content UBIGINT, event UBIGINT, zoned BOOLEAN, odd_moment VARCHAR, odd_value VARCHAR,
    number DOUBLE
)
"""
# So many different texts tell how a column is written; the first so many, whether it is plain.
_MOST_EVIDENCE, _FIRST_TEXTS = 1_000_000, 10_000
# The time of day tells nothing of the order of day and month; without it, few dates differ.
_TIME_OF_DAY = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?"
_MIDDAY = "12:00:00"
# Above this share of moments that cannot be read, all are written in another way.
_FEW_ODD = 0.1
# Columns whose sign tells a purchase from its return, the surest first.
_SIGNED = (
    "quantity", "qty", "units", "amount", "linetotal", "total", "sales", "revenue", "menge",
    "anzahl", "betrag", "cantidad", "importe", "quantite", "montant",
)  # fmt: skip


@dataclass(frozen=True)
class ReadLog:
    """What was read.

    Parameters
    ----------
    clock : Clock
    parts : tuple of (LogFile, int)
        The files, and the number of rows up to the end of each.
    n_rows : int
        Rows that were read: all, or those of a sample.
    values : str
        How values are written where that is not plain, as in "written with decimal comma".
    doubt : str
        Why values that are no plain numbers cannot be read.
    signed : str
        The column whose sign tells a purchase from its return, in a log without kinds.
    n_headers : int
        Rows that said the names of the columns again, and were dropped.
    date_order : str
        The order of dates, where it had to be found out or told.
    numbers : NumberNotation, optional
        How values are written where that is not plain.
    """

    clock: Clock
    parts: tuple[tuple[LogFile, int], ...]
    n_rows: int
    values: str = ""
    doubt: str = ""
    signed: str = ""
    n_headers: int = 0
    date_order: str = ""
    numbers: NumberNotation | None = None


def read_all(
    database: "duckdb.DuckDBPyConnection",
    found: Sequence[LogFile],
    asked: Request,
    known: LogReading | None = None,
    sample: Sample | None = None,
) -> ReadLog:
    """Read all files into the table ``log``.

    Parameters
    ----------
    database : DuckDBPyConnection
    found : sequence of LogFile
    asked : Request
    known : LogReading, optional
        How another log was read that this one is to be read like.
    sample : Sample, optional
        Of whom alone rows are kept.

    Raises
    ------
    DataError
        If files are damaged, moments or values can be read in two ways, or there are none.
    """
    notations = Notations(_clock(database, found, asked))
    if known is not None and known.numbers is not None and found[0].holds_texts:
        # "1.234" looks plain, and is not where points group digits.
        notations = _with_numbers(database, notations, known.numbers)
    elif asked.value and found[0].holds_texts:
        texts = _texts(database, found[:1], "value", asked.value, first=_FIRST_TEXTS)
        numbers = value_numbers(texts, commas_part_cells=found[0].delimiter == ",")
        if numbers is not None and not isinstance(numbers, DoubtfulNumbers):
            notations = _with_numbers(database, notations, numbers)
    signed = _signed(found[0], asked) if known is None else known.signed
    order = asked.date_order or (known.date_order if known is not None else "")
    parts, n_rows = _read(database, found, asked, notations, signed, sample)
    again, doubt = _by_evidence(database, found, asked, notations, n_rows, order)
    if again != notations:
        notations = again
        parts, n_rows = _read(database, found, asked, notations, signed, sample)
    values = notations.numbers.name if notations.numbers else ""
    n_headers = _drop_headers(database, asked)
    return ReadLog(
        notations.clock, parts, n_rows, values, doubt, signed, n_headers, notations.date_order,
        notations.numbers,
    )  # fmt: skip


def _drop_headers(database: "duckdb.DuckDBPyConnection", asked: Request) -> int:
    """Drop rows that say the names of the columns again, as in exports put together."""
    of_header = f"who = {quoted(asked.who)} AND odd_moment = {quoted(asked.when)}"
    return database.execute(f"DELETE FROM log WHERE {of_header}").fetchone()[0]


def _by_evidence(
    database: "duckdb.DuckDBPyConnection",
    found: Sequence[LogFile],
    asked: Request,
    notations: Notations,
    n_rows: int,
    date_order: str,
) -> tuple[Notations, str]:
    """Find out how what could not be read is written; or say why values stay in doubt."""
    doubt = ""
    n_odd_moments, n_odd_values = database.execute(
        "SELECT count(odd_moment), count(odd_value) FROM log"
    ).fetchone()
    if notations.clock.may_be_dates and n_odd_moments > _FEW_ODD * n_rows:
        texts = _texts(database, found, "when", asked.when, of_days=True)
        dates = dates_clock(texts, date_order)
        if isinstance(dates, DoubtfulDates):
            orders = " or ".join(f"--date-order {order}" for order in dates.readings)
            mend = f"Say which is meant: {orders}" if orders else "Write all moments alike."
            why = dates.why.replace(f" {_MIDDAY}", "")
            raise DataError(f"when: {asked.when!r} of {found[0].part.label}: {why}.  {mend}")
        if dates is not None:
            clock, notation = dates
            _define(database, READ_MOMENT, moment_reader(notation), "BIGINT")
            notations = replace(notations, clock=clock, date_order=notation.order)
    if n_odd_values and notations.numbers is None:
        texts = _texts(database, found, "value", asked.value)
        numbers = value_numbers(texts, commas_part_cells=found[0].delimiter == ",")
        if isinstance(numbers, DoubtfulNumbers):
            doubt = numbers.why
        elif numbers is not None:
            notations = _with_numbers(database, notations, numbers)
    return notations, doubt


def _with_numbers(
    database: "duckdb.DuckDBPyConnection", notations: Notations, numbers: NumberNotation
) -> Notations:
    _define(database, READ_NUMBER, number_reader(numbers), "DOUBLE")
    return replace(notations, numbers=numbers)


def _define(
    database: "duckdb.DuckDBPyConnection",
    name: str,
    function: Callable[[pa.ChunkedArray], pa.Array],
    kind: str,
) -> None:
    """Let the database call a function of texts."""
    database.create_function(
        name, function, ["VARCHAR"], kind, type="arrow", null_handling="special"
    )


def _texts(
    database: "duckdb.DuckDBPyConnection",
    found: Sequence[LogFile],
    role: str,
    name: str,
    *,
    of_days: bool = False,
    first: int = 0,
) -> pa.ChunkedArray:
    """Give the different texts of a column, or of its first rows."""
    chunks = []
    for file in found:
        text = text_of(file.column(role, name), role)
        if of_days:
            text = f"regexp_replace({text}, '{_TIME_OF_DAY}', '{_MIDDAY}')"
        rows = f"SELECT {text} AS text FROM {file.scan}" + (f" LIMIT {first}" if first else "")
        texts = f"SELECT DISTINCT text FROM ({rows}) WHERE text IS NOT NULL"
        query = f"{texts} ORDER BY text LIMIT {_MOST_EVIDENCE}"
        found_here = asked_of(database, query, file)
        chunks.append(pa.array([text for (text,) in found_here], pa.string()))
    return pa.chunked_array(chunks, pa.string())


def _clock(
    database: "duckdb.DuckDBPyConnection", found: Sequence[LogFile], asked: Request
) -> Clock:
    if asked.clock:
        return counted_clock(asked.clock, CLOCKS[asked.clock])
    for file in found:
        text = text_of(file.column("when", asked.when), "when")
        query = f"SELECT {text} FROM {file.scan} WHERE {text} IS NOT NULL LIMIT 1"
        if rows := asked_of(database, query, file):
            ((first,),) = rows
            digits = digits_clock(_texts(database, [file], "when", asked.when, first=_FIRST_TEXTS))
            if digits:
                clock, notation = digits
                _define(database, READ_MOMENT, moment_reader(notation), "BIGINT")
                return clock
            clock = clock_of(file.clock, first)
            if clock is None:
                raise DataError(
                    f"when: {asked.when!r} of {file.part.label} begins with {first}, which is "
                    "no Unix time: seconds since 1970 have 9 or 10 digits, milliseconds 12 or 13."
                    "  Write moments as these, or as texts such as 2024-03-01 08:30:00.  If they "
                    "count hours or days from a start that is the same for all, say so: --clock "
                    "hours"
                )
            return clock
    if not any(asked_of(database, f"SELECT 1 FROM {f.scan} LIMIT 1", f) for f in found):
        raise DataError(f"{found[0].part.label} holds a header and no event.  Write the log again.")
    raise DataError(
        f"when: {asked.when!r} is missing in every row of {found[0].part.label}.  Name the column "
        "that says when an event happened."
    )


def _read(
    database: "duckdb.DuckDBPyConnection",
    found: Sequence[LogFile],
    asked: Request,
    notations: Notations,
    signed: str,
    sample: Sample | None,
) -> tuple[tuple[tuple[LogFile, int], ...], int]:
    """Fill the table; give the number of rows up to the end of each file, and of those kept."""
    database.execute(_TABLE)
    parts, n_before, n_kept = [], 0, 0
    for number, file in enumerate(found):
        kept = "" if sample is None else of_those_drawn(file, asked)
        n_here = _read_file(database, file, asked, notations, signed, n_before, kept)
        n_kept += n_here
        n_before += n_here if sample is None else sample.n_rows[number]
        parts.append((file, n_before))
    return tuple(parts), n_kept


def _read_file(
    database: "duckdb.DuckDBPyConnection",
    file: LogFile,
    asked: Request,
    notations: Notations,
    signed: str,
    n_before: int,
    kept: str,
) -> int:
    """Add a file's rows to the table, and give their number.

    ``kept`` says in SQL which are; they have the numbers that they have in the file.
    """
    # Several threads hand rows over in any order, whatever preserve_insertion_order says: rows are
    # numbered by the file's own reader, or by a single thread.
    n_threads = threads() if file.row else 1
    row = file.row or "row_number() OVER () - 1"

    def text(role: str) -> str:
        name = getattr(asked, role)
        return text_of(file.column(role, name), role) if name else "NULL"

    event = text("event_id")
    event = f"CASE WHEN {event} IS NOT NULL THEN hash({event}) END" if asked.event_id else "NULL"
    # A timestamp is not read from its text, which may name no zone.
    moment = notations.clock.moment.format("raw" if file.clock.startswith("timestamp") else "w")
    query = f"""
        INSERT INTO log
        SELECT row, who,
            CASE WHEN m BETWEEN {EARLIEST} AND {LATEST} THEN m END,
            kind,
            CASE WHEN abs(n) <= {LARGEST_VALUE} THEN n END,
            item, content, event, {notations.clock.zoned.format("w")},
            CASE WHEN m BETWEEN {EARLIEST} AND {LATEST} THEN NULL ELSE w END,
            CASE WHEN abs(n) <= {LARGEST_VALUE} THEN NULL ELSE v END,
            number
        FROM (
            SELECT *, {moment} AS m, {notations.number.format("v")} AS n
            FROM (
                SELECT {n_before} + nth AS row, {text("who")} AS who, {text("when")} AS w,
                    {_kind(file, asked, signed)} AS kind, {text("value")} AS v,
                    {text("item")} AS item, {file.column("when", asked.when)} AS raw,
                    {file.content} AS content,
                    {event} AS event, TRY_CAST({text("order_number")} AS DOUBLE) AS number
                FROM (SELECT *, {row} AS nth FROM {file.scan})
                {kept}
            )
        )
    """
    database.execute(f"SET threads = {n_threads}")
    n_rows = asked_of(database, query, file)[0][0]
    database.execute(f"SET threads = {threads()}")
    return n_rows


def _kind(file: LogFile, asked: Request, signed: str) -> str:
    """Give SQL for the kind of an event; where no column tells it, every row is the target."""
    if asked.what:
        return text_of(file.column("what", asked.what))
    (target,) = targets(asked)
    if not signed:
        return quoted(target)
    number = text_of(file.column("value", signed))
    minus = f"regexp_matches({number}, '^[-\u2212(].*[1-9]|[1-9].*-$')"
    return f"CASE WHEN {minus} THEN {quoted(RETURNED.format(target))} ELSE {quoted(target)} END"


def _signed(file: LogFile, asked: Request) -> str:
    if asked.what or asked.value:
        return asked.value if not asked.what else ""
    by_word = {"".join(filter(str.isalnum, name.casefold())): name for name in file.columns}
    return next((by_word[word] for word in _SIGNED if word in by_word), "")
