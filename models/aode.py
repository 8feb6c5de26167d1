"""Averaged one-dependence estimators: naive Bayes once for each column that all may lean on."""

import numpy as np

from ._network.bayes_net import DiscreteNetwork
from ._network.network_model import EQUIVALENT_CASES, SelectiveNetworkModel
from ._network.structure import informative, naive_parents


class AODE(SelectiveNetworkModel):
    """Averaged one-dependence estimators on bins.

    In the ``i``-th network every column depends on the target and on column ``i``; no structure is
    searched for, and averaging all networks evens out their errors [1]_.  Log odds are averaged
    where the paper averages joint probabilities, so that the networks' weights can be learnt as a
    naive Bayes' weights are [2]_; the sum goes through Platt's sigmoid.

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
    weight_penalty : float or None, default=30.0
        Pulls the weights towards equality; None keeps them there.
    most_columns : int, default=20
        Columns in the networks: those with the most mutual information with the target, as far as
        the BIC supports an edge at all.

    References
    ----------
    .. [1] Webb, Boughton, Wang (2005), Not so naive Bayes: aggregating one-dependence
       estimators.
    .. [2] Zaidi, Cerquides, Carman, Webb (2013), Alleviating naive Bayes attribute independence
       assumption by attribute weighting.
    """

    title = "Averaged one-dependence estimators"
    family = "bayesian"
    views = frozenset({"features"})
    space = {
        "cuts": ("one of", "mdl", "tree", "quantile"),
        "n_bins": ("int", 3, 16),
        "weight_penalty": ("log", 0.1, 300.0),
        "most_columns": ("int", 5, 30),
    }

    def __init__(
        self,
        cuts: str = "mdl",
        n_bins: int = 8,
        equivalent_cases: tuple[float, ...] = EQUIVALENT_CASES,
        weight_penalty: float | None = 30.0,
        most_columns: int = 20,
    ):
        super().__init__(cuts, n_bins, equivalent_cases, weight_penalty, most_columns)

    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Let all columns lean on one, each in turn."""
        inside = informative(codes, y, self.most_columns, weight)
        networks = []
        for shared in inside:
            parents = naive_parents(codes.shape[1], inside)
            for j in inside:
                parents[j] += [int(shared)] if j != shared else []
            networks.append(DiscreteNetwork(parents, n_values))
        return networks or [DiscreteNetwork(naive_parents(codes.shape[1], []), n_values)]
