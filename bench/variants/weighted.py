"""Weighted: both outcomes have the same weight, whatever their number."""

from typing import Self

import numpy as np

from ..cases import Cases
from ..errors import ModelError
from ..model import two_columns
from .rebalanced import with_odds
from .variant import ModelVariant


class Weighted(ModelVariant):
    """Class weights: both outcomes weigh the same in fitting, the odds then put right [1]_.

    References
    ----------
    .. [1] King, Zeng (2001), Logistic regression in rare events data.  Political Analysis 9.
    """

    word, said = "weighted", "class weights"

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Weigh the outcomes of the fit cases, and of the valid cases by the same factors."""
        if not self.model.uses_weights:
            raise ModelError(
                f"{type(self.model).__name__} uses no weights, so that outcomes cannot have "
                "any.  Take +undersampled."
            )
        own = np.ones(len(y)) if weight is None else weight
        watched = np.ones(len(valid[1])) if valid_weight is None else valid_weight
        of_outcome = np.bincount(y, weights=own, minlength=2)
        factors = of_outcome.sum() / (2 * of_outcome)
        self.odds_ = float(of_outcome[1] / of_outcome[0])
        self.model_ = self.new_model().fit(
            cases,
            y,
            valid=valid,
            weight=own * factors[y],
            valid_weight=watched * factors[valid[1]],
        )
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(with_odds(self.model_.predict_proba(cases)[:, 1], self.odds_))
