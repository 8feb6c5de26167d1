"""The tables as one workbook, a sheet a table: numbers are numbers, and no text is carried out."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ..bench.judge.judgement import Judgement
from ..bench.language.speaking import _
from .aligned import width
from .escape import escaped
from .headings import SHEETS, heading_of, word_of
from .tables import (
    drivers_of,
    figures_of,
    points_of,
    records,
    segments_of,
    slices_of,
    splits_of,
)

WORKBOOK = "report.xlsx"

# What stands in a text is text: neither a formula, nor a link, nor a number.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# The same judgement gives the same bytes, whenever it is written.
_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MOST_LETTERS_OF_A_CELL = 32_767
_MOST_LETTERS_OF_A_NAME = 31
_NARROWEST, _WIDEST = 8, 48  # columns, in letters
_FORMS = {"text": "@", "count": "#,##0", "share": "0.0%", "seconds": "0.000", "figure": "0.0000"}
_SHARES = ("base_rate_accuracy", "accuracy", "balanced_accuracy", "precision", "recall", "acted")

Record = Mapping[str, Any]


def workbook(judgement: Judgement) -> bytes:
    """Write each task's comparison and ensembles, all figures, curves and splits, a sheet each.

    What is not available is an empty cell.  The first row of a sheet says what is in its columns,
    and stays in sight, as does the first column of those that begin with an entry.  In English its
    words are the names that the columns have in the CSV files.

    Returns
    -------
    bytes
        An .xlsx file; the same judgement gives the same bytes.
    """
    buffer = io.BytesIO()
    with Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": _CREATED, "title": "intentbench"})
        heading = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        forms = {name: book.add_format({"num_format": form}) for name, form in _FORMS.items()}
        taken: set[str] = set()
        for task, what, lines in _tables(judgement):
            sheet = book.add_worksheet(_sheet_name(task, _(SHEETS[what]), taken))
            _fill(sheet, lines, heading, forms)
    return buffer.getvalue()


def _tables(judgement: Judgement) -> Iterator[tuple[str, str, Sequence[Record]]]:
    """Give the tables that hold anything: of which task (or none), what, and the lines."""
    tables = [
        (judged.task.name, what, records(judged, entries))
        for judged in judgement.tasks
        for what, entries in (("models", judged.models), ("ensembles", judged.ensembles))
    ]
    for what, of, judged_ones in (
        ("figures", figures_of, judgement.tasks),
        ("drivers", drivers_of, judgement.tasks),
        ("slices", slices_of, judgement.tasks),
        ("segments", segments_of, judgement.tasks),
        ("curves", points_of, judgement.curves),
        ("splits", splits_of, judgement.tasks),
    ):
        tables.append(("", what, [line for judged in judged_ones for line in of(judged)]))
    filled = [table for table in tables if table[2]]
    yield from filled or [("", "nothing", [{"nothing": _("The run holds no task.")}])]


def _fill(
    sheet: Worksheet, lines: Sequence[Record], heading: Format, forms: Mapping[str, Format]
) -> None:
    names = list(lines[0])
    headings = [heading_of(name) for name in names]
    widths = [width(text) for text in headings]
    texts: dict[tuple[str, str], str] = {}  # as they stand in cells: most stand in many
    for column, text in enumerate(headings):
        sheet.write_string(0, column, text, heading)
    for row, line in enumerate(lines, start=1):
        for column, name in enumerate(names):
            value = line[name]
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, (int, float)):
                sheet.write_number(row, column, value, forms[_form(name, line.get("metric", name))])
            else:
                of = name, str(value)
                if of not in texts:
                    texts[of] = _text(word_of(*of))
                    widths[column] = max(widths[column], width(texts[of][:_WIDEST]))
                sheet.write_string(row, column, texts[of], forms["text"])
    for column, places in enumerate(widths):
        sheet.set_column(column, column, min(max(places + 1, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 1 if names[0] == "entry" else 0)
    sheet.autofilter(0, 0, len(lines), len(names) - 1)


@cache
def _form(name: str, metric: str) -> str:
    """Choose how a number is shown, by its column's name or its line's metric."""
    if name.startswith("n_") or name in ("fold", "split", "size") or name.endswith("_bytes"):
        return "count"
    if name.endswith("seconds"):
        return "seconds"
    figure = metric if name in ("value", "low", "high") else name
    return "share" if re.sub("(@.*|_low|_high)", "", figure) in _SHARES else "figure"


def _text(text: str) -> str:
    """Make a text fit for a cell."""
    return _at_most(_MOST_LETTERS_OF_A_CELL, escaped(text))


def _sheet_name(task: str, what: str, taken: set[str]) -> str:
    """Name a sheet as spreadsheets allow, and unlike those before it, whatever a task is called."""
    task = re.sub(r"[\[\]:*?/\\']", "_", escaped(task))
    number = 1
    while True:
        ending = what if number == 1 else f"{what} {number}"
        room = _MOST_LETTERS_OF_A_NAME - len(ending) - 1
        name = f"{_at_most(room, task)} {ending}".strip()
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
        number += 1


def _at_most(n_letters: int, text: str) -> str:
    """Cut a text that has more letters, as spreadsheets count them: in halves of UTF-16."""
    halves = text.encode("utf-16-le")
    if len(halves) <= 2 * n_letters:
        return text
    return f"{halves[: 2 * (n_letters - 1)].decode('utf-16-le', 'ignore')}…"
