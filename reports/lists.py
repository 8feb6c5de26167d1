"""Names, reasons and sentences in a row, joined as the language that is spoken joins them."""

from collections.abc import Iterable, Sequence

from ..bench.language.speaking import _


def joined(names: Iterable[str]) -> str:
    """Join names with commas."""
    return _(", ").join(names)


def parted(texts: Iterable[str]) -> str:
    """Join reasons, which may hold commas, with semicolons."""
    return _("; ").join(texts)


def following(sentences: Iterable[str]) -> str:
    """Let whole sentences follow each other, without those that are empty."""
    together = ""
    for sentence in filter(None, sentences):
        together = (
            _("{before} {after}").format(before=together, after=sentence) if together else sentence
        )
    return together


def listed(names: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does, counting those after the first few.

    Parameters
    ----------
    names : sequence of str
    most : int, default=3
        One more is told, too: "1 more" would take as much room as its name.
    """
    if len(names) < 2:
        return "".join(names)
    if len(names) <= most + 1:
        return _("{names} and {last}").format(names=joined(names[:-1]), last=names[-1])
    return _("{names} and {n} more").format(names=joined(names[:most]), n=len(names) - most)
