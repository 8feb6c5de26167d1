"""Tree-augmented naive Bayes: naive Bayes in which each column may lean on one other."""

import numpy as np

from ._network.bayes_net import DiscreteNetwork
from ._network.network_model import SelectiveNetworkModel
from ._network.structure import informative, sample, tree_parents


class TAN(SelectiveNetworkModel):
    """Tree-augmented naive Bayes on bins; the tree is learnt by pgmpy.

    Every column of the network depends on the target and on at most one other column, along the
    tree with the largest mutual information given the target [1]_.  What this leaves out still
    makes the log odds too sure of themselves: each column's are weighed [2]_, the sum goes through
    Platt's sigmoid.

    Parameters
    ----------
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
        the BIC supports an edge at all.  Above 20,000 cases the tree is learnt on evenly spread
        20,000; tables are learnt on all.

    References
    ----------
    .. [1] Friedman, Geiger, Goldszmidt (1997), Bayesian network classifiers.
    .. [2] Zaidi, Cerquides, Carman, Webb (2013), Alleviating naive Bayes attribute independence
       assumption by attribute weighting.
    """

    title = "Tree-augmented naive Bayes"
    family = "bayesian"
    views = frozenset({"features"})
    requires = ("pgmpy",)
    space = {
        "cuts": ("one of", "mdl", "tree", "quantile"),
        "n_bins": ("int", 3, 16),
        "weight_penalty": ("log", 0.1, 300.0),
        "most_columns": ("int", 5, 40),
    }

    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Learn the tree."""
        inside = informative(codes, y, self.most_columns, weight)
        return [DiscreteNetwork(tree_parents(*sample(codes, y, weight), inside), n_values)]
