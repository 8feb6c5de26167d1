"""Categorical naive Bayes: every column as a few bins, each bin with its odds."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.encoding import Bins
from ..bench.model import Explanation, Model, two_columns
from ._bayes_net import DiscreteNetwork, mutual_information
from ._calibration import calibrate


class CategoricalNB(Model):
    """Textbook naive Bayes on bins, its overconfident log odds tamed by Platt's sigmoid.

    Numbers are cut where a decision tree on the one column would cut them; missing values are a
    bin of their own.  The sigmoid is monotone and leaves the ranking as it is.

    Parameters
    ----------
    n_bins : int, default=6
        Most bins of a number.
    equivalent_cases : float, default=10.0
        Weight of a uniform prior in each outcome's shares, in cases.
    """

    title = "Categorical naive Bayes"
    family = "bayesian"
    views = frozenset({"features"})

    def __init__(self, n_bins: int = 6, equivalent_cases: float = 10.0):
        self.n_bins = n_bins
        self.equivalent_cases = equivalent_cases

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn bins and shares from the fit cases, the sigmoid from the valid cases."""
        self.bins_ = Bins(n_bins=self.n_bins, cuts="tree").fit(cases.features, y)
        codes = self.bins_.transform(cases.features)
        n_columns = codes.shape[1]
        parents = [[n_columns]] * n_columns + [[]]
        self.network_ = DiscreteNetwork(parents, self.bins_.n_values_, self.equivalent_cases)
        self.network_.fit(codes, y)
        self.bits_ = np.array([mutual_information(codes[:, j], y) for j in range(n_columns)])
        self.sigmoid_ = calibrate(self._log_odds, cases, y, valid)
        return self

    def _log_odds(self, cases: Cases) -> np.ndarray:
        return self.network_.log_odds(self.bins_.transform(cases.features))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._log_odds(cases)))

    def explain(self) -> Explanation:
        """Rank columns by what they alone tell."""
        return Explanation.importances(
            self.bins_.names_,
            self.bits_,
            "Mutual information of the binned column and the outcome on the fit cases, in bits.",
        )
