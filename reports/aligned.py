"""Text in columns, aligned by how wide a terminal shows it: a Chinese letter takes two places."""

from collections.abc import Collection, Sequence

from rich.cells import cell_len, set_cell_size

_APART = "  "


def width(text: str) -> int:
    """Count the places that a text takes on a terminal."""
    return cell_len(text)


def padded(text: str, places: int, *, right: bool = False) -> str:
    """Fill a text up with spaces; ``right`` puts them before it."""
    spaces = " " * max(0, places - width(text))
    return spaces + text if right else text + spaces


def cut(text: str, places: int) -> str:
    """Shorten a text that takes more places, and show that it goes on."""
    return text if width(text) <= places else f"{set_cell_size(text, max(0, places - 1))}…"


def columns(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Lay rows of equally many texts out below each other.

    Parameters
    ----------
    rows : sequence of sequence of str
    right : collection of int
        The columns that stand at the right of theirs.

    Returns
    -------
    list of str
        A line a row, without spaces at its end.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        _APART.join(
            padded(text, places, right=i in right)
            for i, (text, places) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
