"""Lines around a table: what stands before its header and after its rows."""

import re

import pyarrow as pa

from .layout import DELIMITERS, Layout, records, short

_SEPARATOR_LINE = re.compile(rb'^"?[sS][eE][pP]=(?P<sign>[,;\t|])"?[;,\t|]*\r?(?P<end>\n|\r|$)')
_TOTAL = re.compile(
    r"^\W*((grand |sub ?)?totals?|sums?|summe|gesamt|insgesamt|somme|suma|totale|итого|всего|合计|"
    r"合計|总计|總計|共计|소계|합계)(?!\w)",
    re.IGNORECASE,
)
_MOST_TOTALS = 3


def without_separator_line(content: bytes, label: str) -> tuple[bytes, str, list[str]]:
    """Take away a first line such as ``sep=;``, which spreadsheets write and read.

    Its line end stays, so that the others keep their numbers.
    """
    found = _SEPARATOR_LINE.match(content)
    if not found:
        return content, "", []
    sign = found["sign"].decode()
    note = f"{label}: line 1, 'sep={sign}', is skipped; cells are separated by {DELIMITERS[sign]}."
    return content[found.start("end") :], sign, [note]


def without_preamble(content: bytes, label: str, layout: Layout) -> tuple[bytes, list[str]]:
    """Blank the lines before the header; their line ends stay."""
    if not layout.n_preamble:
        return content, []
    text = content.decode()
    found = []
    for line, record, _ in records(text, layout.delimiter):
        if len(found) == layout.n_preamble:
            break
        found.append((line, layout.delimiter.join(record)))
    last = line
    lines = text.splitlines(keepends=True)
    for number in range(last - 1):
        kept = lines[number]
        lines[number] = kept[len(kept.rstrip("\r\n")) :]
    first, told = found[0]
    where = f"line {first} is" if last - 1 == first else f"lines {first} to {last - 1} are"
    note = f"{label}: {where} skipped, since the columns are named in line {last}: {short(told)}."
    return "".join(lines).encode(), [note]


def blank_lines(content: bytes, label: str, n_preamble: int) -> list[str]:
    """Say where the first of the blank lines within a table is."""
    if b'"' in content:  # a blank line in a cell is one of the cell
        return []
    body = content.strip(b"\r\n")
    found = re.search(rb"(?>\r\n|\n|\r)[ \t]*(?>\r\n|\n|\r)", body)
    if not found or n_preamble and b"\n" not in body:
        return []
    before = content[: content.index(body[:1])] + body[: found.start()]
    line = len(re.findall(rb"\r\n|\n|\r", before)) + 2
    return [f"{label}: blank lines are skipped, the first of them line {line}."]


def is_closing_line(text: str, delimiter: str) -> bool:
    """Tell whether a line with too few or too many cells is a sentence or a total.

    A row that was cut off is neither: it has a number, or a part of a word.
    """
    cells = [cell.strip(' "') for cell in text.split(delimiter)]
    if _TOTAL.match(text):
        return True
    told = cells[0] if len([cell for cell in cells if cell]) == 1 else ""
    return bool(re.search(r"\w \w|\w: ?\d", told)) and any(letter.isalpha() for letter in told)


def n_totals(table: pa.Table) -> int:
    """Count the last rows that sum the others up: "Total" at their start, and cells left empty.

    Rows without anything that stand between or after them count as well.
    """
    n_last, counted = 0, 0
    for row in range(table.num_rows - 1, max(0, table.num_rows - 1 - _MOST_TOTALS), -1):
        cells = [column[row].as_py().strip() for column in table.columns]
        filled = [cell for cell in cells if cell]
        n_last += 1
        if not filled:
            continue
        sentence = len(filled) == 1 < len(cells) - 1 and is_closing_line(filled[0], "\0")
        if not sentence and not (_TOTAL.match(filled[0]) and len(filled) < len(cells)):
            break
        counted = n_last
    return counted
