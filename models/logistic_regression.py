"""Logistic regression: every feature adds its share to the log odds."""

from sklearn import linear_model

from ..bench.model import Explanation
from ..bench.tabular import TabularModel
from ._zero_flags import ZeroFlaggedOneHot


class LogisticRegression(TabularModel):
    """L2 logistic regression on log-scaled, standardised, one-hot features.

    Parameters
    ----------
    C : float, default=0.3
        Inverse strength of the L2 penalty.
    """

    title = "Logistic regression"
    family = "linear"
    uses_weights = True
    encoder = ZeroFlaggedOneHot

    def __init__(self, C: float = 0.3):
        self.C = C

    def estimator(self) -> linear_model.LogisticRegression:
        """Build the classifier."""
        return linear_model.LogisticRegression(C=self.C, max_iter=2000)

    def explain(self) -> Explanation:
        """Rank the coefficients."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.coef_[0],
            "Log odds that one standard deviation more of a number adds (skewed numbers on a log "
            "scale), or that a category or a flag adds.",
        )
