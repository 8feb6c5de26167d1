"""K-dependence Bayes: naive Bayes in which each column may lean on a few others."""

import numpy as np

from ._network.bayes_net import DiscreteNetwork
from ._network.network_model import EQUIVALENT_CASES, SelectiveNetworkModel
from ._network.structure import informative, k_dependence_parents, sample


class KDependence(SelectiveNetworkModel):
    """K-dependence Bayesian classifier on bins.

    Columns are ranked by what they tell about the target; each depends on the target and on at
    most ``k`` columns ranked before it, those with which it has most mutual information given the
    target [1]_.  Each column's log odds are weighed [2]_, the sum goes through Platt's sigmoid.

    Parameters
    ----------
    k : int, default=2
        Columns that a column may depend on.
    cuts : {"mdl", "tree", "quantile"}, default="mdl"
        How numbers are cut: by Fayyad and Irani's description length, as a decision tree on the
        one column would, or into equal shares.
    n_bins : int, default=8
        Most bins of a number, besides those for zero and missing.
    equivalent_cases : sequence of float, default=(10, 50, 200, 1000)
        Equivalent sample sizes of the tables' BDeu prior, in cases, of which the valid cases
        choose; where they are too few, the middle one (of four the second).
    weight_penalty : float or None, default=3.0
        Pulls the weights towards 1; None keeps them there: the textbook's model.
    most_columns : int, default=20
        Columns in the network: those with the most mutual information with the target, as far as
        the BIC supports an edge at all.  Above 20,000 cases the structure is learnt on
        evenly spread 20,000; tables are learnt on all.

    References
    ----------
    .. [1] Sahami (1996), Learning limited dependence Bayesian classifiers.
    .. [2] Zaidi, Cerquides, Carman, Webb (2013), Alleviating naive Bayes attribute independence
       assumption by attribute weighting.
    """

    title = "K-dependence Bayes"
    family = "bayesian"
    views = frozenset({"features"})
    space = {
        "k": ("int", 1, 3),
        "cuts": ("one of", "mdl", "tree", "quantile"),
        "n_bins": ("int", 3, 16),
        "weight_penalty": ("log", 0.1, 300.0),
        "most_columns": ("int", 5, 30),
    }

    def __init__(
        self,
        k: int = 2,
        cuts: str = "mdl",
        n_bins: int = 8,
        equivalent_cases: tuple[float, ...] = EQUIVALENT_CASES,
        weight_penalty: float | None = 3.0,
        most_columns: int = 20,
    ):
        super().__init__(cuts, n_bins, equivalent_cases, weight_penalty, most_columns)
        self.k = k

    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Rank the columns and choose the parents of each."""
        inside = informative(codes, y, self.most_columns, weight)
        parents = k_dependence_parents(*sample(codes, y, weight), inside, self.k)
        return [DiscreteNetwork(parents, n_values)]
