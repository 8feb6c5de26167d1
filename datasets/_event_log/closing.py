"""Lines after a log's events: totals and sentences that exports end with."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...bench.language.sentence import Sentence
from .._files.parts import unpacked
from .._table.around import is_closing_line, is_total
from .._table.layout import MOST_LINES_AROUND, short
from .log_file import LogFile

_TAIL, _BLOCK = 1 << 16, 1 << 22


def without_closing_lines(file: LogFile, when: str, folder: Path, number: int) -> LogFile:
    """Give a file without what stands after its events: itself, or a copy that ends before.

    Parameters
    ----------
    file : LogFile
    when : str
        The column of moments: a row with one is an event, whatever it says.
    folder : Path
        For the copy.
    number : int
        Of the file, which names the copy.
    """
    if not file.delimiter:
        return file
    tail, n_before = _tail(file)
    start = tail.find(b"\n") + 1 if n_before else 0
    lines = tail[start:].splitlines(keepends=True)
    # Columns of cells; what stands inside of JSON in a cell is another column.
    names = [name for name, sql in file.columns.items() if sql.isidentifier()]
    if when not in names:
        return file
    at = names.index(when)
    n_kept = len(lines)
    while (
        n_kept
        and len(lines) - n_kept < MOST_LINES_AROUND
        and _closes(lines[n_kept - 1], file.delimiter, len(names), at)
    ):
        n_kept -= 1
    told = [line for line in lines[n_kept:] if line.strip()]
    if not told or not n_kept:
        return file
    size = n_before + start + sum(map(len, lines[:n_kept]))
    copy = folder / f"{number}.events.txt"
    n_lines, left = 0, size
    with copy.open("wb") as out:
        for block in _blocks(file):
            kept = block[:left]
            n_lines += kept.count(b"\n")
            left -= out.write(kept)
    # Blank lines may stand before the first that says something.
    first = n_lines + 1 + next(k for k, line in enumerate(lines[n_kept:]) if line.strip())
    note = Sentence(
        "{file}: after the events, {n} lines are skipped, from line {line} on: {what}.",
        file=file.part.label,
        n=len(told),
        line=first,
        what=short(told[0].decode(errors="replace")),
    )
    part = replace(file.part, path=copy, packing="")
    scan = file.scan.replace(f"compression = '{file.part.packing}'", "compression = 'none'")
    return replace(file, part=part, scan=scan, notes=(*file.notes, note))


def _closes(line: bytes, delimiter: str, n_columns: int, at: int) -> bool:
    """Tell whether a line is blank, a sentence or a total, and no event."""
    text = line.decode(errors="replace").strip("\r\n")
    if not text.strip():
        return True
    if text.count('"') % 2:  # a cell that began on a line before
        return False
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return False
    if len(cells) != n_columns:
        return is_closing_line(text, delimiter)
    filled = [cell for cell in cells if cell]
    return bool(filled) and is_total(filled[0]) and (not cells[at] or is_total(cells[at]))


def _tail(file: LogFile) -> tuple[bytes, int]:
    """Give the end of a file, unpacked, and how many bytes stand before it."""
    if not file.part.packing:
        with unpacked(file.part) as binary:
            size = binary.seek(0, 2)
            start = max(0, size - _TAIL)
            binary.seek(start)
            return binary.read(), start
    tail, size = b"", 0
    for block in _blocks(file):
        size += len(block)
        tail = (tail + block)[-_TAIL:]
    return tail, size - len(tail)


def _blocks(file: LogFile) -> Iterator[bytes]:
    with unpacked(file.part) as binary:
        while block := binary.read(_BLOCK):
            yield block
