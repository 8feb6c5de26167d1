"""Lines around a table: what stands before its header and after its rows."""

import re

import numpy as np
import pyarrow as pa

from ...bench.language.sentence import Sentence
from .._values.number_notation import NumberNotation
from .._values.numbers import find_numbers
from .._values.texts import clean
from .layout import DELIMITERS, Layout, records, short

_SEPARATOR_LINE = re.compile(rb'^"?[sS][eE][pP]=(?P<sign>[,;\t|])"?[;,\t|]*\r?(?P<end>\n|\r|$)')
_TOTAL = re.compile(
    r"^\W*((grand |sub ?)?totals?|sums?|summe|gesamt\w*|insgesamt|somme|suma|sumă|soma|totale|"
    r"totaal|totalt|ensemble|razem|ogółem|celkem|spolu|összesen|yhteensä|i alt|toplam|jumlah|"
    r"tổng( cộng)?|итого|всего|сумма|загалом|усього|разом|σύνολο|المجموع|إجمالي|الإجمالي|"
    r"סה\"כ|סך הכל|รวม(ทั้งหมด)?|"
    r"合計|合计|总计|總計|共计|小计|小計|總和|总和|소계|합계|총계|"
    r"averages?|means?|mittelwert|durchschnitt|moyenne|promedio|media|średnia|среднее|平均値?)(?!\w)",
    re.IGNORECASE,
)
# A line between the header and the rows, as databases print it.
_RULE = re.compile(rb"[ \t]*[-+|=:,;]*[-=]{2}[-+|=:,; \t]*")
# Of a sum that was written with cents.
_ROUNDED = 0.0051
_MOST_TOTALS = 3


def without_separator_line(content: bytes, label: str) -> tuple[bytes, str, list[str]]:
    """Take away a first line such as ``sep=;``, which spreadsheets write and read.

    Its line end stays, so that the others keep their numbers.
    """
    found = _SEPARATOR_LINE.match(content)
    if not found:
        return content, "", []
    sign = found["sign"].decode()
    note = Sentence(
        "{file}: line 1, 'sep={sign}', is skipped; cells are separated by {delimiter}.",
        file=label,
        sign=sign,
        delimiter=Sentence(DELIMITERS[sign]),
    )
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
    note = Sentence.counted(
        "{file}: line {first} is skipped, since the columns are named in line {line}: {what}.",
        "{file}: lines {first} to {last} are skipped, since the columns are named in line {line}: "
        "{what}.",
        last - first,
        file=label,
        first=first,
        last=last - 1,
        line=last,
        what=short(told),
    )
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
    return [
        Sentence(
            "{file}: blank lines are skipped, the first of them line {line}.", file=label, line=line
        )
    ]


def without_repeats(content: bytes, label: str) -> tuple[bytes, list[str]]:
    """Blank lines that say the header again, and a rule below it; their line ends stay."""
    start = len(content) - len(content.lstrip(b"\r\n"))
    header = re.match(rb"[^\r\n]*", content[start:])[0]
    end = start + len(header)
    if not header.strip() or b'"' in header and header.count(b'"') % 2:
        return content, []
    notes = []
    below = re.match(rb"(?:\r\n|\r|\n)([^\r\n]*)", content[end:])
    if below and _RULE.fullmatch(below[1]):
        at = end + below.start(1)
        content = content[:at] + content[at + len(below[1]) :]
        notes.append(
            Sentence(
                "{file}: the line below the header, {line}, is skipped.",
                file=label,
                line=short(below[1].decode()),
            )
        )
    # Looked for as it stands, which takes no time, before it is looked for at line ends.
    there = any(content.find(sign + header, end) >= 0 for sign in (b"\n", b"\r"))
    again = re.compile(rb"(?<=[\r\n])" + re.escape(header) + rb"(?=[\r\n]|$)")
    if there and (found := again.search(content, end)):
        line = len(re.findall(rb"\r\n|\n|\r", content[: found.start()])) + 1
        kept, n_found = again.subn(b"", content[end:])
        content = content[:end] + kept
        notes.append(
            Sentence(
                "{file}: {n:,} lines say the header again and are skipped, the first "
                "of them line {line}.",
                file=label,
                n=n_found,
                line=line,
            )
        )
    return content, notes


def open_ended(content: bytes, delimiter: str) -> bytes:
    """Let the header end with a delimiter, as the rows do."""
    start = len(content) - len(content.lstrip(b"\r\n"))
    end = start + len(re.match(rb"[^\r\n]*", content[start:])[0])
    return content[:end] + delimiter.encode() + content[end:]


def is_closing_line(text: str, delimiter: str) -> bool:
    """Tell whether a line with too few or too many cells is a sentence or a total.

    A row that was cut off is neither: it has a number, or a part of a word.
    """
    cells = [cell.strip(' "') for cell in text.split(delimiter)]
    if is_total(text):
        return True
    told = cells[0] if len([cell for cell in cells if cell]) == 1 else ""
    return bool(re.search(r"\w \w|\w: ?\d", told)) and any(letter.isalpha() for letter in told)


def is_total(cell: str) -> bool:
    """Tell whether a cell says that its row sums others up."""
    return _TOTAL.match(cell) is not None


def n_totals(table: pa.Table) -> int:
    """Count the last rows that sum the others up: "Total", and cells left empty or a sum.

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
        total = is_total(filled[0]) and (len(filled) < len(cells) or _holds_a_sum(table, row))
        if not sentence and not total:
            break
        counted = n_last
    return counted


def _holds_a_sum(table: pa.Table, row: int) -> bool:
    """Tell whether a cell of a row is the sum of all cells above it."""
    for column in table.columns:
        above = clean(column.slice(0, row))
        notation = find_numbers(above)
        if not isinstance(notation, NumberNotation):
            continue
        total = float(np.nansum(notation.read(above)))
        (own,) = notation.read(clean(column.slice(row, 1)))
        if own and abs(own - total) <= max(_ROUNDED, 1e-6 * abs(total)):
            return True
    return False
