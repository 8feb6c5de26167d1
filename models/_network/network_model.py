"""NetworkModel: one or several discrete Bayesian networks as a model plugin."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np

from ...bench.cases import Cases
from ...bench.categories import RatedCases
from ...bench.fit_blocks import FitBlocks
from ...bench.model import Explanation, Model, two_columns
from .._calibration import LEAST_OF_EITHER, calibrate, calibrated_log_loss
from .._evidence_weights import learn_weights
from .bayes_net import DiscreteNetwork, PooledLogOdds, pooled_log_odds
from .codes import NetworkCodes
from .explained import edge_list, network_explanation, strongest_tables
from .structure import evenly_spread, sample

# Strengths of the BDeu prior to try, in cases.
EQUIVALENT_CASES = (10.0, 50.0, 200.0, 1000.0)
# A weight for each of some twenty families needs no more.
_MOST_CASES_TO_WEIGH = 50_000

# Codes, outcomes, and weights or None.
_Seen = tuple[np.ndarray, np.ndarray, np.ndarray | None]


class NetworkModel(Model):
    """Discretises, learns structures and tables, weighs the evidence and calibrates the odds.

    A subclass says which networks there are.  Of one network every family's log odds is a piece of
    evidence, of several every network's; the pieces are weighed by the conditional likelihood of
    the fit cases [1]_, where each case's evidence comes from the tables of the others.  With
    ``weight_penalty=None`` all families of one network count once, and several networks are
    averaged.  The strength of the BDeu prior is the one of ``equivalent_cases`` with the best log
    loss on the valid cases.  A category of many values also gives the log odds of its value, cut
    into bins as numbers are.

    References
    ----------
    .. [1] Zaidi, Webb, Carman, Petitjean, Cerquides (2016), ALRn: accelerated higher-order
       logistic regression.
    """

    views = frozenset({"features"})
    uses_weights = True
    _pooled: PooledLogOdds | None = None  # made of the networks, and not kept with them

    def __init__(
        self,
        cuts: str = "mdl",
        n_bins: int = 8,
        equivalent_cases: tuple[float, ...] = EQUIVALENT_CASES,
        weight_penalty: float | None = 3.0,
    ):
        self.cuts = cuts
        self.n_bins = n_bins
        self.equivalent_cases = equivalent_cases
        self.weight_penalty = weight_penalty

    @abstractmethod
    def networks(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        n_values: np.ndarray,
        weight: np.ndarray | None,
    ) -> list[DiscreteNetwork]:
        """Learn the structures.

        Parameters
        ----------
        codes : ndarray of int, shape (n_cases, n_columns)
            None of them negative.
        y : ndarray of shape (n_cases,)
        n_values : ndarray of int, shape (n_columns,)
        weight : ndarray of shape (n_cases,), or None
            How many cases each stands for.
        """

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn from the fit cases; the prior's strength and the sigmoid from the valid cases."""
        self._pooled = None
        self.rated_ = RatedCases()
        cases = self.rated_.fit_transform(cases, y, weight)
        valid = (self.rated_.transform(valid[0]), valid[1])
        self.codes_ = NetworkCodes(self.cuts, self.n_bins).fit(cases.features, y, weight)
        seen = self.codes_.transform(cases.features), y, weight
        watched = (self.codes_.transform(valid[0].features), valid[1], valid_weight)
        self._learn(seen, watched)
        self.sigmoid_ = calibrate(self._log_odds, cases, y, valid, weight, valid_weight)
        return self._explained(*seen)

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn from cases on disk: of each column a code in memory, and counts of these."""
        # What reads the codes of models in memory does not hang on how others are read.
        from .._out_of_core.codes_of_blocks import codes_of_blocks
        from .._out_of_core.rated_blocks import RatedBlocks

        self._pooled = None
        rated = RatedBlocks(blocks)
        self.rated_ = rated.rated_
        valid = (self.rated_.transform(valid[0]), valid[1])
        self.codes_, codes = codes_of_blocks(self.cuts, self.n_bins, rated)
        seen = codes, blocks.target, blocks.weight
        self._learn(seen, (self.codes_.transform(valid[0].features), valid[1], valid_weight))
        in_memory = Cases(rated.block(0, len(blocks.y)))
        self.sigmoid_ = calibrate(
            self._log_odds, in_memory, blocks.y, valid, blocks.held_weight, valid_weight
        )
        return self._explained(*seen)

    def _learn(self, seen: _Seen, watched: _Seen) -> None:
        """Learn structures and tables of codes, and weigh them."""
        codes, y, weight = seen
        self.networks_ = self.networks(codes, y, self.codes_.n_values_, weight)
        for network in self.networks_:
            network.fit(codes, y, self.equivalent_cases[0], weight)
        self._choose_prior(seen, watched)
        counting = [network for network in self.networks_ if network.weights_.any()]
        self.networks_ = counting or self.networks_[:1]

    def _explained(self, codes: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Self:
        shown = sample(codes, y, weight, _MOST_CASES_TO_WEIGH)
        edges = edge_list(self.networks_, *shown, self.codes_.names_)
        tables = strongest_tables(self.networks_, *shown, self.codes_.names_, self.codes_.labels_)
        self.explanations_ = (
            network_explanation(self.networks_, edges, self.codes_.names_),
            tables,
        )
        return self

    def _choose_prior(self, learnt: _Seen, watched: _Seen) -> None:
        codes, outcome, weight = watched
        candidates = list(self.equivalent_cases)
        self.equivalent_cases_ = candidates[(len(candidates) - 1) // 2]
        if np.bincount(outcome, minlength=2).min() >= LEAST_OF_EITHER and len(candidates) > 1:
            losses = []
            for equivalent_cases in candidates:
                self._learn_tables(learnt, equivalent_cases)
                log_odds = pooled_log_odds(self.networks_, codes)
                losses.append(calibrated_log_loss(log_odds, outcome, weight))
            self.equivalent_cases_ = candidates[int(np.argmin(losses))]
        self._learn_tables(learnt, self.equivalent_cases_)

    def _learn_tables(self, learnt: _Seen, equivalent_cases: float) -> None:
        for network in self.networks_:
            network.smooth(equivalent_cases).weigh(1 / len(self.networks_))
        if self.weight_penalty is None:
            return
        codes, y, weight = evenly_spread(*learnt, _MOST_CASES_TO_WEIGH)
        evidence = [
            network.left_out_evidence(codes, y, equivalent_cases, weight)
            for network in self.networks_
        ]
        if len(evidence) == 1:
            weights, _ = learn_weights(evidence[0], y, weight, 1.0, self.weight_penalty)
            self.networks_[0].weigh(weights)
            return
        whole = np.column_stack([of_network.sum(axis=1) for of_network in evidence])
        weights, _ = learn_weights(whole, y, weight, 1 / len(evidence), self.weight_penalty)
        for network, of_network in zip(self.networks_, weights, strict=True):
            network.weigh(of_network)

    def _log_odds(self, cases: Cases) -> np.ndarray:
        if self._pooled is None:
            self._pooled = PooledLogOdds(self.networks_)
        return self._pooled(self.codes_.transform(cases.features))

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_pooled"}

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._log_odds(self.rated_.transform(cases))))

    def explain(self) -> tuple[Explanation, ...]:
        """Show the network around the target, and the strongest lines of its tables."""
        return tuple(explanation for explanation in self.explanations_ if explanation.rows)


class SelectiveNetworkModel(NetworkModel):
    """A network model whose structure holds only the columns that tell most of the target [1]_.

    References
    ----------
    .. [1] Langley, Sage (1994), Induction of selective Bayesian classifiers.
    """

    def __init__(
        self,
        cuts: str = "mdl",
        n_bins: int = 8,
        equivalent_cases: tuple[float, ...] = EQUIVALENT_CASES,
        weight_penalty: float | None = 3.0,
        most_columns: int = 20,
    ):
        super().__init__(cuts, n_bins, equivalent_cases, weight_penalty)
        self.most_columns = most_columns
