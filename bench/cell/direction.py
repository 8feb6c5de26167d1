"""Which way a prediction goes with a column's values: curves from changed cases, no outcomes."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..store.drivers import LOCAL_EFFECTS, PARTIAL_DEPENDENCE, Curve, Point
from ..store.told_values import OTHERS
from .coarse import MISSING, Coarse

_LEAST = 3  # cases of which a mean has a spread


@dataclass(frozen=True, eq=False)
class Stepped:
    """A column of some cases, and how its values fall into steps."""

    name: str
    column: pd.Series
    steps: Coarse

    @cached_property
    def code(self) -> np.ndarray:
        """The step of each value, shape (n_cases,)."""
        return self.steps.codes(self.column)

    @cached_property
    def told(self) -> np.ndarray:
        """Whether each value is there, shape (n_cases,)."""
        return self.code < self.steps.n_codes - 1

    def span(self, step: int) -> tuple[str, float, float]:
        """Give a step's label, and from where to where its values lie, as it may be told."""
        if step == self.steps.n_codes - 1:
            return MISSING, math.nan, math.nan
        if not self.steps.is_ordered:
            labels = self.steps.labels
            return labels[step] if step < len(labels) else OTHERS, math.nan, math.nan
        return "", *self.steps.ranges[step]


def partial_dependence(
    stepped: Stepped, donors: np.ndarray, moved: np.ndarray, mean: float
) -> Curve:
    """Average the predictions of cases that were given values of others, by these values.

    As values are dealt out by chance, each step's mean is that over all other columns as they are,
    which is Friedman's partial dependence [1]_, on a sample.  What a case predicts as it is, is
    taken off first and the mean added: who happened to get which value then hardly matters.

    Parameters
    ----------
    stepped : Stepped
        Of n_cases values.
    donors : ndarray of int, shape (n_changed,)
        Whose value each case was given.
    moved : ndarray, shape (n_changed,)
        How far the prediction moved.
    mean : float
        Of the predictions of these cases as they are.

    References
    ----------
    .. [1] Friedman (2001), "Greedy function approximation: a gradient boosting machine", Annals of
       Statistics 29, section 8.2.
    """
    code = stepped.code[donors]
    points = []
    for step in np.unique(code):
        of_step = moved[code == step]
        height = float(np.clip(mean + of_step.mean(), 0.0, 1.0))
        points.append(Point(int(step), *stepped.span(step), height, _error(of_step), len(of_step)))
    return Curve(stepped.name, PARTIAL_DEPENDENCE, stepped.steps.is_ordered, tuple(points))


def nudges(
    stepped: Stepped, at: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Pick for cases another case whose value lies one step above or below.

    Returns
    -------
    at : ndarray of int, shape (n_nudged,)
        Those of the cases given that have such a neighbour; a missing value has none.
    donors : ndarray of int, shape (n_nudged,)
    """
    there = np.unique(stepped.code[stepped.told])  # steps in which nobody is do not count
    rank = np.searchsorted(there, stepped.code)
    holders = [np.flatnonzero(stepped.told & (rank == step)) for step in range(len(there))]
    at = at[stepped.told[at]]
    to = rank[at] + np.where(rng.random(len(at)) < 0.5, -1, 1)
    at, to = at[(to >= 0) & (to < len(there))], to[(to >= 0) & (to < len(there))]
    return at, np.array([rng.choice(holders[step]) for step in to], dtype=int)


def local_effects(
    stepped: Stepped, at: np.ndarray, donors: np.ndarray, moved: np.ndarray, mean: float
) -> Curve | None:
    """Add up how far predictions move from one step to the next, all else staying as it is.

    Where columns correlate, a case is only asked with values near its own, so that no case is asked
    that could not be [1]_.  None where some step has too few cases.

    Parameters
    ----------
    stepped : Stepped
        Of n_cases values, in ordered steps.
    at, donors : ndarray of int, shape (n_nudged,)
        The cases, and whose value each was given; see ``nudges``.
    moved : ndarray, shape (n_nudged,)
        How far the prediction moved.
    mean : float
        Of the predictions of the cases as they are.

    References
    ----------
    .. [1] Apley, Zhu (2020), "Visualizing the effects of predictor variables in black box
       supervised learning models", Journal of the Royal Statistical Society B 82.
    """
    code = stepped.code
    there, counts = np.unique(code[stepped.told], return_counts=True)
    if len(there) < 2:
        return None
    lower = np.minimum(code[at], code[donors])
    up = np.where(code[donors] > code[at], moved, -moved)
    effect, variance = [0.0], [0.0]
    for step in there[:-1]:
        of_step = up[lower == step]
        if len(of_step) < _LEAST:
            return None
        effect.append(effect[-1] + float(of_step.mean()))
        variance.append(variance[-1] + _error(of_step) ** 2)
    heights = mean + np.array(effect) - np.average(effect, weights=counts)
    points = (
        Point(int(step), *stepped.span(step), float(height), math.sqrt(spread), int(n))
        for step, height, spread, n in zip(
            there, np.clip(heights, 0.0, 1.0), variance, counts, strict=True
        )
    )
    return Curve(stepped.name, LOCAL_EFFECTS, True, tuple(points))


def _error(moved: np.ndarray) -> float:
    return float(moved.std(ddof=1) / math.sqrt(len(moved))) if len(moved) >= _LEAST else math.nan
