"""The files of an event log: what columns they have, and how DuckDB is to read them."""

import csv
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pyarrow as pa
from pyarrow import parquet

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._files.parts import Part, check_is_text, sha256_of, unpacked
from .._table.around import without_separator_line
from .._table.layout import find_layout, records
from .log_file import LogFile
from .nested import form_of, places, records_of
from .nested_files import with_nested
from .request import ROLES, Request

_HEAD_BYTES = 1 << 20
_LINES_LOOKED_AT = 1_000
# The database needs room for it twice.
_LARGEST_OBJECT = 128 << 20


def look_at(parts: Sequence[Part], asked: Request) -> list[LogFile]:
    """Look at each file of a log: what columns it has, and how it is to be read.

    Raises
    ------
    DataError
        If one is not what its name says, or lacks a column.
    """
    files = [_look(part, asked) for part in parts]
    for file in files:
        for role in ROLES:
            if name := getattr(asked, role):
                file.column(role, name)
    for file in files[1:]:
        if file.clock != files[0].clock:
            raise DataError(
                f"{asked.when!r} is a {files[0].clock} in {files[0].part.label} and a {file.clock} "
                f"in {file.part.label}.  Write all parts alike."
            )
    return files


def digest(parts: Sequence[Part], name: str) -> str:
    """Give the SHA-256 of the file; of a folder, that of its parts' names and SHA-256."""
    sums = [(part.label, sha256_of(part)) for part in parts]
    if len(sums) == 1 and sums[0][0] == name:
        return sums[0][1]
    return hashlib.sha256("".join(f"{sha} {label}\n" for label, sha in sums).encode()).hexdigest()


def signs(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Give what changes when a file is written to: size and time of each."""
    try:
        found = [part.path.stat() for part in parts]
    except OSError:
        return []
    return [(stat.st_size, stat.st_mtime_ns) for stat in found]


def _look(part: Part, asked: Request) -> LogFile:
    if part.format == "feather" or (part.format == "parquet" and part.packing):
        raise DataError(
            f"{part.label}: an event log cannot be read from {''.join(part.path.suffixes[-2:])}.  "
            "Save it as .parquet (which is packed already), .csv, .tsv or .jsonl."
        )
    if part.format == "parquet":
        return _parquet(part, asked)
    with unpacked(part) as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise DataError(f"{part.label} is empty: it has no bytes at all.  Write the log again.")
    check_is_text(head, part)
    text = head.decode("utf-8-sig", errors="replace")
    return _json(part, text, asked) if part.format == "jsonl" else _csv(part, text, asked)


def _parquet(part: Part, asked: Request) -> LogFile:
    try:
        schema = parquet.read_schema(part.path)
        first = next(parquet.ParquetFile(part.path).iter_batches(_LINES_LOOKED_AT), None)
    except (OSError, pa.ArrowException) as error:
        why = str(error).partition(".")[0]
        raise DataError(
            f"{part.label} is no whole Parquet file: {why}.  Write it again, or correct its ending."
        ) from error
    columns = _positions(schema.names, part)
    clock = "text"
    if asked.when in columns:
        clock = _clock(schema.field(asked.when).type, part, asked.when)
    named = ", ".join(columns.values())
    scan, row = f"read_parquet(?, hive_partitioning = false) AS t({named})", ""
    if "file_row_number" not in map(str.lower, columns):  # else DuckDB could not add its own
        scan = (
            "read_parquet(?, file_row_number = true, hive_partitioning = false) "
            f"AS t({named}, place)"
        )
        row = "place"
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    file = LogFile(part, columns, clock, scan, f"hash({named})", row)
    if not nested or first is None:
        return file
    return with_nested(
        file,
        first.select(nested).to_pylist(),
        {name: f"to_json({columns[name]})" for name in nested},
        asked,
    )


def _clock(kind: pa.DataType, part: Part, when: str) -> str:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "timestamp of a zone" if getattr(kind, "tz", None) else "timestamp"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    raise DataError(
        f"when: column {when!r} of {part.label} has type {kind}, which is no moment.  Name a "
        "column of timestamps, of texts such as 2024-03-01 08:30:00, or of Unix times."
    )


def _csv(part: Part, head: str, asked: Request) -> LogFile:
    content, sign, notes = without_separator_line(head.encode(), part.label)
    layout = find_layout(content, part.label, part.format, sign)
    rows = records(content.decode(), layout.delimiter)
    # The header's line, and the cells of the records after it.
    line, names, _ = next(itertools.islice(rows, layout.n_preamble, None))
    if layout.n_preamble:
        notes.append(
            Sentence(
                "{file}: lines before line {line}, which names the columns, are skipped.",
                file=part.label,
                line=line,
            )
        )
    columns = _positions(names, part)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns.values())
    scan = (
        "read_csv(?, auto_detect = false, header = true, strict_mode = true, "
        f"delim = '{layout.delimiter}', skip = {line - 1}, quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, hive_partitioning = false, "
        f"compression = '{part.packing or 'none'}')"
    )
    content = f"hash({', '.join(columns.values())})"
    file = LogFile(
        part, columns, "text", scan, content, delimiter=layout.delimiter, n_skipped=line - 1,
        notes=tuple(notes),
    )  # fmt: skip
    if "{" not in head:
        return file
    cells = {
        name: f"CASE WHEN json_valid({column}) THEN {column} END"
        for name, column in columns.items()
    }
    return with_nested(file, _records_in_cells(rows, names), cells, asked)


def _records_in_cells(
    rows: Iterator[tuple[int, list[str], bool]], names: Sequence[str]
) -> list[dict[str, object]]:
    """Read the cells of the first rows that hold JSON."""
    found = []
    try:
        for _, row, _ in itertools.islice(rows, _LINES_LOOKED_AT):
            record = {}
            for name, cell in zip(names, row, strict=False):
                if cell.lstrip().startswith(("{", "[{")):
                    with suppress(ValueError, RecursionError):
                        record[name] = json.loads(cell)
            found.append(record)
    except csv.Error:
        pass  # DuckDB stops there too, and the line is named then
    return found


def _json(part: Part, head: str, asked: Request) -> LogFile:
    form, size = form_of(head), ""
    if form == "objects":
        with unpacked(part) as file:
            content = file.read(_LARGEST_OBJECT + 1)
        if len(content) > _LARGEST_OBJECT:
            raise DataError(
                f"{part.label} is one JSON text over many lines of more than "
                f"{_LARGEST_OBJECT >> 20} MiB.  Write one event a line."
            )
        head = content.decode("utf-8-sig", errors="replace")
        size = f"maximum_object_size = {max(len(content), _HEAD_BYTES)}, "
    found = records_of(head, form)
    if not places(found):
        raise DataError(
            f"{part.label}, line 1: no JSON object.  A line holds one event, as in "
            '{"user": 7, "time": "2024-03-01 08:30:00", "event": "view"}.'
        )
    how = {"lines": "newline_delimited", "array": "array", "objects": "unstructured"}[form]
    scan = (
        f"read_json_objects(?, format = '{how}', hive_partitioning = false, {size}"
        f"compression = '{part.packing or 'uncompressed'}')"
    )
    file = LogFile(part, {}, "text", scan, "hash(json::VARCHAR)")
    return with_nested(file, found, "json", asked)


def _positions(names: Sequence[str], part: Part) -> dict[str, str]:
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{part.label} has two columns {name!r}.  Rename or remove one.")
    return {name: f"c{number}" for number, name in enumerate(names)}
