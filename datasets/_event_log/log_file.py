"""One file of a log, as the database is to read it."""

from dataclasses import dataclass

from ...bench.errors import DataError
from .._files.parts import Part
from .._table.card import nearest


@dataclass(frozen=True)
class LogFile:
    """One file of a log, as DuckDB sees it.

    Columns are known to DuckDB by position, never by the names that the file gives them, so that
    no name can be read as a command.

    Parameters
    ----------
    part : Part
    columns : dict of str to str
        For each column what DuckDB calls it: SQL for its text.
    clock : str
        What ``when`` is in the file: "text", "number", "timestamp" or "timestamp of a zone".
    scan : str
        What stands behind FROM; it takes the path as its one argument.
    content : str
        An expression for all that a row holds.
    row : str
        An expression for its number in the file; empty where DuckDB knows none.
    delimiter : str
        Of CSV and TSV; empty for others.
    n_skipped : int
        Lines before the header.
    notes : tuple of str
        What had to be assumed.
    """

    part: Part
    columns: dict[str, str]
    clock: str
    scan: str
    content: str
    row: str = ""
    delimiter: str = ""
    n_skipped: int = 0
    notes: tuple[str, ...] = ()

    @property
    def holds_texts(self) -> bool:
        """Whether its cells are texts, whatever they mean."""
        return self.part.format != "parquet"

    @property
    def path(self) -> str:
        """The path as DuckDB wants it, without the signs that stand for any letter."""
        full = str(self.part.path.absolute())
        return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in full)

    def column(self, role: str, name: str) -> str:
        """Say what DuckDB calls a column.

        Raises
        ------
        DataError
            If there is no such column; the nearest is named.
        """
        if name not in self.columns:
            raise DataError(
                f"{role}: {self.part.label} has no column {name!r}.{nearest(name, self.columns)}"
            )
        return self.columns[name]
