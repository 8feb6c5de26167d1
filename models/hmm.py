"""Hidden Markov model: the hidden states that lie behind a buyer's events, and another's."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.model import Explanation, Model, two_columns
from ._hmm.hidden_states import HiddenStates
from ._hmm.outcome_hmms import Climber
from ._hmm.state_profiles import explain_states


class HMM(Model):
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

    def __init__(
        self,
        n_states: tuple[int, ...] = (3, 2, 5, 8),
        latest_events: int = 50,
        trial_sequences: int = 2000,
        fit_sequences: int = 100_000,
        smoothing: float = 20.0,
        closeness: tuple[float, ...] = (300.0, 30.0),
        n_restarts: int = 3,
        max_iterations: int = 40,
        random_state: int | None = None,
    ):
        self.n_states = n_states
        self.latest_events = latest_events
        self.trial_sequences = trial_sequences
        self.fit_sequences = fit_sequences
        self.smoothing = smoothing
        self.closeness = closeness
        self.n_restarts = n_restarts
        self.max_iterations = max_iterations
        self.random_state = random_state

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Fit on the fit cases; choose the number of states and calibrate on the valid cases."""
        self.hidden_ = HiddenStates(
            n_states=self.n_states,
            closeness=self.closeness,
            latest_events=self.latest_events,
            trial_sequences=self.trial_sequences,
            fit_sequences=self.fit_sequences,
            n_restarts=self.n_restarts,
            climber=Climber(self.smoothing, self.max_iterations),
            random_state=self.random_state,
        ).fit(cases.events, y, (valid[0].events, valid[1]))
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
