"""What pages about a model at work are made of: parts with titles, and how they write figures."""

from dataclasses import dataclass

from . import formats
from .blocks import Block


@dataclass(frozen=True)
class WatchSection:
    """A part of the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class WatchPage:
    """The page: its titles and its parts."""

    title: str
    subtitle: str
    sections: tuple[WatchSection, ...]


def counted(n: float, noun: str, plural: str = "") -> str:
    """Write a number with its noun."""
    return f"{formats.count(n)} {noun if n == 1 else plural or noun + 's'}"


def three(value: float) -> str:
    """Write a figure with three digits behind the point."""
    return formats.fixed(value, 3)
