"""A log's files read into an embedded database: one row an event, in the order of the files."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ...bench.errors import DataError
from .._files.parts import unreadable
from . import files
from .files import LogFile
from .line_numbers import line_of_record, wrong_json_line
from .request import Request
from .times import EARLIEST, LATEST, Clock, clock_of

if TYPE_CHECKING:
    import duckdb

MEMORY = "500MB"
LARGEST_VALUE = 1e9
_MOST_THREADS = 2
# Words that programs write where they have nothing to say; as a person, they would be the busiest.
_NOTHING = "'', 'null', 'nan', 'none', 'na', 'n/a', '\\n', 'nil', '<na>'"
_TABLE = """
CREATE TABLE log (
    row BIGINT, who VARCHAR, moment BIGINT, kind VARCHAR, value DOUBLE, item VARCHAR,
    content UBIGINT, zoned BOOLEAN, odd_moment VARCHAR, odd_value VARCHAR
)
"""


@dataclass(frozen=True, eq=False)
class RawLog:
    """A log in its database: the table ``log``, whose column ``row`` is the order of the files.

    Parameters
    ----------
    database : DuckDBPyConnection
    label, sha256 : str
        The name of the file or folder, and of its content.
    clock : Clock
    parts : tuple of (LogFile, int)
        The files, and the number of rows up to the end of each.
    """

    database: "duckdb.DuckDBPyConnection"
    label: str
    sha256: str
    clock: Clock
    parts: tuple[tuple[LogFile, int], ...]

    def one(self, query: str) -> tuple:
        """Give the one row that a query asks for."""
        return self.database.execute(query).fetchone()

    def place(self, row: int) -> str:
        """Say where a row stands, as in "line 12"; as costly as reading the file again."""
        before = 0
        for file, until in self.parts:
            if row < until:
                line = line_of_record(file, row - before)
                where = f"row {row - before + 1}" if line is None else f"line {line}"
                return where if len(self.parts) == 1 else f"{where} of {file.part.label}"
            before = until
        raise IndexError(row)


@contextmanager
def opened(asked: Request) -> Iterator[RawLog]:
    """Read a log into a database in a temporary folder, which goes with it.

    The database keeps to two threads and half a gigabyte; what does not fit waits on disk.

    Raises
    ------
    DataError
        If files are missing, damaged or no logs, or change while they are read.
    """
    import duckdb

    found = files.find_files(asked.path, asked.when)
    label = Path(asked.path).expanduser().absolute().name
    before, sha256 = files.signs(found), files.digest(found, label)
    with TemporaryDirectory(prefix="intentbench-") as folder, _database(Path(folder)) as database:
        clock = _clock(database, found, asked)
        database.execute(_TABLE)
        parts, n_rows = [], 0
        for file in found:
            n_rows += _read(database, file, asked, clock, n_rows)
            parts.append((file, n_rows))
        if files.signs(found) != before:
            raise DataError(
                f"{label} changed while it was read.  Wait until it is complete, or copy it, and "
                "run again."
            )
        try:
            yield RawLog(database, label, sha256, clock, tuple(parts))
        except duckdb.Error as error:
            # The files were read; what is left to go wrong is memory and disk.
            raise _no_room(label, error) from error


@contextmanager
def _database(folder: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    import duckdb

    config = {
        "threads": _threads(),
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(str(folder / "log.duckdb"), config=config) as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute("SET enable_progress_bar = false")
        yield database


def _threads() -> int:
    return min(_MOST_THREADS, os.cpu_count() or 1)


def _clock(database: "duckdb.DuckDBPyConnection", found: list[LogFile], asked: Request) -> Clock:
    for file in found:
        text = _text(file.column("when", asked.when))
        query = f"SELECT {text} FROM {file.scan} WHERE {text} IS NOT NULL LIMIT 1"
        if (first := _first(database, query, file)) is not None:
            clock = clock_of(file.clock, first[0])
            if clock is None:
                raise DataError(
                    f"when: {asked.when!r} of {file.part.label} begins with {first[0]}, which is "
                    "no Unix time: seconds since 1970 have 9 or 10 digits, milliseconds 12 or 13."
                    "  Write moments as these, or as texts such as 2024-03-01 08:30:00."
                )
            return clock
    if not any(_first(database, f"SELECT 1 FROM {f.scan} LIMIT 1", f) for f in found):
        raise DataError(f"{found[0].part.label} holds a header and no event.  Write the log again.")
    raise DataError(
        f"when: {asked.when!r} is missing in every row of {found[0].part.label}.  Name the column "
        "that says when an event happened."
    )


def _read(
    database: "duckdb.DuckDBPyConnection",
    file: LogFile,
    asked: Request,
    clock: Clock,
    n_before: int,
) -> int:
    """Add a file's rows to the table, and give their number."""
    # Several threads hand rows over in any order, whatever preserve_insertion_order says: rows are
    # numbered by the file's own reader, or by a single thread.
    threads = _threads() if file.row else 1
    row = file.row or "row_number() OVER () - 1"
    who = _text(file.column("who", asked.who))
    when = _text(file.column("when", asked.when))
    what = _text(file.column("what", asked.what))
    item = _text(file.column("item", asked.item)) if asked.item else "NULL"
    value = _text(file.column("value", asked.value)) if asked.value else "NULL"
    # A timestamp is not read from its text, which may name no zone.
    moment = clock.moment.format("raw" if file.clock.startswith("timestamp") else "w")
    query = f"""
        INSERT INTO log
        SELECT row, who,
            CASE WHEN m BETWEEN {EARLIEST} AND {LATEST} THEN m END,
            kind,
            CASE WHEN abs(n) <= {LARGEST_VALUE} THEN n END,
            item, content, {clock.zoned.format("w")},
            CASE WHEN m BETWEEN {EARLIEST} AND {LATEST} THEN NULL ELSE w END,
            CASE WHEN abs(n) <= {LARGEST_VALUE} THEN NULL ELSE v END
        FROM (
            SELECT *, {moment} AS m, TRY_CAST(v AS DOUBLE) AS n
            FROM (
                SELECT {n_before} + {row} AS row, {who} AS who, {when} AS w, {what} AS kind,
                    {value} AS v, {item} AS item, {file.column("when", asked.when)} AS raw,
                    {file.content} AS content
                FROM {file.scan}
            )
        )
    """
    database.execute(f"SET threads = {threads}")
    n_rows = _first(database, query, file)[0]
    database.execute(f"SET threads = {_threads()}")
    return n_rows


def _text(column: str) -> str:
    """Give SQL for a column as text without blanks around it, NULL where it says nothing."""
    text = f"trim(CAST({column} AS VARCHAR))"
    return f"CASE WHEN lower({text}) NOT IN ({_NOTHING}) THEN {text} END"


def _first(database: "duckdb.DuckDBPyConnection", query: str, file: LogFile) -> tuple | None:
    """Run a query on a file for its first row; an error says what is wrong with the file."""
    import duckdb

    try:
        return database.execute(query, [file.path]).fetchone()
    except duckdb.OutOfMemoryException as error:
        raise _no_room(file.part.label, error) from error
    except duckdb.Error as error:
        raise _wrong(file, str(error)) from error


def _no_room(label: str, error: Exception) -> DataError:
    return DataError(
        f"{label} needs more room than there is: {_first_line(error)}.  Make room where temporary "
        "files go (TMPDIR), or read a part of the log."
    )


def _wrong(file: LogFile, told: str) -> DataError:
    label = file.part.label
    told = told.partition("Possible")[0]  # what follows are settings, with their names
    if "JSON" in told and (found := wrong_json_line(file)):
        line, text = found
        return DataError(f"{label}, line {line}: no JSON object: {text!r}.  Write one a line.")
    line = re.search(r"Line: (\d+)", told)
    where = f"{label}, line {line[1]}" if line else label
    if counts := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", told):
        return DataError(
            f"{where}: {counts[2]} cells in a file of {counts[1]} columns.  Put cells that hold "
            f"{file.delimiter!r} into quotes, or repair the line."
        )
    if "unicode" in told.lower():
        return DataError(f"{where}: letters that are not UTF-8.  Save the log as UTF-8.")
    if "unterminated quote" in told:
        return DataError(f"{where}: a quote that never closes.  Close or remove it.")
    return unreadable(file.part, _first_line(told))


def _first_line(told: object) -> str:
    return str(told).partition("\n")[0].rstrip(". ")
