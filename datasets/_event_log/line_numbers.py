"""Where in a text file something stands; looked for only when there is something to report."""

import csv
import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from .._files.parts import unpacked
from .log_file import LogFile

_LONGEST_SHOWN = 60


def line_of_record(file: LogFile, record: int) -> int | None:
    """Give the line that a record of a CSV, TSV or JSON lines file begins on; None for others.

    Parameters
    ----------
    file : LogFile
    record : int
        Counted from 0, without header and empty lines.
    """
    if file.part.format == "parquet":
        return None
    if not file.delimiter:
        with unpacked(file.part) as binary:
            return next(line for seen, (line, _) in enumerate(_lines(binary)) if seen == record)
    with (
        unpacked(file.part) as binary,
        io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="") as text,
    ):
        for _ in range(file.n_skipped):
            text.readline()
        reader = csv.reader(text, delimiter=file.delimiter)
        line, seen = file.n_skipped + 1, -1  # the header is no record
        try:
            for cells in reader:
                if cells:
                    if seen == record:
                        return line
                    seen += 1
                line = file.n_skipped + reader.line_num + 1
        except csv.Error:  # a cell that this reader finds too long
            pass
    return None


def wrong_json_line(file: LogFile) -> tuple[int, str] | None:
    """Give number and beginning of the first line that is no JSON object."""
    with unpacked(file.part) as binary:
        for line, raw in _lines(binary):
            try:
                if isinstance(json.loads(raw), dict):
                    continue
            except (ValueError, RecursionError):
                pass
            return line, raw.decode("utf-8", errors="replace").strip()[:_LONGEST_SHOWN]
    return None


def _lines(binary: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Give the lines that hold something, and their numbers."""
    for number, line in enumerate(binary, 1):
        if line.strip():
            yield number, line
