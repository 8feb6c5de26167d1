"""Columns in a few steps each: what is asked when a column's values are compared."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from ..cases import is_numeric, texts
from ..content_columns import content_kind
from ..store.told_values import LEAST_TOLD, told_range

_STEPS = 5  # of a number: fifths of the cases
_LEAST_SHARE = 0.05  # in a step between two cuts
_MOST_CATEGORIES = 10
MISSING = "missing"


@dataclass(frozen=True, eq=False)
class Coarse:
    """How a column's values fall into steps.

    Numbers are cut at the fifths of the cases, where these differ; of categories the most frequent
    are told apart that enough cases have.  Of texts and vectors none are.  Missing values are a
    step of their own.

    Parameters
    ----------
    cuts : ndarray of float, shape (n_steps - 1,), or None
        Upper ends of all steps but the last; None of categories.
    labels : tuple of str
        Of categories, one a step.
    ranges : tuple of (float, float)
        Of numbers: from where to where those of each step lie, as it may be told.
    """

    cuts: np.ndarray | None
    labels: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, column: pd.Series) -> Self:
        """Cut a column; no outcome is looked at."""
        if is_numeric(column):
            values = column.to_numpy(dtype=float, na_value=np.nan)
            values = np.sort(values[~np.isnan(values)])
            if not len(values):
                return cls(np.zeros(0))
            # An observed value, so that equal values never fall apart by rounding.
            at = (len(values) * np.arange(1, _STEPS) / _STEPS).astype(int)
            cuts = np.unique(values[np.minimum(at, len(values) - 1)])
            cuts = _held_by_enough(values, cuts[cuts < values[-1]])
            steps = np.split(values, np.searchsorted(values, cuts, side="right"))
            return cls(cuts, ranges=tuple(map(told_range, steps)))
        if content_kind(column):
            return cls(None)
        counts = texts(column).dropna().value_counts()
        counts = counts[counts >= LEAST_TOLD]
        named = sorted(counts.index, key=lambda name: (-counts[name], name))
        return cls(None, tuple(map(str, named[:_MOST_CATEGORIES])))

    @property
    def is_ordered(self) -> bool:
        """Whether one step is more than another."""
        return self.cuts is not None

    @property
    def n_codes(self) -> int:
        """Steps, one more for values not listed, and last that of missing ones."""
        return (len(self.cuts) if self.is_ordered else len(self.labels)) + 2

    def codes(self, column: pd.Series) -> np.ndarray:
        """Number the step of each value, shape (n_cases,); the last number is of missing ones."""
        if self.is_ordered:
            values = column.to_numpy(dtype=float, na_value=np.nan)
            steps = np.searchsorted(self.cuts, values, side="left")
            return np.where(np.isnan(values), self.n_codes - 1, steps)
        of_text = {name: step for step, name in enumerate(self.labels)}
        steps = texts(column).map(of_text)
        steps = steps.fillna(len(self.labels)).to_numpy(dtype=int)
        return np.where(column.isna().to_numpy(), self.n_codes - 1, steps)


def _held_by_enough(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Leave out cuts that part a few of the sorted values from those below."""
    kept, below = [], 0
    for cut in cuts:
        up_to = int(np.searchsorted(values, cut, side="right"))
        if up_to - below >= _LEAST_SHARE * len(values):
            kept.append(cut)
            below = up_to
    return np.array(kept)
