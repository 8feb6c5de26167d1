"""Hidden Markov model: the hidden states that lie behind a buyer's events, and another's."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.model import Explanation, two_columns
from ._hmm.hidden_states_model import HiddenStatesModel
from ._hmm.state_profiles import explain_states


class HMM(HiddenStatesModel):
    """Likelihood ratio of two hidden Markov models [1]_, one per outcome.

    In each hidden state an event has a kind, a gap and whatever other marks the data set gives,
    numbers in bins, independent of each other given the state.  A model of all cases is fitted
    first, from random starts; those of the outcomes start from it.

    Parameters
    ----------
    n_states : tuple of int, default=(3, 2, 5, 8)
        Numbers of hidden states to try; a later one is taken where it lowers the log loss on valid
        cases by more than a standard error.
    latest_events : int, default=50
        Of a case, that are read.
    trial_sequences : int, default=2000
        Sequences of each outcome to choose by; drawn at random where there are more.
    fit_sequences : int, default=100000
        Sequences of each outcome to fit on; drawn at random where there are more.
    smoothing : float, default=20.0
        Weight of the frequencies over all fit cases in each state's emissions, in events.
    closeness : tuple of float, default=(300, 30)
        Weights to try of the model of all cases in those of the outcomes, in events of each state.
    n_restarts : int, default=3
        Random starts, of which the one with the best likelihood after 8 iterations is followed.
    max_iterations : int, default=40
        Of EM, for each model.
    random_state : int, optional
        Of the starts and of the sequences drawn.

    References
    ----------
    .. [1] Rabiner (1989), A tutorial on hidden Markov models and selected applications.
    """

    title = "Hidden Markov model"
    family = "sequence"
    views = frozenset({"events"})

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Fit on the fit cases; choose the number of states and calibrate on the valid cases."""
        self.hidden_ = self.fitted_states(cases, y, valid)
        self.explanations_ = explain_states(self.hidden_, self.hidden_.read(cases.events), y)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        sequences = self.hidden_.read(cases.events)
        log_ratio = self.hidden_.pair_.log_ratio(sequences)
        return two_columns(self.hidden_.odds_.predict(log_ratio, sequences.lengths))

    def explain(self) -> tuple[Explanation, ...]:
        """Describe the states, and how the two outcomes differ in them."""
        return self.explanations_
