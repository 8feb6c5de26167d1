"""Which values of a target mean yes: named, compared with a bound, or told by the usual words."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .column import Note
from .yes_no import NO, YES

_BOUND = re.compile(r"\s*(>=|<=|≥|≤|>|<)\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*")
_COMPARE: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "≥": np.greater_equal,
    "<=": np.less_equal,
    "≤": np.less_equal,
}


@dataclass(frozen=True)
class Bound:
    """A bound on a number, as in ``>=100``."""

    sign: str
    value: float

    def holds(self, numbers: np.ndarray) -> np.ndarray:
        """Tell for which numbers it holds; never for missing ones."""
        with np.errstate(invalid="ignore"):
            return _COMPARE[self.sign](numbers, self.value)


def bound_of(text: str) -> Bound | None:
    """Read a bound, or give None where a text is none."""
    found = _BOUND.fullmatch(text)
    return Bound(found[1], float(found[2])) if found else None


def canonical(values: Sequence[str]) -> list[str]:
    """Write whole numbers in one way: 1, 1.0 and 1.00 are the same outcome."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return list(values)
    return [str(int(n)) if np.isfinite(n) and n == int(n) else str(n) for n in numbers]


class Values:
    """The different values of a target, those that differ in case and blanks alone as one.

    Parameters
    ----------
    texts : sequence of str
        As the file writes them.
    counts : sequence of int
        How many rows hold each.
    """

    def __init__(self, texts: Sequence[str], counts: Sequence[int]):
        self.keys = [_key(value) for value in canonical(texts)]
        shown: dict[str, list[tuple[int, str]]] = {}
        for text, key, count in zip(canonical(texts), self.keys, counts, strict=True):
            shown.setdefault(key, []).append((-int(count), text))
        if len(shown) > 2 and (meaning := _meaning(shown)):
            shown = _by_meaning(shown, meaning)
            self.keys = [meaning[key] for key in self.keys]
        self.spellings = {key: [text for _, text in sorted(found)] for key, found in shown.items()}
        self.counts = {key: -sum(count for count, _ in found) for key, found in shown.items()}
        self.found = sorted(self.counts, key=lambda key: (-self.counts[key], self.shown(key)))

    def shown(self, key: str) -> str:
        """Give a value as most rows write it."""
        return self.spellings[key][0]

    def key_of(self, value: str) -> str | None:
        """Find a value that the user names, whatever its case; None if there is none."""
        key = _key(canonical([value])[0])
        if key in self.counts:
            return key
        spelt = (known for known in self.found if value in self.spellings[known])
        meant = "yes" if key in YES else "no" if key in NO else None
        merged = {"yes", "no"} >= set(self.counts) and len(self.keys) > 2
        return next(spelt, meant if merged and meant in self.counts else None)

    def merged(self, name: str) -> list[Note]:
        """Say which spellings were read as one value."""
        several = [found for found in self.spellings.values() if len(set(found)) > 1]
        if not several:
            return []
        told = "; ".join(
            " = ".join(repr(text) for text in dict.fromkeys(found)) for found in several
        )
        said = Sentence(
            "{column!r}: spellings of one outcome are read as one: {told}", column=name, told=told
        )
        return [Note(said)]

    def usual(self) -> tuple[str, str] | None:
        """Give the keys of yes and no if the values are the usual words, else None."""
        if len(self.found) != 2:
            return None
        one, other = self.found
        for yes, no in ((one, other), (other, one)):
            if yes in YES and no in NO or (yes, no) == ("1", "-1"):
                return yes, no
        return None


def _key(value: str) -> str:
    """Write a value without what tells nothing: case, more blanks than one, a point at the end."""
    return " ".join(value.split()).casefold().rstrip(".!") or value


def _meaning(keys: Collection[str]) -> dict[str, str]:
    """Say which of several words mean yes and which no; nothing if one may mean neither.

    Beside such words, 1 and 2 are those of questionnaires; alone, nobody knows.
    """
    said = {key: "yes" if key in YES else "no" for key in keys if (key in YES) != (key in NO)}
    if "0" not in keys and "1" in keys and len(said) > 1:
        said |= {"2": "no"} if "2" in keys else {}
    return said if len(said) == len(keys) else {}


def _by_meaning(
    shown: dict[str, list[tuple[int, str]]], meaning: dict[str, str]
) -> dict[str, list[tuple[int, str]]]:
    together: dict[str, list[tuple[int, str]]] = {}
    for key, found in shown.items():
        together.setdefault(meaning[key], []).extend(found)
    return together


def refuse_overlap(label: str, name: str, positive: str, negative: str, both: np.ndarray) -> None:
    """Refuse two bounds that a number can meet both.

    Raises
    ------
    DataError
    """
    if both.any():
        raise DataError(
            f"column {name!r} of {label}: {both.sum():,} numbers are {positive} and {negative}.  "
            "Choose bounds of which a number meets one."
        )
