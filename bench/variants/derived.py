"""Columns worked out from a case's own row: ratios, products, differences, totals of others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype

from ..cases import LARGEST, is_numeric, numbers

RATIO, PRODUCT, DIFFERENCE, TOTAL, LARGEST_OF, SHARE = "/", "*", "-", "+", "max", "share"

_FEWEST_VALUES = 3  # of fewer, a tree asks all there is to ask
_TIMES_AS_LARGE = 30.0  # apart in median size, from which two columns are of different units
_MOST_ZEROS = 0.9  # of a denominator
_SMALLEST_GROUP, _LARGEST_GROUP = 3, 8
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_LETTERS = 3  # of a word that says what a column is about


@dataclass(frozen=True)
class Derived:
    """A column worked out from others of the same case.

    Parameters
    ----------
    kind : str
        One of the constants of this module.
    columns : tuple of str
        What it is worked out from; of a share, that which has it, then all that have one.
    """

    kind: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say it as a formula, which reads the same in every language."""
        if self.kind == LARGEST_OF:
            return f"max({', '.join(self.columns)})"
        if self.kind == SHARE:
            return f"{self.columns[0]} / ({' + '.join(self.columns[1:])})"
        return f" {self.kind} ".join(self.columns)

    def of(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Work it out, missing where one of its columns is or the denominator is 0.

        Parameters
        ----------
        columns : mapping of str to ndarray of float, shape (n_cases,)
        """
        x = [columns[name] for name in self.columns]
        if self.kind == RATIO:
            made = _divided(x[0], x[1])
        elif self.kind == SHARE:
            made = _divided(x[0], np.sum(x[1:], axis=0))
        elif self.kind == PRODUCT:
            made = x[0] * x[1]
        elif self.kind == DIFFERENCE:
            made = x[0] - x[1]
        elif self.kind == TOTAL:
            made = np.sum(x, axis=0)
        else:
            made = np.max(x, axis=0)
        return np.clip(made, -LARGEST, LARGEST)


def _divided(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    safe = np.where(np.abs(denominator) > 1 / LARGEST, denominator, np.nan)
    return numerator / safe


def numeric_columns(features: pd.DataFrame) -> dict[str, np.ndarray]:
    """Give the numbers of columns that something can be worked out from, by name in its order."""
    return {
        name: numbers(features[name])
        for name in sorted(features)
        if is_numeric(features[name])
        and not is_bool_dtype(features[name])
        and features[name].nunique() >= _FEWEST_VALUES
    }


def derivable(columns: Mapping[str, np.ndarray], paired: Sequence[str]) -> list[Derived]:
    """List what may be worked out from columns, as fit cases show them.

    Ratios and products are of any two columns without negative numbers (a numerator may have some).
    Differences and totals are of like columns: their names share a word or both are counts, and
    their sizes are of one order.  Three to eight like columns that share a word give their total,
    their largest, and the share of each.

    Parameters
    ----------
    columns : mapping of str to ndarray of float, shape (n_cases,)
    paired : sequence of str
        Those that are taken two at a time.
    """
    seen = {name: _Seen.of(name, x) for name, x in columns.items()}
    found = []
    for a, b in combinations(paired, 2):
        one, other = seen[a], seen[b]
        below = [c for c in (one, other) if c.is_positive and c.zeros < _MOST_ZEROS]
        if below:
            denominator = min(below, key=lambda c: c.zeros).name
            found.append(Derived(RATIO, (b if denominator == a else a, denominator)))
        if one.is_positive and other.is_positive:
            found.append(Derived(PRODUCT, (a, b)))
        if one.is_like(other):
            found += [Derived(DIFFERENCE, (a, b)), Derived(TOTAL, (a, b))]
    for group in _groups(list(seen.values())):
        found += [Derived(TOTAL, group), Derived(LARGEST_OF, group)]
        if all(seen[name].is_positive for name in group):
            found += [Derived(SHARE, (name, *group)) for name in group]
    return [each for each in found if each.name not in columns]


@dataclass(frozen=True)
class _Seen:
    """What is seen of a column: the words of its name, its sign, its zeros and its size."""

    name: str
    words: frozenset[str]
    is_positive: bool
    is_count: bool
    zeros: float
    size: float

    @classmethod
    def of(cls, name: str, x: np.ndarray) -> "_Seen":
        words = frozenset(w.lower() for w in _WORD.findall(name) if len(w) >= _LETTERS)
        known = x[~np.isnan(x)]
        sizes = np.abs(known[known != 0])
        is_positive = bool(known.min() >= 0)
        is_count = is_positive and bool((known == np.floor(known)).all())
        zeros, size = float(np.mean(known == 0)), float(np.median(sizes))
        return cls(name, words, is_positive, is_count, zeros, size)

    def is_like(self, other: "_Seen") -> bool:
        low, high = sorted([self.size, other.size])
        of_one_kind = self.words & other.words or (self.is_count and other.is_count)
        return bool(of_one_kind) and high <= _TIMES_AS_LARGE * low


def _groups(seen: Sequence[_Seen]) -> list[tuple[str, ...]]:
    """Find groups of columns that share a word and are of one order of size."""
    found = {}
    for word in sorted({word for column in seen for word in column.words}):
        sharing = [column for column in seen if word in column.words]
        middle = sorted(sharing, key=lambda column: column.size)[len(sharing) // 2]
        group = tuple(column.name for column in sharing if column.is_like(middle))
        if _SMALLEST_GROUP <= len(group) <= _LARGEST_GROUP:
            found[group] = None
    return list(found)
