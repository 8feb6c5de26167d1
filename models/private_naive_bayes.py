"""Private naive Bayes: columns give evidence by counts that hide any single case."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
from scipy.special import expit

from ..bench.cases import Cases
from ..bench.model import Explanation, two_columns
from ._privacy.budget import Budget, ledger
from ._privacy.discrete_laplace import noisy
from ._privacy.private_model import PrivateModel
from ._privacy.public_columns import PublicColumns
from ._privacy.shares import base_log_odds, shares_of


class PrivateNaiveBayes(PrivateModel):
    """Naive Bayes on counts with discrete Laplace noise: epsilon-differentially private [1]_.

    Of each column that is stated the cases are counted by value and outcome.  A case that comes or
    goes changes one count of each table by 1, so that noise of scale ``n_columns / epsilon`` on
    every count makes all of them together epsilon-differentially private; whatever is computed of
    them is so, too.  The base rate is that of the noisy tables.

    Parameters
    ----------
    epsilon : float
        For each fit: how much one case may matter.  Above 0; 1 is usual, 0.1 is strict.
    bounds : mapping of str to sequence of float, optional
        Of numbers, what is public: ``{"pages": [0, 50]}``, or the ends of all steps.
    categories : mapping of str to sequence, optional
        Of categories: ``{"browser": ["Safari", "Chrome"]}``.
    n_steps : int, default=6
        Steps of a column with two bounds.

    References
    ----------
    .. [1] Vaidya, Shafiq, Basu, Hong (2013), "Differentially private naive Bayes classification",
       IEEE/WIC/ACM Web Intelligence.
    """

    title = "Private naive Bayes"
    family = "bayesian"
    views = frozenset({"features"})
    readable = True
    watches = False
    deterministic = False
    stated = ("epsilon", "bounds", "categories")

    def __init__(
        self,
        epsilon: float | None = None,
        bounds: Mapping[str, Sequence[float]] | None = None,
        categories: Mapping[str, Sequence[Any]] | None = None,
        n_steps: int = 6,
    ):
        self.epsilon = epsilon
        self.bounds = bounds
        self.categories = categories
        self.n_steps = n_steps

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Count the fit cases, with noise; ``valid`` is not used."""
        budget = Budget(self.epsilon)
        self.columns_ = PublicColumns(self.bounds, self.categories, self.n_steps)
        codes = self.columns_.fit(cases.features).codes(cases.features)
        share = Fraction(1, codes.shape[1])
        self.evidence_, tables = [], []
        for number, name in enumerate(self.columns_.names):
            part = budget.spend(share, name)
            counts = np.zeros((2, self.columns_.n_codes[number]), dtype=np.int64)
            np.add.at(counts, (y, codes[:, number]), 1)
            tables.append(noisy(counts, part))
            share_no, share_yes = shares_of(tables[-1], float(1 / part))
            self.evidence_.append(np.log(share_yes / share_no))
        self.prior_log_odds_ = base_log_odds(tables)
        self.spent_ = [(what, float(part)) for what, part in budget.spent]
        self.unread_ = self.columns_.unread(cases.features)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        codes = self.columns_.codes(cases.features)
        odds = np.full(len(cases), self.prior_log_odds_)
        for number, evidence in enumerate(self.evidence_):
            odds += evidence[codes[:, number]]
        return two_columns(expit(odds))

    def explain(self) -> Explanation:
        """Show what the budget was spent on."""
        return ledger(self.epsilon, self.spent_, self.unread_)
