"""SVG by hand: the few marks that the charts are made of, escaped by construction."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

# Average width of a character, as a share of the font size, of the usual system fonts; Chinese ones
# fill a square.
_CHARACTER_WIDTH, _WIDE = 0.57, 1.0
FONT_SIZE = 13.5


@dataclass(frozen=True)
class Scale:
    """A straight line from data to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the pixel of a value; values outside are held at the border."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def tag(
    name: str, content: Iterable[Markup | str] | Markup | str | None = None, **attributes: object
) -> Markup:
    """Write one element; ``class_`` stands for class, ``stroke_width`` for stroke-width.

    Numbers are written with one decimal.  Attributes that are None are left out; content is
    escaped unless it is Markup.
    """
    # Joined as plain text, escaped part by part: a page has ten thousand of these.
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if content is None:
        return Markup(f"<{name}{written}/>")
    parts = [content] if isinstance(content, str) else content
    return Markup(f"<{name}{written}>{''.join(map(escape, parts))}</{name}>")


def drawing(marks: Iterable[Markup], width: float, height: float, title: str, alt: str) -> Markup:
    """Wrap marks into a picture that scales, with a name and a description for screen readers."""
    return tag(
        "svg",
        marks,
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        role="img",
        aria_label=f"{title}. {alt}",
    )


def text(x: float, y: float, words: str, *, anchor: str | None = None, class_: str = "") -> Markup:
    """Write words at a point; ``anchor`` is start (None), middle or end."""
    return tag("text", words, x=x, y=y, text_anchor=anchor, class_=class_ or None)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Draw a straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str, hover: str = "") -> Markup:
    """Draw a broken line; ``hover`` is shown by the browser under the pointer."""
    written = " ".join(f"{_plain(float(x))},{_plain(float(y))}" for x, y in points)
    return tag("polyline", _hover(hover), points=written, class_=class_)


def area(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """Fill what lies inside a closed line."""
    written = " ".join(f"{_plain(float(x))},{_plain(float(y))}" for x, y in points)
    return tag("polygon", points=written, class_=class_)


def dot(x: float, y: float, radius: float, class_: str, hover: str = "") -> Markup:
    """Draw a dot."""
    return tag("circle", _hover(hover), cx=x, cy=y, r=radius, class_=class_)


def bar(x: float, y: float, width: float, height: float, class_: str, hover: str = "") -> Markup:
    """Draw a filled box."""
    return tag("rect", _hover(hover), x=x, y=y, width=width, height=height, class_=class_)


def group(marks: Iterable[Markup], class_: str, entry: str | None = None) -> Markup:
    """Hold marks together; ``entry`` lets the page light up one entry in all its charts."""
    return tag("g", marks, class_=class_, data_entry=entry)


def width_of(words: str, size: float = FONT_SIZE) -> float:
    """Estimate how wide words will be, in pixels."""
    return sum(map(_width_of, words)) * size


def clipped(words: str, width: float, size: float = FONT_SIZE) -> str:
    """Shorten words to about the given width."""
    if width_of(words, size) <= width:
        return words
    room, kept = width / size - _CHARACTER_WIDTH, 0
    for character in words:
        room -= _width_of(character)
        if room < 0:
            break
        kept += 1
    return words[:kept].rstrip() + "…"


def _width_of(character: str) -> float:
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _CHARACTER_WIDTH


def _hover(words: str) -> list[Markup] | None:
    return [tag("title", words)] if words else None


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
