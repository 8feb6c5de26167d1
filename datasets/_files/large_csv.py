"""CSV files larger than memory: checked at their first line, drawn from by DuckDB."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...bench.errors import DataError
from .temporary import temporary_folder

if TYPE_CHECKING:
    import duckdb

_MEMORY = "500MB"
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True)
class Layout:
    """How a published file is written.

    Parameters
    ----------
    columns : tuple of str
        In their order.
    header : bool, default=True
        Whether the first line names them.
    delimiter : str, default=","
    """

    columns: tuple[str, ...]
    header: bool = True
    delimiter: str = ","

    @property
    def scan(self) -> str:
        """What stands behind FROM; it takes the path as its one argument, all cells are texts."""
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in self.columns)
        return (
            "read_csv(?, auto_detect = false, hive_partitioning = false, "
            f"header = {str(self.header).lower()}, "
            f"delim = '{self.delimiter}', quote = '\"', escape = '\"', columns = {{{columns}}})"
        )


@dataclass(frozen=True, eq=False)
class LargeFiles:
    """A database in a temporary folder, through which large files are read.

    Parameters
    ----------
    data : str
        The data set's name, for messages.
    folder : Path
        Goes with the database; room for what is drawn.
    database : DuckDBPyConnection
        Of one thread, which keeps the rows in the order of the file.
    """

    data: str
    folder: Path
    database: "duckdb.DuckDBPyConnection"

    def check(self, path: Path, layout: Layout) -> None:
        """Refuse a file whose first line is not that of the published one.

        Raises
        ------
        DataError
        """
        line = self._first_line(path)
        cells = [cell.strip('"') for cell in line.split(layout.delimiter)]
        expected = list(layout.columns)
        if cells == expected if layout.header else len(cells) == len(expected):
            return
        delimiter = {"\t": "a tab", ",": "a comma", ";": "a semicolon"}[layout.delimiter]
        what = "the names" if layout.header else f"{len(expected)} cells and no names, in place of"
        raise DataError(
            f"data set {self.data!r}: {path.name} is not in its published layout.\n"
            f"  its first line: {line[:300]!r}\n"
            f"  should have {what}: {', '.join(expected)}\n"
            f"with {delimiter} between them.  Put the file there as it was published."
        )

    def run(self, statement: str, *paths: Path) -> None:
        """Carry out a statement, whose ``?`` are the files read.

        Raises
        ------
        DataError
            If a file is damaged, or there is no room.
        """
        import duckdb

        try:
            self.database.execute(statement, [_literal(path) for path in paths])
        except duckdb.Error as error:
            told = str(error).partition("\n")[0].rstrip(". ")
            raise DataError(
                f"data set {self.data!r}: {' and '.join(path.name for path in paths)} cannot be "
                f"read to the end: {told}.  It is cut off or damaged, or there is no room where "
                "temporary files go (TMPDIR)."
            ) from error

    def frame(self, table: str) -> pd.DataFrame:
        """Give a table that was made; cells of files are texts or missing."""
        return self.database.table(table).to_arrow_table().to_pandas()

    def save(self, table: str, name: str) -> Path:
        """Write a table to a Parquet file in ``folder``."""
        path = self.folder / f"{name}.parquet"
        self.database.table(table).write_parquet(str(path))
        return path

    def _first_line(self, path: Path) -> str:
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                raw = file.readline(_LONGEST_LINE)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"data set {self.data!r}: {path.name} cannot be read: {error}.  Fetch it again."
            ) from error
        return raw.decode("utf-8-sig", errors="replace").rstrip("\r\n")


@contextmanager
def large_files(data: str) -> Iterator[LargeFiles]:
    """Open a database that keeps to half a gigabyte; what does not fit waits on disk."""
    import duckdb

    with temporary_folder() as folder:
        config = {
            "threads": 1,
            "memory_limit": _MEMORY,
            "temp_directory": str(Path(folder) / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(str(Path(folder) / "drawn.duckdb"), config=config) as database:
            database.execute("SET enable_progress_bar = false")
            yield LargeFiles(data, Path(folder), database)


def _literal(path: Path) -> str:
    """Write a path as DuckDB wants it, without the signs that stand for any letter."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path.absolute()))
