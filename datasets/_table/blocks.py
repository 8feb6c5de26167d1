"""A table of any size, block by block: CSV and TSV, Parquet, and others as a whole."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from ...bench.errors import DataError
from .._files.encoding import ENCODING_NAMES, announced_encoding, check_encoding
from .._files.parts import Part, check_is_text, find_parts, unpacked, unreadable
from .._files.plausible import plausible_encoding
from .around import without_separator_line
from .arrow_table import read_table
from .layout import find_layout

_BLOCK_BYTES = 8 << 20
_ROWS = 50_000
_START = 1 << 20


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a table.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of CSV and TSV are texts.
    first : int
        The number of its first row in the file, from 1 on.
    label : str
        The file.
    notes : tuple of str
        What had to be assumed; of a file's first block.
    delimiter : str
        What separates the cells of a text; empty of another file.
    """

    table: pa.Table
    first: int
    label: str
    notes: tuple[str, ...] = ()
    delimiter: str = ""


def blocks_of(path: str, encoding: str = "", sheet: str = "") -> Iterator[Block]:
    """Read a file, or the parts in a folder, block by block.

    Parameters
    ----------
    path : str
    encoding : str
        Of a text; UTF-8 by default, or what its first bytes announce.
    sheet : str
        Of a workbook; the first by default.

    Raises
    ------
    DataError
        If something is missing, damaged or not a table.
    """
    check_encoding(encoding)
    where = Path(path).expanduser()
    for part in find_parts(where):
        if part.format in ("csv", "tsv"):
            yield from _of_text(part, encoding)
        elif part.format == "parquet" and not part.packing:
            yield from _of_parquet(part)
        else:
            table = read_table(str(part.path), encoding, sheet).table
            for start in range(0, table.num_rows, _ROWS):
                yield Block(table.slice(start, _ROWS), start + 1, part.label)


def _of_parquet(part: Part) -> Iterator[Block]:
    first = 1
    try:
        with parquet.ParquetFile(part.path) as file:
            for batch in file.iter_batches(_ROWS, use_threads=False):
                yield Block(pa.Table.from_batches([batch]), first, part.label)
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{part.label} is no whole Parquet file: {error}.  It is cut off, damaged or something "
            "else; write it again."
        ) from error
    if first == 1:
        raise _empty(part)


def _of_text(part: Part, encoding: str) -> Iterator[Block]:
    with unpacked(part) as raw:
        start = raw.read(_START)
        if not start:
            raise DataError(
                f"{part.label} is empty: it has no bytes at all.  Save the table again."
            )
        check_is_text(start, part)
        name, notes = _encoding_of(start, part, encoding)
        text = _AsUTF8(start, raw, part, name)
        head = text.peek(_START)
        skipped, delimiter, _ = without_separator_line(head, part.label)
        layout = find_layout(skipped, part.label, part.format, delimiter)
        names = [cell.strip() for cell in layout.header]
        names = [cell or f"column {number}" for number, cell in enumerate(names, 1)]
        text.drop_records(layout.n_preamble + 1 + (len(skipped) < len(head)))
        for block in _parsed(part, text, layout.delimiter, names):
            yield replace(block, notes=notes) if block.first == 1 else block


def _encoding_of(start: bytes, part: Part, encoding: str) -> tuple[str, tuple[str, ...]]:
    """Find the encoding of a text by its beginning, where the user does not name it."""
    name = encoding or announced_encoding(start)
    if name:
        return name, ()
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
        return "utf-8", ()
    except UnicodeDecodeError:
        name = plausible_encoding(start)
        return name, (
            f"{part.label} is not UTF-8; read as {ENCODING_NAMES[name]}.  If its letters are "
            "wrong, name the encoding (--encoding).",
        )


def _parsed(part: Part, text: "_AsUTF8", delimiter: str, names: list[str]) -> Iterator[Block]:
    wrong: list[arrow_csv.InvalidRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        wrong.append(row)
        return "error"

    first = 1
    try:
        reader = arrow_csv.open_csv(
            text,
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, column_names=names
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            if batch.num_rows:
                table = pa.Table.from_batches([batch])
                yield Block(table, first, part.label, delimiter=delimiter)
                first += batch.num_rows
    except pa.ArrowInvalid as error:
        if text.error is not None:
            raise text.error from None
        if wrong:
            row = wrong[0]
            raise DataError(
                f"{part.label}: a row after row {first - 1:,} has {row.actual_columns} cells where "
                f"the header names {row.expected_columns}: {row.text[:60]!r}.  Put quotes around a "
                "cell that holds the separator, or mend the line."
            ) from error
        if "Empty CSV" not in str(error):
            raise DataError(f"{part.label} cannot be read as a table: {error}.") from error
    except OSError as error:
        raise text.error or unreadable(part, str(error)) from error
    if first == 1:
        raise _empty(part)


def _empty(part: Part) -> DataError:
    return DataError(f"{part.label} has no rows.  Export the table again, with its data.")


class _AsUTF8(io.RawIOBase):
    """A stream of text, decoded on the way and given as UTF-8."""

    def __init__(self, start: bytes, rest: BinaryIO, part: Part, encoding: str) -> None:
        name = codecs.lookup(encoding).name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)()
        self._rest, self._part, self._encoding = rest, part, encoding
        self._line = 1
        self._ready = b""
        self.error: DataError | None = None
        self._take(start)

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give up to so many bytes."""
        while not self._ready or size < 0:
            raw = self._rest.read(_START)
            if not raw:
                self._take(b"")
                size = len(self._ready) if size < 0 else size
                break
            self._take(raw)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def peek(self, size: int) -> bytes:
        """Give the next bytes without going on."""
        return self._ready[:size]

    def drop_records(self, n_records: int) -> None:
        """Go past the first records that are not blank."""
        while n_records and self._ready:
            end = _end_of_record(self._ready)
            n_records -= bool(self._ready[:end].strip())
            self._ready = self._ready[end:]

    def _take(self, raw: bytes) -> None:
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            line = self._line + raw.count(b"\n", 0, error.start)
            self.error = DataError(
                f"{self._part.label}, about line {line:,}: not in {self._encoding}.  Name its "
                "encoding, as in --encoding cp1252."
            )
            raise self.error from None
        if "\0" in text:
            line = self._line + text.count("\n", 0, text.index("\0"))
            self.error = DataError(
                f"{self._part.label}, line {line:,}: a NUL byte, which no text holds.  The file is "
                "damaged or not a text; save it again as UTF-8."
            )
            raise self.error
        self._line += text.count("\n")
        self._ready += text.encode()


def _end_of_record(text: bytes) -> int:
    """Find where the first record ends: at a line end outside of quotes."""
    at = 0
    while (end := text.find(b"\n", at)) >= 0:
        if text.count(b'"', 0, end) % 2 == 0:
            return end + 1
        at = end + 1
    return len(text)
