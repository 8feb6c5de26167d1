"""Logistic regression on the features, and on what hidden Markov models make of the events."""

from typing import Self

import numpy as np
from sklearn import linear_model

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, two_columns
from ._hmm.hidden_states_model import HiddenStatesModel
from ._hmm.outcome_hmms import MarkedSequences
from ._hmm.state_profiles import explain_states, state_names
from ._zero_flags import ZeroFlaggedOneHot

_LARGEST = 8.0


class HMMLogisticRegression(HiddenStatesModel):
    """L2 logistic regression on the tabular features and on the hidden states of the events.

    Besides the features it reads, of the hidden Markov model of all cases [1]_, the probability
    of each state at the latest event and the share of events spent in it; the log-likelihood
    ratio of the outcomes' two models, in all and per event; and the number of events.

    The model of all cases knows no outcome, but the other two do: the ratio of a fit case comes
    from models fitted on the other half of the fit cases, so that the regression does not trust it
    more than new cases warrant.  New cases are read by models fitted on all fit cases.

    Parameters
    ----------
    C : float, default=0.3
        Inverse strength of the L2 penalty.
    n_states : tuple of int, default=(3, 2, 5, 8)
        Numbers of hidden states to try; a later one is taken where it lowers the log loss on valid
        cases, read from the events alone, by more than a standard error.
    latest_events : int, default=50
        Of a case, that are read.
    trial_sequences : int, default=1000
        Sequences of each outcome to choose by; drawn at random where there are more.
    fit_sequences : int, default=100000
        Sequences of each outcome to fit on; drawn at random where there are more.
    smoothing : float, default=20.0
        Weight of the frequencies over all fit cases in each state's emissions, in events.
    closeness : tuple of float, default=(300, 30)
        Weights to try of the model of all cases in those of the outcomes, in events of each state.
    n_restarts : int, default=3
        Random starts of the model of all cases.
    max_iterations : int, default=40
        Of EM, for each model.
    random_state : int, optional
        Of the starts, of the sequences drawn and of the halves.

    References
    ----------
    .. [1] Rabiner (1989), A tutorial on hidden Markov models and selected applications.
    """

    title = "HMM + logistic regression"
    family = "sequence"
    views = frozenset({"features", "events"})

    def __init__(
        self,
        C: float = 0.3,
        n_states: tuple[int, ...] = (3, 2, 5, 8),
        latest_events: int = 50,
        trial_sequences: int = 1000,
        fit_sequences: int = 100_000,
        smoothing: float = 20.0,
        closeness: tuple[float, ...] = (300.0, 30.0),
        n_restarts: int = 3,
        max_iterations: int = 40,
        random_state: int | None = None,
    ):
        super().__init__(
            n_states, latest_events, trial_sequences, fit_sequences, smoothing, closeness,
            n_restarts, max_iterations, random_state,
        )  # fmt: skip
        self.C = C

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Fit all on the fit cases; the number of states is chosen on the valid cases."""
        self.hidden_ = self.fitted_states(cases, y, valid)
        self.encoder_ = ZeroFlaggedOneHot()
        encoded = self.encoder_.fit_transform(cases.features, y)
        sequences = self.hidden_.read(cases.events)
        columns = self._state_columns(sequences, self._ratio_by_halves(sequences, y))
        self.mean_ = columns.mean(axis=0)
        spread = columns.std(axis=0)
        # Rounding is no spread: a constant column stays 0 instead of being blown up.
        self.scale_ = np.where(spread > 1e-9 * np.maximum(1.0, np.abs(self.mean_)), spread, np.inf)
        x = np.hstack([encoded, self._scaled(columns)])
        self.estimator_ = linear_model.LogisticRegression(C=self.C, max_iter=2000).fit(x, y)
        self.states_ = explain_states(self.hidden_, sequences, y)
        return self

    def _ratio_by_halves(self, sequences: MarkedSequences, y: np.ndarray) -> np.ndarray:
        """Give each fit case the ratio of models that were fitted on the other half."""
        rng = np.random.default_rng(self.random_state)
        half = rng.permutation(len(sequences)) % 2
        ratio = np.empty(len(sequences))
        rows = sequences.draw(y, self.fit_sequences, rng)
        for number in (0, 1):
            others = rows[half[rows] != number]
            pair = self.hidden_.fit_pair(sequences, others, y)
            ratio[half == number] = pair.log_ratio(sequences)[half == number]
        return ratio

    def _state_columns(self, sequences: MarkedSequences, ratio: np.ndarray) -> np.ndarray:
        latest, mean = sequences.occupancies(self.hidden_.all_.parameters)
        n_events = sequences.lengths
        per_event = ratio / np.maximum(n_events, 1)
        return np.column_stack([per_event, np.arcsinh(ratio), np.log1p(n_events), latest, mean])

    def _scaled(self, columns: np.ndarray) -> np.ndarray:
        return np.clip((columns - self.mean_) / self.scale_, -_LARGEST, _LARGEST)

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        sequences = self.hidden_.read(cases.events)
        columns = self._state_columns(sequences, self.hidden_.pair_.log_ratio(sequences))
        x = np.hstack([self.encoder_.transform(cases.features), self._scaled(columns)])
        return two_columns(self.estimator_.predict_proba(x)[:, 1])

    def explain(self) -> tuple[Explanation, ...]:
        """Rank the coefficients, and describe the states."""
        names = state_names(self.hidden_.n_states_)
        coefficients = Explanation.importances(
            [
                *self.encoder_.names_,
                "log-likelihood ratio per event",
                "log-likelihood ratio",
                "number of events",
                *(f"latest event in {name}" for name in names),
                *(f"share of events in {name}" for name in names),
            ],
            self.estimator_.coef_[0],
            Sentence(
                "Log odds that one standard deviation more of a number adds (skewed "
                "numbers on a log scale), or that a category or a flag adds."
            ),
        )
        return (coefficients, *self.states_)
