"""Drift: how columns and scores of new cases differ from what the file was made of.

Each column is compared in up to three ways: how its known values are distributed, how many are
missing, how many were never seen.  All comparisons of a look share its error (Bonferroni), looks
share a year's: weeks are compared with one and the same reference, so they are no independent
witnesses, and their evidence is not multiplied.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..deploy.reference import Distribution, Reference
from ..stats.clustered import Shares, shares_of
from ..stats.effect_sizes import (
    UNKNOWN,
    Effect,
    cohens_w,
    share_difference,
    stability_index,
)
from .limits import OF_A_LOOK, PRACTICAL_SHARE, PRACTICAL_W
from .new_cases import NewCases

VALUES, MISSING, NEW = "values", "missing", "never seen"
SCORE = "score"


@dataclass(frozen=True)
class Compared:
    """One comparison.

    Parameters
    ----------
    column : str
        Its name, or ``"score"``.
    way : {"values", "missing", "never seen"}
    value, low, high : float
        Cohen's w, or a difference of shares, and its interval, corrected for all comparisons and
        looks; NaN where there is too little to say.
    before, after : float
        The shares whose difference it is; NaN of values.
    found : bool
        Whether the whole interval is beyond the practical size.
    """

    column: str
    way: str
    value: float
    low: float
    high: float
    before: float
    after: float
    found: bool


@dataclass(frozen=True)
class Drift:
    """All comparisons of a look, and the stability index of the scores."""

    compared: tuple[Compared, ...]
    stability_index: float

    @property
    def found(self) -> tuple[Compared, ...]:
        """What was found, the score first."""
        found = (each for each in self.compared if each.found)
        return tuple(sorted(found, key=lambda each: each.column != SCORE))


def drift_of(reference: Reference, new: NewCases, clock: Collection[str] = ()) -> Drift:
    """Compare new cases with the reference.

    Parameters
    ----------
    reference : Reference
    new : NewCases
        At least one case.
    clock : collection of str
        Columns that tell the time of a case: a week is no year, so they are not compared.
    """
    group = None if new.group is None else np.unique(new.group, return_inverse=True)[1]
    columns = [column for column in reference.columns if column.name not in clock]
    n_comparisons = 2 * len(columns) + sum(column.name in new.unseen for column in columns) + 1
    level = 1 - OF_A_LOOK / n_comparisons
    made: list[Compared] = []
    for column in columns:
        made += _of_column(column, new.codes[column.name], group, level, reference)
        if column.name in new.unseen:
            made.append(
                _of_share(
                    column.name, NEW, column.new, new.unseen[column.name], group, level, reference
                )
            )
    of_score = reference.scores.codes(pd.Series(new.p))
    after = shares_of(of_score, reference.scores.n_bins, group)
    made.append(_of_values(reference.scores, after, level))
    index = stability_index(np.array(reference.scores.shares), after.shares)
    return Drift(tuple(made), index)


def _of_column(
    column: Distribution,
    codes: np.ndarray,
    group: np.ndarray | None,
    level: float,
    reference: Reference,
) -> list[Compared]:
    there = codes >= 0
    made = [_of_share(column.name, MISSING, column.missing, ~there, group, level, reference)]
    if not there.any() or column.n_effective == 0:
        return made
    known = None if group is None else np.unique(group[there], return_inverse=True)[1]
    return [_of_values(column, shares_of(codes[there], column.n_bins, known), level), *made]


def _of_values(column: Distribution, after: Shares, level: float) -> Compared:
    before = Shares(np.array(column.shares), column.n_effective)
    effect = cohens_w(before, after, level, ordered=column.kind == "number")
    nan = float("nan")
    return _compared(column.name, VALUES, effect, nan, nan, PRACTICAL_W)


def _of_share(
    name: str,
    way: str,
    before: float,
    is_so: np.ndarray,
    group: np.ndarray | None,
    level: float,
    reference: Reference,
) -> Compared:
    after = shares_of(is_so.astype(int), 2, group)
    n_before = reference.n_groups or reference.n_cases
    effect = share_difference(
        before, float(n_before), float(after.shares[1]), after.n_effective, level
    )
    return _compared(name, way, effect, before, float(after.shares[1]), PRACTICAL_SHARE)


def _compared(
    name: str, way: str, effect: Effect, before: float, after: float, practical: float
) -> Compared:
    found = effect is not UNKNOWN and effect.low > practical
    return Compared(name, way, effect.value, effect.low, effect.high, before, after, found)
