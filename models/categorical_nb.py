"""Categorical naive Bayes: every column as a few bins, each bin with its odds."""

import numpy as np

from ._network.bayes_net import DiscreteNetwork
from ._network.network_model import NetworkModel
from ._network.structure import informative, naive_parents


class CategoricalNB(NetworkModel):
    """Naive Bayes on bins, each column weighed by how far its evidence is its own.

    The textbook adds the log odds of all columns as if they were independent given the outcome,
    and so counts several times what several columns repeat.  Here column ``j`` counts ``w_j >= 0``
    times [1]_; one whose mutual information with the target is below what the BIC asks of an edge
    does not count.  A value that no fit case lacked but a new case does gives no evidence.

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

    References
    ----------
    .. [1] Zaidi, Cerquides, Carman, Webb (2013), Alleviating naive Bayes attribute independence
       assumption by attribute weighting.
    """

    title = "Categorical naive Bayes"
    family = "bayesian"
    readable = True
    views = frozenset({"features"})

    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Give the target to every column that tells of it as its parent."""
        n_columns = codes.shape[1]
        inside = informative(codes, y, n_columns, weight)
        return [DiscreteNetwork(naive_parents(n_columns, inside), n_values)]
