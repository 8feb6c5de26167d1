"""Means and shares of cases that may belong together: a customer's rows are one witness."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mean:
    """A mean over cases, its standard error, and how many units (groups, or cases) it is of."""

    value: float
    error: float
    n_units: int


def mean_of(
    values: np.ndarray, group: np.ndarray | None = None, weight: np.ndarray | None = None
) -> Mean:
    """Mean over cases with an error that takes groups, not cases, as independent.

    Parameters
    ----------
    values : ndarray, shape (n_cases,)
        At least one.
    group : ndarray of int, shape (n_cases,), optional
        Whom each case is about, from 0 on.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.

    References
    ----------
    Liang, Zeger (1986), "Longitudinal data analysis using generalized linear models", Biometrika
    73: the sandwich of clusters.
    """
    mean = float(np.average(values, weights=weight))
    moved = (values - mean) / len(values) if weight is None else weight * (values - mean)
    moved = moved if weight is None else moved / weight.sum()
    return Mean(mean, error_of(moved, group), _n_units(len(values), group))


def error_of(influence: np.ndarray, group: np.ndarray | None = None) -> float:
    """Standard error of a figure, from how much each case moves it; groups are independent.

    NaN of a single unit, which tells nothing about a spread.
    """
    units = influence if group is None else np.bincount(group, weights=influence)
    n_units = _n_units(len(influence), group)
    if n_units < 2:
        return math.nan
    return math.sqrt(float(units @ units) * n_units / (n_units - 1))


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of cases by bin, and how many independent cases would know them as well."""

    shares: np.ndarray
    n_effective: float


def shares_of(
    codes: np.ndarray,
    n_bins: int,
    group: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> Shares:
    """Shares of cases by bin.

    The effective number is that by which the mean of the shares' variances, each over its share,
    is that of independent cases: the first-order correction of chi-square tests.

    Parameters
    ----------
    codes : ndarray of int, shape (n_cases,)
        The bin of each case, from 0 on; at least one case.
    n_bins : int
    group, weight : ndarray, shape (n_cases,), optional
        As in ``mean_of``.

    References
    ----------
    Rao, Scott (1984), "On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data", Annals of Statistics 12.
    """
    n_cases = len(codes)
    counts = np.bincount(codes, weights=weight, minlength=n_bins).astype(float)
    total = counts.sum()
    shares = counts / total
    if weight is not None:
        n_cases = float(total**2 / (weight @ weight))
    if group is None and weight is None:
        return Shares(shares, float(n_cases))
    unit = np.arange(len(codes)) if group is None else group
    n_units = _n_units(len(codes), group)
    n_most = min(float(n_cases), float(n_units)) if group is None else float(n_cases)
    filled = np.flatnonzero(shares > 0)
    if len(filled) < 2 or n_units < 2:
        return Shares(shares, min(n_most, float(n_units)))
    of_unit = np.bincount(unit, weights=weight, minlength=int(unit.max()) + 1)
    spread = 0.0
    for code in filled:
        inside = codes == code
        held = np.bincount(
            unit[inside],
            weights=None if weight is None else weight[inside],
            minlength=len(of_unit),
        )
        moved = (held - shares[code] * of_unit) / total
        spread += float(moved @ moved) / shares[code]
    spread *= n_units / (n_units - 1)
    return Shares(shares, min(n_most, (len(filled) - 1) / spread))


def _n_units(n_cases: int, group: np.ndarray | None) -> int:
    return n_cases if group is None else int(np.count_nonzero(np.bincount(group)))
