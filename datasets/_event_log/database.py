"""A log's files read into an embedded database: one row an event, in the order of the files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...bench.errors import DataError
from .._files.parts import find_parts
from .._files.temporary import temporary_folder
from . import files
from .closing import without_closing_lines
from .connection import connected, no_room
from .line_numbers import line_of_record
from .read_again import LogReading
from .reading import ReadLog, read_all
from .recoded import recoded
from .request import Request
from .sample import Sample, draw_people

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, eq=False)
class RawLog:
    """A log in its database: the table ``log``, whose column ``row`` is the order of the files.

    Parameters
    ----------
    database : DuckDBPyConnection
    label, sha256 : str
        The name of the file or folder, and of its content.
    read : ReadLog
        How it was read.
    notes : tuple of str
        What had to be assumed of its encoding.
    sample : Sample, optional
        Whose rows alone were read.
    """

    database: "duckdb.DuckDBPyConnection"
    label: str
    sha256: str
    read: ReadLog
    notes: tuple[str, ...] = ()
    sample: Sample | None = None

    def one(self, query: str) -> tuple:
        """Give the one row that a query asks for."""
        return self.database.execute(query).fetchone()

    def place(self, row: int) -> str:
        """Say where a row stands, as in "line 12"; as costly as reading the file again."""
        before = 0
        for file, until in self.read.parts:
            if row < until:
                line = line_of_record(file, row - before)
                where = f"row {row - before + 1}" if line is None else f"line {line}"
                return where if len(self.read.parts) == 1 else f"{where} of {file.part.label}"
            before = until
        raise IndexError(row)


@contextmanager
def opened(asked: Request, known: LogReading | None = None) -> Iterator[RawLog]:
    """Read a log into a database in a temporary folder, which goes with it.

    The database keeps to two threads and half a gigabyte; what does not fit waits on disk.  With
    ``known``, what the log itself leaves open is read as in the log that this describes.

    Raises
    ------
    DataError
        If files are missing, damaged or no logs, or change while they are read.
    """
    import duckdb

    originals = find_parts(Path(asked.path).expanduser())
    label = Path(asked.path).expanduser().absolute().name
    before, sha256 = files.signs(originals), files.digest(originals, label)
    with temporary_folder() as folder, connected(Path(folder)) as database:
        parts, notes = [], []
        for number, original in enumerate(originals):
            part, said = recoded(original, Path(folder), number, asked.encoding, asked.sheet)
            parts.append(part)
            notes += said
        found = [
            without_closing_lines(file, asked.when, Path(folder), number)
            for number, file in enumerate(files.look_at(parts, asked))
        ]
        notes += [note for file in found for note in file.notes]
        # Of a log that is to be scored, everybody is.
        sample = draw_people(database, found, asked) if asked.rows and known is None else None
        read = read_all(database, found, asked, known, sample)
        if files.signs(originals) != before:
            raise DataError(
                f"{label} changed while it was read.  Wait until it is complete, or copy it, and "
                "run again."
            )
        try:
            yield RawLog(database, label, sha256, read, tuple(notes), sample)
        except duckdb.Error as error:
            # The files were read; what is left to go wrong is memory and disk.
            raise no_room(label, error) from error
