"""The embedded database of a log: opened in a folder that goes with it, its errors translated."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...bench.errors import DataError
from .._files.parts import unreadable
from .line_numbers import wrong_json_line
from .log_file import LogFile

if TYPE_CHECKING:
    import duckdb

MEMORY = "500MB"
_MOST_THREADS = 2


@contextmanager
def connected(folder: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Open a database that keeps to two threads and half a gigabyte; the rest waits on disk."""
    import duckdb

    config = {
        "threads": threads(),
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(str(folder / "log.duckdb"), config=config) as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute("SET enable_progress_bar = false")
        yield database


def threads() -> int:
    """Give the number of threads that it may use."""
    return min(_MOST_THREADS, os.cpu_count() or 1)


def asked_of(
    database: "duckdb.DuckDBPyConnection", query: str, file: LogFile
) -> list[tuple[Any, ...]]:
    """Give the rows of a query on a file; an error says what is wrong with the file.

    Raises
    ------
    DataError
    """
    import duckdb

    try:
        # Some errors come with the first row only.
        return database.execute(query, [file.path]).fetchall()
    except duckdb.OutOfMemoryException as error:
        raise no_room(file.part.label, error) from error
    except duckdb.Error as error:
        raise _wrong(file, str(error)) from error


def no_room(label: str, error: Exception) -> DataError:
    """Say that memory or disk ran out."""
    return DataError(
        f"{label} needs more room than there is: {_first_line(error)}.  Make room where temporary "
        "files go (TMPDIR), or ask of a sample of people (--rows 1000000)."
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
