"""What a section is made of: words, facts, tables, pictures, and what is folded away.

Each block names its kind, by which ``blocks.html.j2`` writes it.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from .elements import Figure, Table

_ADDRESS = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:)\]])")


@dataclass(frozen=True)
class Words:
    """A piece of text: an ``address`` links it; "em", "strong" or "code" as ``tag`` marks it."""

    text: str
    address: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, ``quiet`` where it explains what stands beside it."""

    kind: ClassVar[str] = "paragraph"
    words: tuple[Words, ...]
    quiet: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading below the section's own."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, ``failures`` where they tell of such."""

    kind: ClassVar[str] = "bullets"
    sentences: tuple[str, ...]
    failures: bool = False


@dataclass(frozen=True)
class Fact:
    """A term and what is said of it."""

    term: str
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Facts:
    """A list of facts."""

    kind: ClassVar[str] = "facts"
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Charts:
    """Figures side by side where there is room."""

    kind: ClassVar[str] = "charts"
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Folded:
    """Blocks that open on demand.

    ``entry`` and ``family`` are set where all of it is about one entry: it lights up with the
    entry, and the summary shows the family's colour.
    """

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: tuple["Block", ...]
    entry: str = ""
    family: str = ""


@dataclass(frozen=True)
class Beside:
    """Facts, and other blocks beside them where there is room."""

    kind: ClassVar[str] = "beside"
    facts: Facts
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Pair:
    """Blocks on the left, which come first, and blocks on the right where there is room."""

    kind: ClassVar[str] = "pair"
    left: tuple["Block", ...]
    right: tuple["Block", ...]


@dataclass(frozen=True)
class Grid:
    """Folded blocks in two columns where there is room."""

    kind: ClassVar[str] = "grid"
    items: tuple[Folded, ...]


Block = (
    Paragraph | Heading | Bullets | Facts | Charts | Folded | Beside | Pair | Grid | Table | Figure
)


@dataclass(frozen=True)
class Part:
    """Sections under one heading.

    ``printed`` is False where it is printed only if something in it is open.
    """

    key: str
    title: str
    sections: tuple["Section", ...]
    printed: bool

    @property
    def is_folded(self) -> bool:
        """Whether all of it opens on demand."""
        return all(section.folded for section in self.sections)


@dataclass(frozen=True)
class Section:
    """A part of what the page says of a task.

    Parameters
    ----------
    key : str
        Unique within a task and safe as an HTML id: links lead to it.
    title : str
    blocks : tuple of Block
    finding : str
        What the section shows, in a few words that stand beside the title while it is folded.
    folded : bool
        Whether it opens on demand; printed only where it is open.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    finding: str = ""
    folded: bool = True


def sentence(text: str) -> Paragraph:
    """Make a paragraph of a plain text."""
    return Paragraph((Words(text),))


def note(text: str) -> Paragraph:
    """Make a quiet paragraph of a plain text."""
    return Paragraph((Words(text),), quiet=True)


def linked(text: str) -> tuple[Words, ...]:
    """Cut a text at its web addresses; nothing else becomes a link."""
    pieces = _ADDRESS.split(text)
    return tuple(
        Words(piece, piece if number % 2 else "") for number, piece in enumerate(pieces) if piece
    )
