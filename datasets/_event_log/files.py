"""The files of an event log: what columns they have, and how DuckDB is to read them."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from ...bench.errors import DataError
from .._files.parts import Part, check_is_text, find_parts, sha256_of, unpacked
from .._table.card import nearest

_HEAD_BYTES = 1 << 20
_LINES_LOOKED_AT = 1_000
_DELIMITERS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class LogFile:
    """One file of a log, as DuckDB sees it.

    Columns are known to DuckDB by position, never by the names that the file gives them, so that
    no name can be read as a command.

    Parameters
    ----------
    part : Part
    columns : dict of str to str
        For each column what DuckDB calls it.
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
    """

    part: Part
    columns: dict[str, str]
    clock: str
    scan: str
    content: str
    row: str = ""
    delimiter: str = ""

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


def find_files(path: str, when: str) -> list[LogFile]:
    """Find the file, or the parts in a folder in the order of their names, and look at each.

    Raises
    ------
    DataError
        If there are none, or one is not what its name says.
    """
    files = [_look(part, when) for part in find_parts(Path(path).expanduser())]
    for file in files[1:]:
        if file.clock != files[0].clock:
            raise DataError(
                f"{when!r} is a {files[0].clock} in {files[0].part.label} and a {file.clock} in "
                f"{file.part.label}.  Write all parts alike."
            )
    return files


def digest(files: Sequence[LogFile], name: str) -> str:
    """Give the SHA-256 of the file; of a folder, that of its parts' names and SHA-256."""
    sums = [(file.part.label, sha256_of(file.part)) for file in files]
    if len(sums) == 1 and sums[0][0] == name:
        return sums[0][1]
    return hashlib.sha256("".join(f"{sha} {label}\n" for label, sha in sums).encode()).hexdigest()


def signs(files: Sequence[LogFile]) -> list[tuple[int, int]]:
    """Give what changes when a file is written to: size and time of each."""
    try:
        found = [file.part.path.stat() for file in files]
    except OSError:
        return []
    return [(stat.st_size, stat.st_mtime_ns) for stat in found]


def _look(part: Part, when: str) -> LogFile:
    if part.format == "feather" or (part.format == "parquet" and part.packing):
        raise DataError(
            f"{part.label}: an event log cannot be read from {''.join(part.path.suffixes[-2:])}.  "
            "Save it as .parquet (which is packed already), .csv, .tsv or .jsonl."
        )
    if part.format == "parquet":
        return _parquet(part, when)
    with unpacked(part) as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise DataError(f"{part.label} is empty: it has no bytes at all.  Write the log again.")
    check_is_text(head, part)
    if head.startswith(_UTF_16):
        raise DataError(f"{part.label} is written in UTF-16.  Save the log as UTF-8 text.")
    text = head.decode("utf-8-sig", errors="replace")
    return _json_lines(part, text) if part.format == "jsonl" else _csv(part, text)


def _parquet(part: Part, when: str) -> LogFile:
    try:
        schema = parquet.read_schema(part.path)
    except (OSError, pa.ArrowException) as error:
        why = str(error).partition(".")[0]
        raise DataError(
            f"{part.label} is no whole Parquet file: {why}.  Write it again, or correct its ending."
        ) from error
    columns = _positions(schema.names, part)
    clock = _clock(schema.field(when).type, part, when) if when in columns else "text"
    named = ", ".join(columns.values())
    if "file_row_number" in map(str.lower, columns):  # DuckDB could not add its own
        return LogFile(
            part,
            columns,
            clock,
            f"read_parquet(?, hive_partitioning = false) AS t({named})",
            f"hash({named})",
        )
    scan = (
        f"read_parquet(?, hive_partitioning = false, file_row_number = true) AS t({named}, place)"
    )
    return LogFile(part, columns, clock, scan, f"hash({named})", "place")


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


def _csv(part: Part, head: str) -> LogFile:
    first = head.partition("\n")[0]
    delimiter = "\t" if part.format == "tsv" else max(_DELIMITERS, key=first.count)
    try:
        names = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise DataError(
            f"{part.label}, line 1: no header can be read ({error}).  The first line names the "
            "columns."
        ) from error
    columns = _positions(names, part)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns.values())
    scan = (
        "read_csv(?, auto_detect = false, hive_partitioning = false, header = true, "
        f"strict_mode = true, delim = '{delimiter}', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, compression = '{part.packing or 'none'}')"
    )
    content = f"hash({', '.join(columns.values())})"
    return LogFile(part, columns, "text", scan, content, delimiter=delimiter)


def _json_lines(part: Part, head: str) -> LogFile:
    names: dict[str, None] = {}
    lines = head.split("\n")
    # The last line of what was read may be cut in half.
    complete = lines[:-1] if len(head) >= _HEAD_BYTES else lines
    for line in complete[:_LINES_LOOKED_AT]:
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            break  # DuckDB stops there too, and the line is named then
        names |= dict.fromkeys(found if isinstance(found, dict) else ())
    if not names:
        raise DataError(
            f"{part.label}, line 1: no JSON object.  A line holds one event, as in "
            '{"user": 7, "time": "2024-03-01 08:30:00", "event": "view"}.'
        )
    columns = {name: f"json_extract_string(json, {_pointer(name)})" for name in names}
    scan = (
        "read_ndjson_objects(?, hive_partitioning = false, "
        f"compression = '{part.packing or 'uncompressed'}')"
    )
    return LogFile(part, columns, "text", scan, "hash(json::VARCHAR)")


def _pointer(name: str) -> str:
    """Write a key as an SQL text that holds a JSON pointer (RFC 6901)."""
    pointer = "/" + str(name).replace("~", "~0").replace("/", "~1")
    return "'" + pointer.replace("'", "''") + "'"


def _positions(names: Sequence[str], part: Part) -> dict[str, str]:
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{part.label} has two columns {name!r}.  Rename or remove one.")
    return {name: f"c{number}" for number, name in enumerate(names)}
