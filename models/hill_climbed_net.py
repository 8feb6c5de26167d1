"""Hill-climbed Bayesian networks: which columns lean on which is read from the data alone."""

import numpy as np

from ._network.bayes_net import DiscreteNetwork
from ._network.network_model import EQUIVALENT_CASES, SelectiveNetworkModel
from ._network.structure import climbed_parents, informative, sample


class HillClimbedNet(SelectiveNetworkModel):
    """Several Bayesian networks on bins whose edges pgmpy finds by hill climbing, pooled.

    The outcome comes after all that the features know, so no arrow may leave the target.  Its
    Markov blanket, which alone enters the prediction where it is known, is then its parents;
    without any the prediction is the base rate.  One table cannot hold more than a few parents.
    The first network may use all columns; each of the others is learnt on a bootstrap sample and a
    random part of the columns, so that they find other parents, as the trees of a forest do [1]_.
    Tables are learnt on all fit cases.  The networks' log odds are weighed by the conditional
    likelihood of the fit cases, each case's coming from the tables of the others.

    Parameters
    ----------
    n_networks : int, default=10
        1 gives the single best network.
    score : {"bdeu", "bic-d"}, default="bdeu"
        What an edge has to improve: BDeu [2]_ or the BIC, which counts cells that no case can
        reach against an edge.
    cuts : {"mdl", "tree", "quantile"}, default="mdl"
        How numbers are cut: by Fayyad and Irani's description length, as a decision tree on the
        one column would, or into equal shares.
    n_bins : int, default=8
        Most bins of a number, besides those for zero and missing.
    most_parents : int, default=3
        Of each node.
    equivalent_cases : sequence of float, default=(10, 50, 200, 1000)
        Equivalent sample sizes of the tables' BDeu prior, in cases, of which the valid cases
        choose; where they are too few, the middle one (of four the second).
    weight_penalty : float or None, default=30.0
        Pulls the networks' weights towards equality; None keeps them there.
    most_columns : int, default=15
        Columns in the search: those with the most mutual information with the target, as far as
        the BIC supports an edge at all.  Above 20,000 cases edges are learnt on evenly spread
        20,000; tables are learnt on all.
    random_state : int, optional
        Seed of the bootstrap samples and of the parts of the columns.

    References
    ----------
    .. [1] Breiman (2001), Random forests.
    .. [2] Heckerman, Geiger, Chickering (1995), Learning Bayesian networks: the combination of
       knowledge and statistical data.
    """

    title = "Hill-climbed Bayesian networks"
    family = "bayesian"
    views = frozenset({"features"})
    requires = ("pgmpy",)

    def __init__(
        self,
        n_networks: int = 10,
        score: str = "bdeu",
        cuts: str = "mdl",
        n_bins: int = 8,
        most_parents: int = 3,
        equivalent_cases: tuple[float, ...] = EQUIVALENT_CASES,
        weight_penalty: float | None = 30.0,
        most_columns: int = 15,
        random_state: int | None = None,
    ):
        super().__init__(cuts, n_bins, equivalent_cases, weight_penalty, most_columns)
        self.n_networks = n_networks
        self.score = score
        self.most_parents = most_parents
        self.random_state = random_state

    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Climb once on all, then on samples of cases and columns."""
        rng = np.random.default_rng(self.random_state)
        inside = informative(codes, y, self.most_columns, weight)
        codes, y = sample(codes, y, weight)
        n_part = int(np.ceil(_PART_OF_COLUMNS * len(inside)))
        networks = []
        for number in range(self.n_networks if len(inside) > 1 else 1):
            columns, rows = inside, np.arange(len(y))
            if number:
                columns = np.sort(rng.choice(inside, n_part, replace=False))
                rows = rng.integers(0, len(y), len(y))
            parents = climbed_parents(codes[rows], y[rows], columns, self.most_parents, self.score)
            networks.append(DiscreteNetwork(parents, n_values))
        return networks


# Of the columns, so many are in each network but the first.
_PART_OF_COLUMNS = 0.6
