"""What one column says about the outcome: log odds from its two class-conditional densities."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd

from ..bench.cases import is_numeric
from ..bench.categories import CategoryCodes, look_alike
from ..bench.one_case import is_missing, number_of

_MOST_DISTINCT, _CASES_PER_VALUE = 10, 10
_OFTEN_ZERO = 0.05
# A normal density's tails say absurdly much; beyond this many standard deviations nothing is added.
_FARTHEST = 5.0
_N_PARTS, _MOST_JUDGED = 5, 50_000
# Some programs write the largest double for "none"; its square is infinite.
_LARGEST = 1e30


class CategoryEvidence:
    """Shares of a column's values among each outcome's cases, smoothed towards their mean.

    Parameters
    ----------
    smoothing : float
        Weight of the shares over both outcomes, in cases.
    """

    def __init__(self, smoothing: float):
        self.smoothing = smoothing

    def fit(self, column: pd.Series, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Count the known values, each case as often as its weight says."""
        known = column.notna().to_numpy()
        of_known = None if weight is None else weight[known]
        self.codes_ = CategoryCodes().fit(_plain(column)[known], of_known)
        codes = self._codes(column)[known]
        n_values = len(self.codes_.labels_)
        counts = np.stack([_counts(codes, y[known] == k, of_known, n_values) for k in (0, 1)])
        # One case of the catch-all value keeps a column without known cases, or without rare
        # values, from dividing by nothing.
        pooled = counts.sum(axis=0) + np.eye(n_values)[-1]
        prior = self.smoothing * pooled / pooled.sum()
        total = counts.sum(axis=1, keepdims=True) + self.smoothing
        log_share = np.log((counts + prior) / total)
        self.log_odds_by_code_ = log_share[1] - log_share[0]
        return self

    def log_odds(self, column: pd.Series) -> np.ndarray:
        """Give the evidence of each value, 0 for missing ones, shape (n_cases,)."""
        return np.where(column.isna(), 0.0, self.log_odds_by_code_[self._codes(column)])

    def of_value(self, value: Any) -> float:
        """Give the evidence of a single case's value; see ``one_case``."""
        if is_missing(value):
            return 0.0
        if not isinstance(value, str):
            value = str(_bounded(number_of(value)))
        return float(self.log_odds_by_code_[self.codes_.of_one()(value)])

    def _codes(self, column: pd.Series) -> np.ndarray:
        # Each distinct value is looked up once: to write a million numbers as texts takes seconds.
        value_of, values = pd.factorize(_plain(column))
        codes = np.append(self.codes_.transform(pd.Series(values)), len(self.codes_.labels_) - 1)
        return codes[value_of]


class NumberEvidence:
    """A normal density for each outcome, on a log scale where skewed; zero is a value of its own.

    The share of zeros is judged as a category and the rest by its density (a hurdle model), if
    more than a twentieth of the cases are zero.

    Parameters
    ----------
    smoothing : float
        Weight of the column's mean and variance over both outcomes, in cases.
    """

    def __init__(self, smoothing: float):
        self.smoothing = smoothing

    def fit(self, column: pd.Series, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Learn the scale, from cases whatever they weigh, and means and variances on it."""
        x = _numbers(column)
        self.has_zeros_ = bool((x == 0).mean() > _OFTEN_ZERO)
        if self.has_zeros_:
            known = ~np.isnan(x)
            zeros = pd.Series(x[known] == 0)
            of_known = None if weight is None else weight[known]
            self.zero_evidence_ = CategoryEvidence(self.smoothing).fit(zeros, y[known], of_known)
        dense = self._is_dense(x)
        self._learn_scale(x[dense])
        if np.isinf(self.spread_):
            self.mean_, self.variance_ = np.zeros(2), np.ones(2)
            return self
        z, outcome = self._standardised(x[dense]), y[dense]
        # On the standardised scale the mean over both outcomes is 0 and the variance 1.
        of_dense = np.ones(len(z)) if weight is None else weight[dense]
        parts = [(z[outcome == k], of_dense[outcome == k]) for k in (0, 1)]
        sizes = np.array([of.sum() for _, of in parts]) + self.smoothing
        self.mean_ = np.array([(of * part).sum() for part, of in parts]) / sizes
        squares = [
            (of * (part - m) ** 2).sum() for (part, of), m in zip(parts, self.mean_, strict=True)
        ]
        self.variance_ = np.maximum((np.array(squares) + self.smoothing) / sizes, 1e-9)
        return self

    def _is_dense(self, x: np.ndarray) -> np.ndarray:
        return ~np.isnan(x) & ~(self.has_zeros_ & (x == 0))

    def _learn_scale(self, x: np.ndarray) -> None:
        self.log_from_, self.centre_, self.spread_ = 0.0, 0.0, 1.0
        if len(x) == 0:
            return
        self.centre_ = float(x.mean())
        # A column that is constant up to rounding must not be blown up to noise.
        if x.std() <= 1e-9 * max(abs(self.centre_), 1 / _LARGEST):
            self.spread_ = np.inf
            return
        skewness = (((x - x.mean()) / x.std()) ** 3).mean()
        sizes = np.abs(x[np.abs(x) > 1 / _LARGEST])
        if abs(skewness) > 1.0 and len(sizes):
            self.log_from_ = float(np.quantile(sizes, 0.05))
        on_scale = self._on_scale(x)
        self.centre_, self.spread_ = float(on_scale.mean()), float(on_scale.std())

    def _on_scale(self, x: np.ndarray) -> np.ndarray:
        return np.sign(x) * np.log1p(np.abs(x) / self.log_from_) if self.log_from_ else x

    def _standardised(self, x: np.ndarray) -> np.ndarray:
        z = (self._on_scale(x) - self.centre_) / self.spread_
        return np.clip(z, -_FARTHEST, _FARTHEST)

    def log_odds(self, column: pd.Series) -> np.ndarray:
        """Give the evidence of each number, 0 for missing ones, shape (n_cases,)."""
        x = _numbers(column)
        odds = self._of_numbers(x)
        if self.has_zeros_:
            odds += np.where(np.isnan(x), 0.0, self.zero_evidence_.log_odds(pd.Series(x == 0)))
        return odds

    def of_value(self, value: Any) -> float:
        """Give the evidence of a single case's value; see ``one_case``."""
        x = _bounded(number_of(value))
        odds = self._of_numbers(np.array([x]))
        if self.has_zeros_ and not np.isnan(x):
            odds += self.zero_evidence_.of_value(x == 0)
        return float(odds[0])

    def _of_numbers(self, x: np.ndarray) -> np.ndarray:
        z = self._standardised(x)[:, None]
        log_density = -0.5 * ((z - self.mean_) ** 2 / self.variance_ + np.log(self.variance_))
        return np.where(self._is_dense(x), log_density[:, 1] - log_density[:, 0], 0.0)


def learn_evidence(
    column: pd.Series, y: np.ndarray, smoothing: float, weight: np.ndarray | None = None
) -> CategoryEvidence | NumberEvidence:
    """Read a column as numbers, or as categories where it is one or holds few different numbers."""
    n_distinct = column.nunique()
    few = n_distinct <= _MOST_DISTINCT and len(column) >= _CASES_PER_VALUE * n_distinct
    kind = NumberEvidence if is_numeric(column) and not few else CategoryEvidence
    return kind(smoothing).fit(column, y, weight)


def left_out_evidence(
    columns: Mapping[str, CategoryEvidence | NumberEvidence],
    features: pd.DataFrame,
    y: np.ndarray,
    smoothing: float,
    weight: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Give each column's log odds as cases that took no part in learning them would see them.

    What a column says of the cases that it was learnt from flatters it, the more the more values it
    has.  The cases are cut into five parts, each with its share of both outcomes, and judged by
    evidence learnt from the other four.  Weighted cases that look alike are in one part.

    Parameters
    ----------
    columns : mapping of str to CategoryEvidence or NumberEvidence
        Evidence of all cases: how each column is read.
    features : DataFrame of n_cases rows
    y : ndarray of shape (n_cases,)
    smoothing : float
        Of the evidence.
    weight : ndarray of shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    evidence : ndarray of shape (n_judged, n_columns)
    outcomes : ndarray of shape (n_judged,)
        Of all cases, or of 50,000 evenly drawn ones where there are more.
    weight : ndarray of shape (n_judged,), or None
        Of these.
    """
    rows = evenly_drawn(len(y))
    y, weight = y[rows], None if weight is None else weight[rows]
    dealt = np.arange(len(y))
    if weight is not None:
        # The yes and the no cases of one row must not tell each other's outcome: all that look
        # alike follow the first.
        _, dealt, follows = np.unique(
            look_alike(features.iloc[rows]), return_index=True, return_inverse=True
        )
    of_dealt = np.empty(len(dealt), np.int64)
    for outcome in (0, 1):
        of_outcome = np.flatnonzero(y[dealt] == outcome)
        of_dealt[of_outcome] = np.arange(len(of_outcome)) % _N_PARTS
    part = of_dealt if weight is None else of_dealt[follows]
    evidence = np.zeros((len(y), len(columns)))
    for at, (name, seen) in enumerate(columns.items()):
        column = features[name].iloc[rows]
        for number in range(_N_PARTS):
            out = part == number
            of_others = None if weight is None else weight[~out]
            learnt = type(seen)(smoothing).fit(column[~out], y[~out], of_others)
            evidence[out, at] = learnt.log_odds(column[out])
    return evidence, y, weight


def evenly_drawn(n_cases: int) -> np.ndarray:
    """Give the case numbers by which evidence is judged: all, or 50,000 evenly drawn."""
    if n_cases <= _MOST_JUDGED:
        return np.arange(n_cases)
    return np.linspace(0, n_cases - 1, _MOST_JUDGED).astype(np.int64)


def _counts(
    codes: np.ndarray, chosen: np.ndarray, weight: np.ndarray | None, n_values: int
) -> np.ndarray:
    of_chosen = None if weight is None else weight[chosen]
    return np.bincount(codes[chosen], of_chosen, minlength=n_values)


def _numbers(column: pd.Series) -> np.ndarray:
    return np.clip(column.to_numpy(dtype=float, na_value=np.nan), -_LARGEST, _LARGEST)


def _bounded(x: float) -> float:
    return x if np.isnan(x) else min(max(x, -_LARGEST), _LARGEST)


def _plain(column: pd.Series) -> pd.Series:
    # 1, 1.0 and True must be one value: a column of whole numbers turns to floats once one is
    # missing.
    return pd.Series(_numbers(column)) if is_numeric(column) else column
