"""A file, or a folder of parts, as one Arrow table that knows where each of its rows stands."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import feather, parquet

from ...bench.errors import DataError
from .._files import parts as source
from .._files.encoding import decode
from . import delimited_text as text
from .json_lines import flattened, read_json
from .json_lines import lines as _lines
from .json_records import as_lines
from .workbook import workbook_as_csv

# Where a header may stand below other lines.
_START, _FIRST_LINES = 1 << 16, 20
# Parts rows of JSON that do not stand on lines of their own.
_OBJECTS = "}"


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of one part, and the content that they were read from."""

    label: str
    table: pa.Table
    content: bytes
    delimiter: str


@dataclass(frozen=True, eq=False)
class RawTable:
    """What a table's files hold, before anything is made of it.

    Parameters
    ----------
    label : str
        The name of the file or folder.
    table : pyarrow.Table
        Columns of CSV and TSV are texts.
    sha256 : str
        Of the file; of a folder, of its parts' names and SHA-256.
    notes : tuple of str
        What had to be assumed.
    """

    label: str
    table: pa.Table
    sha256: str
    notes: tuple[str, ...]
    parts: tuple[_Rows, ...]

    @property
    def commas_part_cells(self) -> bool:
        """Whether commas separate the cells of a part."""
        return any(part.delimiter == "," for part in self.parts)

    def place(self, row: int) -> str:
        """Say where a row stands, as in "line 12"; as costly as reading the file again."""
        return self.places({row})[row]

    def places(self, rows: Collection[int]) -> dict[int, str]:
        """Say where rows stand; each part is read again once at most."""
        found, start = {}, 0
        for part in self.parts:
            end = start + part.table.num_rows
            within = {row - start for row in rows if start <= row < end}
            where = _places_in(part, within) if within else {}
            of = "" if len(self.parts) == 1 else f" of {part.label}"
            found |= {start + row: f"{where[row]}{of}" for row in within}
            start = end
        return dict(sorted(found.items()))

    def line_with(self, name: str) -> int:
        """Give the line among the first of a text in which a cell is ``name``, or 0."""
        part = self.parts[0]
        if part.delimiter in ("", "\n", _OBJECTS):
            return 0
        lines = part.content[:_START].decode(errors="ignore").splitlines()
        for number, line in enumerate(lines[:_FIRST_LINES], 1):
            if name in [cell.strip(' "') for cell in line.split(part.delimiter)]:
                return number
        return 0


def _places_in(part: _Rows, rows: Collection[int]) -> dict[int, str]:
    if part.delimiter == _OBJECTS:
        return {row: f"object {row + 1}" for row in rows}
    if part.delimiter == "\n":
        # The reader takes two objects on a line for two rows; the later ones have no line then.
        lines = (line for line, _ in _lines(part.content))
        found = {row: f"line {line}" for row, line in enumerate(lines) if row in rows}
        return {row: f"row {row + 1}" for row in rows} | found
    if part.delimiter:
        return text.places_of_rows(part.content, part.delimiter, rows)
    return {row: f"row {row + 1}" for row in rows}


def read_table(path: str, encoding: str = "", sheet: str = "") -> RawTable:
    """Read a file, or the parts in a folder.

    Parameters
    ----------
    path : str
    encoding : str
        Of a text; found out by default.
    sheet : str
        Of a workbook; the first by default.

    Raises
    ------
    DataError
        If something is missing, damaged, not a table, or changes while it is read.
    """
    where = Path(path).expanduser()
    parts = source.find_parts(where)
    read, digests, notes = [], [], []
    for part in parts:
        content, sha256 = source.read_part(part)
        rows, said = _read_part(part, content, encoding, sheet)
        source.check_unchanged(part, sha256)
        read.append(rows)
        digests.append(sha256)
        notes += said
    first = read[0].table.column_names
    repeated = sorted({name for name in first if first.count(name) > 1})
    if repeated:
        name = repeated[0]
        at = [str(number) for number, other in enumerate(first, 1) if other == name]
        raise DataError(
            f"{where.name}: columns {' and '.join(at)} are both called {name!r}.  Rename or remove "
            "all but one."
        )
    names = "".join(
        f"{part.path.name}\0{digest}\n" for part, digest in zip(parts, digests, strict=True)
    )
    sha256 = digests[0] if where.is_file() else source.hashlib.sha256(names.encode()).hexdigest()
    return RawTable(where.name, _together(read), sha256, tuple(notes), tuple(read))


def _together(parts: list[_Rows]) -> pa.Table:
    first = parts[0]
    for part in parts[1:]:
        missing = [name for name in first.table.column_names if name not in part.table.column_names]
        extra = [name for name in part.table.column_names if name not in first.table.column_names]
        if missing or extra:
            lacks = [f"lacks {missing[:5]}"] if missing else []
            has = [f"has {extra[:5]}, which that one has not"] if extra else []
            raise DataError(
                f"parts of a table have the same columns; beside {first.label}, {part.label} "
                f"{' and '.join(lacks + has)}.  Export them alike, or move one away."
            )
    if len(parts) == 1:
        return first.table
    tables = [part.table.select(first.table.column_names) for part in parts]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(
            f"a column has one type in {first.label} and another in a later part: {error}.  "
            "Write all parts with the same types."
        ) from error


def _read_part(
    part: source.Part, content: bytes, encoding: str, sheet: str
) -> tuple[_Rows, list[str]]:
    notes: list[str] = []
    if part.format in ("csv", "tsv", "jsonl"):
        content, notes = decode(content, part.label, encoding)
    elif encoding:
        raise DataError(
            f"{part.label} is no text, and has no encoding: leave --encoding {encoding} out."
        )
    if part.format == "xlsx":
        content, notes = workbook_as_csv(content, part.label, sheet)
    elif sheet:
        raise DataError(f"{part.label} is no workbook, and has no sheets: leave --sheet out.")
    if part.format == "jsonl":
        content, by_line, said = as_lines(content, part.label)
        table = flattened(read_json(content, part.label, "line" if by_line else "object"))
        delimiter = "\n" if by_line else _OBJECTS
        notes += said
    elif part.format in ("csv", "tsv", "xlsx"):
        table, delimiter, said = text.read_csv(content, part.label, part.format)
        notes += said
    else:
        table, delimiter = flattened(_read_columns(content, part)), ""
        content = b""
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError(
            f"{part.label} holds {table.num_columns} columns and {table.num_rows} rows.  "
            "Export the table again, with its data."
        )
    if table.num_columns > text.MOST_COLUMNS:
        raise text.too_many_columns(part.label, table.num_columns)
    return _Rows(part.label, table, content, delimiter), notes


def _read_columns(content: bytes, part: source.Part) -> pa.Table:
    try:
        reader = pa.BufferReader(content)
        if part.format == "parquet":
            about = parquet.read_metadata(reader)
            groups = map(about.row_group, range(about.num_row_groups))
            unpacked = sum(group.total_byte_size for group in groups)
            # Parquet may say in a few bits what is a number of eight bytes here.
            source.require_room(part, max(unpacked, 8 * about.num_rows * about.num_columns))
            table = parquet.read_table(reader, use_threads=False, page_checksum_verification=True)
        else:
            table = feather.read_table(reader, use_threads=False)
        # The readers believe a file's offsets; a damaged one would make them read anything.
        table.validate(full=True)
        return table
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{part.label} is a damaged {part.format.capitalize()} file: its beginning and end are "
            "there, what lies between cannot be read.  Write it again."
        ) from error
