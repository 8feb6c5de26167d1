"""Mutual information: columns that alone say more of the outcome than chance would."""

import numpy as np
import pandas as pd
from scipy import stats

from ..encoding import Bins
from .selected import Selected

_LEVEL = 0.05
_BINS = 8


class MutualInformation(Selected):
    """Keeps columns whose mutual information with the outcome is beyond chance.

    Numbers are cut into eight bins of equal size.  Twice the number of cases times the mutual
    information is the likelihood ratio statistic G; its p-values are corrected over the columns
    (false discovery rate of 5 % [1]_).

    References
    ----------
    .. [1] Benjamini, Hochberg (1995), Controlling the false discovery rate.
    """

    word, said = "mutual_information", "by mutual information"

    def telling(
        self,
        features: pd.DataFrame,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Test each column on its own."""
        codes = Bins(_BINS).fit(features, y, weight).transform(features)
        p_values = np.array([_p_value(code, y, weight) for code in codes.T])
        return stats.false_discovery_control(p_values) <= _LEVEL


def _p_value(code: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    """Give the p-value of G for a table of codes by outcomes."""
    counts = np.bincount(2 * code + y, weights=weight, minlength=2 * (code.max() + 1))
    table = counts.reshape(-1, 2)
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2:
        return 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(table > 0, table * np.log(table / expected), 0.0)
    return float(stats.chi2.sf(max(2 * terms.sum(), 0.0), len(table) - 1))
