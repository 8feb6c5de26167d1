"""L1: columns to which a sparse logistic regression gives weight."""

import numpy as np
import pandas as pd
from scipy import stats

from ..encoding import ScaledOneHot
from .selected import Selected, encoded_by_column

_SLACK, _CHANCE = 1.1, 0.05


class L1(Selected):
    """Keeps columns with a coefficient other than zero in an L1 logistic regression.

    The penalty is not tuned: it is the smallest that keeps all coefficients of columns without any
    information at zero with a probability of 95 % [1]_.

    References
    ----------
    .. [1] Belloni, Chernozhukov, Wei (2016), Post-selection inference for generalized linear models
       with many controls.  Journal of Business & Economic Statistics 34.
    """

    word, said = "l1", "by L1"

    def telling(
        self,
        features: pd.DataFrame,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Fit the sparse regression on standardised columns."""
        from sklearn.linear_model import LogisticRegression

        parts = encoded_by_column(features, y, weight, ScaledOneHot)
        owner = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
        x = np.hstack(parts)
        spread = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        total = len(y) if weight is None else float(weight.sum())
        reach = stats.norm.isf(_CHANCE / (2 * max(x.shape[1], 1)))
        rate = np.average(y, weights=weight)
        penalty = _SLACK * np.sqrt(total * rate * (1 - rate)) * reach
        fitted = LogisticRegression(
            C=1.0 / penalty, l1_ratio=1.0, solver="saga", max_iter=2000, tol=1e-3, random_state=0
        ).fit(x, y, weight)
        found = np.abs(fitted.coef_[0]) > 0
        return np.bincount(owner, weights=found, minlength=len(parts)) > 0
