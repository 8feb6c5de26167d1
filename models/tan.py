"""Tree-augmented naive Bayes: naive Bayes in which each column may lean on one other."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.encoding import Bins
from ..bench.model import Explanation, Model, two_columns
from ._bayes_net import DiscreteNetwork, edge_list, network_explanation
from ._calibration import calibrate
from ._structure import tree_parents


class TAN(Model):
    """Tree-augmented naive Bayes on bins; the tree is learnt by pgmpy.

    Every column of the network depends on the target and on at most one other column, along the
    tree with the largest mutual information given the target [1]_.  What this leaves out still
    makes the log odds too sure of themselves; Platt's sigmoid tames them.

    Parameters
    ----------
    n_bins : int, default=4
        Most bins of a number, cut where a decision tree on the one column would.
    equivalent_cases : float, default=50.0
        Equivalent sample size of each table's BDeu prior, in cases.
    most_columns : int, default=20
        Columns in the network: those with the most mutual information with the target, as far as
        the BIC supports an edge at all.

    References
    ----------
    .. [1] Friedman, Geiger, Goldszmidt (1997), Bayesian network classifiers.
    """

    title = "Tree-augmented naive Bayes"
    family = "bayesian"
    views = frozenset({"features"})
    requires = ("pgmpy",)

    def __init__(self, n_bins: int = 4, equivalent_cases: float = 50.0, most_columns: int = 20):
        self.n_bins = n_bins
        self.equivalent_cases = equivalent_cases
        self.most_columns = most_columns

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn bins, tree and tables from the fit cases, the sigmoid from the valid cases."""
        self.bins_ = Bins(n_bins=self.n_bins, cuts="tree").fit(cases.features, y)
        codes = self.bins_.transform(cases.features)
        parents = tree_parents(codes, y, self.most_columns)
        self.network_ = DiscreteNetwork(parents, self.bins_.n_values_, self.equivalent_cases)
        self.network_.fit(codes, y)
        self.edges_ = edge_list(self.network_, codes, y, self.bins_.names_)
        self.sigmoid_ = calibrate(self._log_odds, cases, y, valid)
        return self

    def _log_odds(self, cases: Cases) -> np.ndarray:
        return self.network_.log_odds(self.bins_.transform(cases.features))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._log_odds(cases)))

    def explain(self) -> Explanation:
        """List the edges of the network."""
        return network_explanation(self.edges_)
