"""CSV or TSV to columns of texts, with what had to be assumed."""

import csv
import io
from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .around import (
    blank_lines,
    is_closing_line,
    n_totals,
    open_ended,
    without_preamble,
    without_repeats,
    without_separator_line,
)
from .layout import DELIMITERS, MOST_LINES_AROUND, find_layout, is_number, records, short

MOST_COLUMNS = 2000
_LONGEST_RECORD = 1 << 26


def read_csv(content: bytes, label: str, format: str) -> tuple[pa.Table, str, list[str]]:
    """Read a CSV or TSV text, all columns as texts.

    Returns
    -------
    table : pyarrow.Table of strings
        Empty cells are empty strings.
    delimiter : str
    notes : list of str

    Raises
    ------
    DataError
        If there is no header, a row has another number of cells, or a quote never closes.
    """
    content, delimiter, notes = without_separator_line(content, label)
    found = find_layout(content, label, format, delimiter)
    delimiter, header = found.delimiter, found.header
    if format == "csv" and delimiter != "," and not notes:
        notes.append(
            Sentence(
                "{file}: cells are separated by {delimiter}.",
                file=label,
                delimiter=Sentence(DELIMITERS[delimiter]),
            )
        )
    content, said = without_preamble(content, label, found)
    notes += said
    notes += blank_lines(content, label, found.n_preamble)
    content, said = without_repeats(content, label)
    notes += said
    if found.open_ended:
        content = open_ended(content, delimiter)
    names = _names(header, label, notes)
    table, said = _parse(content, label, delimiter, len(names))
    notes += said
    if table.num_rows == 0:
        raise DataError(
            f"{label} has a header and no rows.  Export the table again, with its data."
        )
    if b'"' in content:
        notes += _line_breaks(table, names, content, label, delimiter)
    return table.rename_columns(names), delimiter, notes


def _line_breaks(
    table: pa.Table, names: list[str], content: bytes, label: str, delimiter: str
) -> list[str]:
    """Name columns whose cells go over several lines: two quotes too many swallow whole rows."""
    notes = []
    for name, cells in zip(names, table.columns, strict=True):
        broken = pc.match_substring_regex(cells, r"[\r\n]")
        n_broken = pc.sum(broken).as_py()
        if n_broken:
            where = place_of_row(content, delimiter, pc.index(broken, True).as_py())
            notes.append(
                Sentence(
                    "{file}: {n:,} cells of {name!r} go over several lines, first in "
                    "{where}.  If they should not, a quote there has no partner, and rows are "
                    "lost.",
                    file=label,
                    n=n_broken,
                    name=name,
                    where=where,
                )
            )
    return notes


def place_of_row(content: bytes, delimiter: str, row: int) -> str:
    """Say where row ``row`` (0 is the first after the header) begins: by line, where possible."""
    return places_of_rows(content, delimiter, {row})[row]


def places_of_rows(content: bytes, delimiter: str, rows: Collection[int]) -> dict[int, str]:
    """Say where rows (0 is the first after the header) begin: by line, where possible."""
    found = {row: f"row {row + 1}" for row in rows}
    last = max(rows)
    try:
        for number, (line, _, _) in enumerate(records(content.decode(), delimiter)):
            if number - 1 in found:
                found[number - 1] = f"line {line}"
            if number > last:
                break
    except csv.Error:
        pass  # this reader of quotes and line ends is the stricter one
    return found


def _names(header: list[str], label: str, notes: list[str]) -> list[str]:
    if len(header) > MOST_COLUMNS:
        raise too_many_columns(label, len(header))
    names = [name.strip() for name in header]
    if all(is_number(name) for name in names if name):
        raise DataError(
            f"{label} has no header: its first line holds numbers only ({short(header[0])}, ...)."
            "  Put the names of the columns into the first line."
        )
    for number, name in enumerate(names, 1):
        if not name:
            names[number - 1] = f"column {number}"
            notes.append(
                Sentence(
                    "{file}: column {number} has no name; it is called 'column {number}'.",
                    file=label,
                    number=number,
                )
            )
    return names


def _parse(
    content: bytes, label: str, delimiter: str, n_columns: int
) -> tuple[pa.Table, list[str]]:
    wrong: list[arrow_csv.InvalidRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip" if len(wrong) <= MOST_LINES_AROUND else "error"

    quoted = b'"' in content
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(
                # One thread: only then does the reader count the rows.
                use_threads=False,
                block_size=_LONGEST_RECORD,
                autogenerate_column_names=True,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=quoted, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"f{number}": pa.string() for number in range(n_columns)},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _not_parsed(content, label, delimiter, wrong, error) from error
    if quoted and (open_line := _open_quote(content, delimiter)):
        raise _never_closed(label, open_line)
    n_records = table.num_rows + len(wrong)
    if not all(
        is_closing_line(row.text, delimiter) and row.number > n_records - len(wrong)
        for row in wrong
    ):
        raise _not_parsed(content, label, delimiter, wrong, pa.ArrowInvalid(""))
    table = table.slice(1)
    last = n_totals(table)
    table = table.slice(0, table.num_rows - last)
    if not wrong and not last:
        return table, []
    first = place_of_row(content, delimiter, table.num_rows)
    return table, [
        f"{label}: after the table, {last + len(wrong)} lines are skipped, from {first} on."
    ]


def _not_parsed(
    content: bytes,
    label: str,
    delimiter: str,
    wrong: list[arrow_csv.InvalidRow],
    error: pa.ArrowInvalid,
) -> DataError:
    if open_line := _open_quote(content, delimiter):
        return _never_closed(label, open_line)
    if wrong:
        row = wrong[0]
        where = place_of_row(content, delimiter, row.number - 2)
        return DataError(
            f"{label}, {where}: {row.actual_columns} cells where the header names "
            f"{row.expected_columns}, in {short(row.text)}.  Put quotes around a cell that holds "
            "the separator, or mend the line."
        )
    return DataError(
        f"{label} cannot be read as a table: {error}.  Is a record longer than "
        f"{_LONGEST_RECORD >> 20} MiB, or a quote never closed?"
    )


def _never_closed(label: str, line: int) -> DataError:
    return DataError(
        f"{label}, line {line}: a quote is opened and never closed, so that the rest of the file "
        'would be one cell.  Close it, or write a quote inside a cell twice ("").'
    )


def _open_quote(content: bytes, delimiter: str) -> int:
    """Give the line of a quote that never closes, or 0; cheap where quotes come in pairs."""
    if content.count(b'"') % 2 == 0:
        return 0
    lines = io.StringIO(content.decode(), newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = csv.field_size_limit(len(content) + 1)
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error as error:
        return start if "unexpected end of data" in str(error) else 0
    finally:
        csv.field_size_limit(before)
    return 0


def too_many_columns(label: str, n_columns: int) -> DataError:
    """Say that a table is too wide."""
    return DataError(
        f"{label} has {n_columns:,} columns; at most {MOST_COLUMNS:,} can be compared in sensible "
        "time.  Keep those that are known at the moment of prediction."
    )
