"""HiddenStatesModel: a model plugin that reads a task's events through hidden states."""

import numpy as np

from ...bench.cases import Cases
from ...bench.model import Model
from .hidden_states import HiddenStates
from .outcome_hmms import Climber


class HiddenStatesModel(Model):
    """Holds the keywords of the hidden Markov models, and fits them on a task's events."""

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

    def fitted_states(
        self, cases: Cases, y: np.ndarray, valid: tuple[Cases, np.ndarray]
    ) -> HiddenStates:
        """Fit on the fit cases' events; choose and calibrate on those of the valid cases."""
        return HiddenStates(
            n_states=self.n_states,
            closeness=self.closeness,
            latest_events=self.latest_events,
            trial_sequences=self.trial_sequences,
            fit_sequences=self.fit_sequences,
            n_restarts=self.n_restarts,
            climber=Climber(self.smoothing, self.max_iterations),
            random_state=self.random_state,
        ).fit(cases.events, y, (valid[0].events, valid[1]))
