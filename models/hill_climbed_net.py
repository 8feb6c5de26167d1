"""Hill-climbed Bayesian network: which columns lean on which is read from the data alone."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.encoding import Bins
from ..bench.model import Explanation, Model, two_columns
from ._bayes_net import DiscreteNetwork, edge_list, network_explanation
from ._calibration import calibrate
from ._structure import climbed_parents


class HillClimbedNet(Model):
    """Bayesian network on bins whose edges pgmpy finds by hill climbing.

    The outcome comes after all that the features know, so no arrow may leave the target.  Its
    Markov blanket, which alone enters the prediction, is then its parents; without any the
    prediction is the base rate.  The search is scored by BDeu [1]_ rather than by the BIC, which
    counts cells that no case can reach against an edge.  The prior pulls a rare outcome's share
    up; Platt's sigmoid puts it right.

    Parameters
    ----------
    n_bins : int, default=5
        Most bins of a number, cut where a decision tree on the one column would.
    most_parents : int, default=3
        Of each node.
    equivalent_cases : float, default=10.0
        Equivalent sample size of each table's BDeu prior, in cases.
    most_columns : int, default=15
        Columns in the search: those with the most mutual information with the target, as far as
        the BIC supports an edge at all.

    References
    ----------
    .. [1] Heckerman, Geiger, Chickering (1995), Learning Bayesian networks: the combination of
       knowledge and statistical data.
    """

    title = "Hill-climbed Bayesian network"
    family = "bayesian"
    views = frozenset({"features"})
    requires = ("pgmpy",)

    def __init__(
        self,
        n_bins: int = 5,
        most_parents: int = 3,
        equivalent_cases: float = 10.0,
        most_columns: int = 15,
    ):
        self.n_bins = n_bins
        self.most_parents = most_parents
        self.equivalent_cases = equivalent_cases
        self.most_columns = most_columns

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn bins, edges and tables from the fit cases, the sigmoid from the valid cases."""
        self.bins_ = Bins(n_bins=self.n_bins, cuts="tree").fit(cases.features, y)
        codes = self.bins_.transform(cases.features)
        parents = climbed_parents(codes, y, self.most_columns, self.most_parents)
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
