"""What the page is made of: tables and figures whose words and numbers are ready to print."""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True)
class Column:
    """A column's heading.

    ``better`` is "higher", "lower" or empty where there is no better; ``weight`` is "main" for what
    the table is ordered by, "quiet" for what only stands there to compare with; an ``amount`` is
    lined up at the right, digit below digit.
    """

    title: str
    better: str = ""
    weight: str = ""
    amount: bool = False

    @property
    def classes(self) -> str:
        """Its classes in the style sheet."""
        return " ".join(filter(None, (self.weight, "amount" if self.amount else "")))


@dataclass(frozen=True)
class Cell:
    """A printed value.

    Parameters
    ----------
    text : str
        The value.
    below : str
        A second, smaller line: an interval, a comparison.
    sort : str
        What the column is sorted by: a number, or text; empty values come last.
    items : tuple of str
        A list that opens on demand; ``text`` then names it.
    """

    text: str
    below: str = ""
    sort: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Parameters
    ----------
    title : str
        The row's heading.
    cells : tuple of Cell
        One for each column; empty where there is a ``reason``.
    entry : str
        Lights up with the same entry elsewhere on the page.
    family : str
        The entry's family, printed as a word beside its colour.
    tags : tuple of str
        Short remarks such as "derived view".
    reason : str
        Why there are no values; it takes their place, and the row stays at the bottom.
    strong : bool
        Whether the row is among those that lead.
    """

    title: str
    cells: tuple[Cell, ...] = ()
    entry: str = ""
    family: str = ""
    tags: tuple[str, ...] = ()
    reason: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table; ``corner`` heads the column of row titles.

    ``style`` is "numbers" where cells are figures, "words" where they are sentences, "small" where
    the table takes no more room than it needs, "lines" where intervals stand beside figures.
    """

    kind: ClassVar[str] = "table"
    caption: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    style: str = "numbers"


@dataclass(frozen=True)
class Figure:
    """A picture with the sentence that it shows, how to read it, and the numbers behind it.

    ``titled`` is False where the title stands above it already.
    """

    kind: ClassVar[str] = "figure"
    title: str
    reading: str
    svg: Markup
    table: Table
    titled: bool = True


def plain_table(
    caption: str,
    headings: tuple[str, ...],
    lines: list[tuple[str | Cell, ...]],
    note: str = "",
    style: str = "numbers",
) -> Table:
    """Make a table of texts; the first of each line is the row's heading."""
    rows = tuple(
        Row(
            title=str(first),
            cells=tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells),
        )
        for first, *cells in lines
    )
    columns = tuple(Column(heading) for heading in headings[1:])
    return Table(caption, headings[0], columns, rows, note, style)
