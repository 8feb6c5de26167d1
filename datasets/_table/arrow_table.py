"""A file, or a folder of parts, as one Arrow table that knows where each of its rows stands."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.json as arrow_json
from pyarrow import feather, parquet

from ...bench.errors import DataError
from .._files import parts as source
from .._files.encoding import decode
from . import delimited_text as text

_LONGEST_RECORD = 1 << 26
# The JSON reader calls itself for each level; a table needs none.
_DEEP = re.compile(rb"(?:[\[{][^\[\]{}\n]{0,200}){100}")


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

    def place(self, row: int) -> str:
        """Say where a row stands, as in "line 12"; as costly as reading the file again."""
        for part in self.parts:
            if row < part.table.num_rows:
                where = _place_in(part, row)
                return where if len(self.parts) == 1 else f"{where} of {part.label}"
            row -= part.table.num_rows
        raise IndexError(row)


def _place_in(part: _Rows, row: int) -> str:
    if part.delimiter == "\n":
        line = next(line for number, (line, _) in enumerate(_lines(part.content)) if number == row)
        return f"line {line}"
    if part.delimiter:
        return text.place_of_row(part.content, part.delimiter, row)
    return f"row {row + 1}"


def read_table(path: str) -> RawTable:
    """Read a file, or the parts in a folder.

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
        rows, said = _read_part(part, content)
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


def _read_part(part: source.Part, content: bytes) -> tuple[_Rows, list[str]]:
    notes: list[str] = []
    if part.format in ("csv", "tsv", "jsonl"):
        content, notes = decode(content, part.label)
    if part.format == "jsonl":
        table, delimiter = _read_json(content, part.label), "\n"
    elif part.format in ("csv", "tsv"):
        table, delimiter, said = text.read_csv(content, part.label, part.format)
        notes += said
    else:
        table, delimiter = _read_columns(content, part), ""
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


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number the lines that are not blank, from 1."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line


def _read_json(content: bytes, label: str) -> pa.Table:
    if deep := _DEEP.search(content):
        line = content.count(b"\n", 0, deep.start()) + 1
        raise DataError(
            f"{label}, line {line}: a hundred brackets inside each other.  A line holds one row "
            'as a flat object, as in {"pages": 3, "bought": true}.'
        )
    options = arrow_json.ReadOptions(use_threads=False, block_size=_LONGEST_RECORD)
    try:
        table = arrow_json.read_json(pa.BufferReader(content), read_options=options)
        # The reader takes moments with and without a zone for the same: read them as they stand.
        moments = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
        if moments:
            as_texts = pa.schema([(name, pa.string()) for name in moments])
            again = arrow_json.read_json(
                pa.BufferReader(content),
                read_options=options,
                parse_options=arrow_json.ParseOptions(explicit_schema=as_texts),
            )
            table = again.select(table.column_names)
        return table
    except (pa.ArrowException, ValueError) as error:
        raise _not_json(content, label, str(error)) from error


def _not_json(content: bytes, label: str, why: str) -> DataError:
    """Find the first line that is wrong: the reader counts the rows of a block, not of the file."""
    seen: dict[str, str] = {}
    mend = 'A line holds one row as an object, as in {"pages": 3, "bought": true}.'
    for line, raw in _lines(content):
        try:
            pairs = json.loads(raw, object_pairs_hook=lambda pairs: pairs)
        except (ValueError, RecursionError) as error:
            return DataError(f"{label}, line {line}: no JSON object ({error}).  {mend}")
        if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
            return DataError(f"{label}, line {line}: {text.short(raw.decode())} is no row.  {mend}")
        names = [name for name, _ in pairs]
        for name, value in pairs:
            if names.count(name) > 1:
                return DataError(f"{label}, line {line}: {name!r} stands there twice.  Remove one.")
            kind = _kind_of(value)
            if kind and seen.setdefault(name, kind) != kind:
                return DataError(
                    f"{label}, line {line}: column {name!r} holds {kind} here and {seen[name]} "
                    "before.  Give it one type, or leave it out of the file."
                )
    return DataError(f"{label} cannot be read as JSON lines: {text.short(why, 120)}.  {mend}")


def _kind_of(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    return kinds.get(type(value), "" if value is None else "a list or an object")
