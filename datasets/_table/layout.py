"""How a delimited text is laid out: what separates cells, and which line names the columns."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ...bench.errors import DataError
from ...bench.language.speaking import marked

DELIMITERS = {
    ",": marked("commas"), ";": marked("semicolons"), "\t": marked("tabs"), "|": marked("bars"),
}  # fmt: skip
MOST_LINES_AROUND = 20
_SAMPLE_BYTES, _SAMPLE_RECORDS = 1 << 20, 50 + MOST_LINES_AROUND


@dataclass(frozen=True)
class Layout:
    """What the first lines tell of a text.

    Parameters
    ----------
    delimiter : str
    header : list of str
        The names of the columns, as they stand there.
    n_preamble : int
        Records before the header, blank lines apart.
    open_ended : bool
        Whether all rows end with a delimiter and the header does not.
    """

    delimiter: str
    header: list[str]
    n_preamble: int = 0
    open_ended: bool = False


def find_layout(content: bytes, label: str, format: str, delimiter: str = "") -> Layout:
    """Find the delimiter and the header.

    Parameters
    ----------
    content : bytes
        UTF-8.
    label : str
    format : str
        "csv", "tsv" or "xlsx".
    delimiter : str
        Where the file names it; found out by default.

    Raises
    ------
    DataError
        If there is nothing in it, or one column only, or the first line is no header.
    """
    sample = content[:_SAMPLE_BYTES].decode(errors="replace")
    usual = {"csv": [*DELIMITERS], "tsv": ["\t"], "xlsx": [","]}[format]
    found = {}
    for candidate in [delimiter] if delimiter else usual:
        first = list(_first_records(sample, candidate))
        if not first:
            raise DataError(f"{label} holds blank lines only.  Save the table again.")
        widths = Counter(len(record) for _, record in first)
        # The wider of two equally frequent widths: a file of one row has a header too.
        width, alike = max(widths.items(), key=lambda item: (item[1], item[0]))
        begins = len(first[0][1]) == width
        found[candidate] = ((width > 1, begins, alike / len(first), width), first, width)
    best = max(found, key=lambda key: found[key][0])
    _, first, width = found[best]
    if width == 1:
        asked = "tabs" if format == "tsv" else "commas, semicolons, tabs or bars"
        raise DataError(
            f"{label} has a single column, {short(first[0][1][0])}.  Cells must be separated by "
            f"{asked}; a table has a target and at least one more column."
        )
    return _with_preamble(first, width, best, label)


def _with_preamble(
    first: list[tuple[int, list[str]]], width: int, delimiter: str, label: str
) -> Layout:
    """Find the header behind lines that hold a sentence or two."""
    rows = [record for _, record in first[1:]]
    if len(first[0][1]) == width - 1 and all(
        len(record) == width and not record[-1].strip() for record in rows
    ):
        return Layout(delimiter, [*first[0][1], ""], open_ended=True)
    n_before = 0
    for _, record in first[:MOST_LINES_AROUND]:
        if sum(bool(cell.strip()) for cell in record) > max(1, width // 2):
            break
        n_before += 1
    if not n_before or n_before == len(first):
        return Layout(delimiter, first[0][1])
    line, header = first[n_before]
    if is_header(header, width):
        return Layout(delimiter, header, n_before)
    if len(first[0][1]) == width:
        return Layout(delimiter, first[0][1])
    raise DataError(
        f"{label}, line {first[0][0]}: {short(delimiter.join(first[0][1]))} is no header of the "
        f"{width} columns that other lines have, and line {line} is none either.  Delete what "
        "stands before the names of the columns, or put them into the first line."
    )


def is_header(record: list[str], width: int) -> bool:
    """Tell whether a record can name the columns: all of them, differently, and with no number."""
    names = [cell.strip() for cell in record]
    return (
        len(names) == width
        and all(names)
        and len(set(names)) == width
        and not any(is_number(name) for name in names)
    )


def is_number(text: str) -> bool:
    """Tell whether a text is a number as programs write it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _first_records(sample: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, (line, record, ends) in zip(
            range(_SAMPLE_RECORDS), records(sample, delimiter), strict=False
        ):
            if number and len(sample) == _SAMPLE_BYTES and ends:
                return  # the sample ends within this record
            yield line, record
    except csv.Error:
        return


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """Give each record's first line, its cells, and whether the text ends with it."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    before = csv.field_size_limit(len(text) + 1)
    try:
        start = 1
        for record in reader:
            if record:
                yield start, record, lines.tell() >= len(text)
            start = reader.line_num + 1
    finally:
        csv.field_size_limit(before)


def short(text: str, most: int = 40) -> str:
    """Give the first line of a text in quotes, cut where it is long."""
    text = text.splitlines()[0] if text.strip() else text
    return repr(text if len(text) <= most else f"{text[: most - 3]}...")
