"""Counts: a model that is shown how many fit cases share a case's values, beside its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
import pandas as pd

from ..cases import is_numeric, numbers, texts
from ..encoding import MISSING
from ..language.sentence import Sentence
from .added import MOST_ADDED, MOST_PAIRED, Added
from .gainful import Beside

_FEWEST = 2  # fewer others count as none: no file of a model need know of a single case
_LEAST_SHARE = 0.02  # of the fit cases, that others share the values with
_ODD = np.uint64(0x9E3779B97F4A7C15)  # mixes the digests of two columns


@dataclass(frozen=True, eq=False)
class Count:
    """How many fit cases share a case's values of some columns, on a log scale.

    Parameters
    ----------
    columns : tuple of str
    values : ndarray of uint64, rising
        Digests of the values that enough fit cases share.
    cases : ndarray of float
        How many share each.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    cases: np.ndarray

    @classmethod
    def learnt(
        cls, columns: tuple[str, ...], digests: Mapping[str, np.ndarray], weight: np.ndarray | None
    ) -> Self:
        """Count fit cases, or what they stand for."""
        values, place = np.unique(_together(columns, digests), return_inverse=True)
        cases = np.bincount(place, weights=weight).astype(float)
        shared = cases >= _FEWEST
        return cls(columns, values[shared], cases[shared])

    @property
    def name(self) -> str:
        """Say it as a formula, which reads the same in every language."""
        return f"#({', '.join(self.columns)})"

    def of(self, digests: Mapping[str, np.ndarray], own: int = 0) -> np.ndarray:
        """Give it for cases of which ``own`` are themselves among those that are counted."""
        asked = _together(self.columns, digests)
        place = np.searchsorted(self.values, asked)
        known = np.append(self.values, np.uint64(0))[place] == asked
        others = np.where(known & (place < len(self.values)), np.append(self.cases, 0)[place], 0)
        others = others - own
        return np.log1p(np.where(others >= _FEWEST, others, 0.0))


class Counts(Added):
    """Adds how many fit cases share a case's values of a column, or of two, where that helps.

    How common a value is may tell what it is: a default, a campaign's, one that was measured.  A
    fit case does not count itself, and fewer than two others count as none.  Those are added that
    small boosted trees gain most from on both halves of the fit cases, ten at most; none where the
    model predicts fit cases that are held back no better with them.

    Attributes
    ----------
    added_ : tuple of Count
        What is added; may be empty.
    """

    word, said = "counts", "with counts"

    def _found(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, seed: int
    ) -> tuple[Count, ...]:
        names = sorted(features)
        beside = Beside(features, y, weight, seed)
        paired = beside.paired(names, MOST_PAIRED)
        digests = _digests(features, names)
        groups = [*((name,) for name in names), *combinations(paired, 2)]
        candidates, made = [], []
        for columns in groups:
            count = Count.learnt(columns, digests, weight)
            of_fit = count.of(digests, own=1)
            if np.mean(of_fit > 0) >= _LEAST_SHARE:
                candidates.append(count)
                made.append(of_fit)
        if not candidates:
            return ()
        return tuple(candidates[j] for j in beside.best(np.column_stack(made), MOST_ADDED))

    def _of(self, added: Sequence[Count], features: pd.DataFrame) -> Mapping[str, np.ndarray]:
        return self._counted(added, features, 0)

    def _of_fit(self, added: Sequence[Count], features: pd.DataFrame) -> Mapping[str, np.ndarray]:
        return self._counted(added, features, 1)

    def _counted(
        self, added: Sequence[Count], features: pd.DataFrame, own: int
    ) -> Mapping[str, np.ndarray]:
        digests = _digests(features, sorted({name for each in added for name in each.columns}))
        return {each.name: each.of(digests, own) for each in added}

    def _reading(self) -> Sentence:
        return Sentence(
            "How many fit cases share a case's values of these columns, on a log scale, {n}; they "
            "are looked for anew in each fold, and none is added where the model predicts no "
            "better with them.",
            n=len(self.added_),
        )


def _digests(features: pd.DataFrame, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Give the digest of each value, shape (n_cases,); of equal ones the same, alone as well."""
    digests = {}
    for name in names:
        column = features[name]
        if is_numeric(column):
            values = numbers(column) + 0.0  # -0.0 is 0.0
        else:
            values = texts(column).fillna(MISSING).to_numpy(dtype=object)
        digests[name] = pd.util.hash_array(values, categorize=len(values) > 1)
    return digests


def _together(columns: Sequence[str], digests: Mapping[str, np.ndarray]) -> np.ndarray:
    """Give the digest of the values of some columns together."""
    joined = np.zeros(len(digests[columns[0]]), dtype=np.uint64)
    for name in columns:
        joined = joined * _ODD + digests[name]
    return joined
