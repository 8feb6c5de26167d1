"""Hidden Markov model: the hidden states that lie behind a buyer's events, and another's."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.events import Events
from ..bench.model import Explanation, Model, two_columns
from ._event_symbols import EventSymbols
from ._hmm_kernels import fit_hmm, log_likelihoods
from ._sequence_odds import SequenceOdds

_OUTCOMES = ("no", "yes")


class HMM(Model):
    """Likelihood ratio of two hidden Markov models, one per outcome, fitted by hmmlearn.

    Fitted by EM [1]_.  A symbol is an event's kind, with a bin of its gap where the alphabet
    allows.  Emissions are smoothed towards the symbol frequencies of all fit cases.

    Parameters
    ----------
    n_states : int, default=4
        Hidden states for each outcome.
    latest_events : int, default=50
        Of a case, that are read.
    fit_sequences : int, default=2000
        Sequences of each outcome to fit on; drawn at random where there are more.
    smoothing : float, default=20.0
        Weight of the frequencies over all fit cases in each state's emissions, in events.
    n_restarts : int, default=3
        Random starts, of which the one with the best likelihood after 5 iterations is followed.
    max_iterations : int, default=30
        Of EM.
    random_state : int, optional
        Of the starts and of the sequences drawn.

    Attributes
    ----------
    converged_ : dict of int to bool
        For each outcome with sequences, whether EM gained less than 0.0001 per event at last.

    References
    ----------
    .. [1] Rabiner (1989), A tutorial on hidden Markov models and selected applications.
    """

    title = "Hidden Markov model"
    family = "sequence"
    views = frozenset({"events"})
    requires = ("hmmlearn",)

    def __init__(
        self,
        n_states: int = 4,
        latest_events: int = 50,
        fit_sequences: int = 2000,
        smoothing: float = 20.0,
        n_restarts: int = 3,
        max_iterations: int = 30,
        random_state: int | None = None,
    ):
        self.n_states = n_states
        self.latest_events = latest_events
        self.fit_sequences = fit_sequences
        self.smoothing = smoothing
        self.n_restarts = n_restarts
        self.max_iterations = max_iterations
        self.random_state = random_state

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Fit both models on the fit cases; calibrate on the valid cases."""
        rng = np.random.default_rng(self.random_state)
        latest = cases.events.last(self.latest_events)
        self.symbols_ = EventSymbols().fit(latest)
        n_symbols = self.symbols_.n_symbols_
        counts = np.bincount(self.symbols_.transform(latest), minlength=n_symbols) + 1.0
        prior = 1.0 + self.smoothing * counts / counts.sum()
        self.parts_, self.converged_, self.profile_ = {}, {}, []
        for outcome in (0, 1):
            rows = np.flatnonzero((y == outcome) & (latest.lengths > 0))
            if len(rows) > self.fit_sequences:
                rows = np.sort(rng.choice(rows, self.fit_sequences, replace=False))
            seed = int(rng.integers(2**32))
            if len(rows):
                self._fit_outcome(outcome, latest.take(rows), prior, seed)
        self.odds_ = SequenceOdds().fit(self._log_ratio, cases, y, valid)
        return self

    def _fit_outcome(self, outcome: int, events: Events, prior: np.ndarray, seed: int) -> None:
        symbols, lengths = self.symbols_.transform(events), events.lengths
        model, self.converged_[outcome] = fit_hmm(
            symbols,
            lengths,
            prior,
            self.n_states,
            n_restarts=self.n_restarts,
            max_iterations=self.max_iterations,
            tolerance=1e-4,
            seed=seed,
        )
        self.parts_[outcome] = (model.startprob_, model.transmat_, model.emissionprob_)
        share = model.predict_proba(symbols[:, None], lengths).mean(axis=0)
        for number, state in enumerate(np.argsort(-share, kind="stable"), start=1):
            stay = 1.0 / max(1.0 - model.transmat_[state, state], 1e-6)
            emits = self._top_symbols(model.emissionprob_[state])
            self.profile_.append(
                (_OUTCOMES[outcome], number, float(share[state]), float(stay), emits)
            )

    def _top_symbols(self, emission: np.ndarray) -> str:
        top = np.argsort(-emission, kind="stable")[:3]
        return "; ".join(f"{self.symbols_.names_[code]} ({emission[code]:.0%})" for code in top)

    def _log_ratio(self, cases: Cases) -> np.ndarray:
        if len(self.parts_) < 2:
            return np.zeros(len(cases))
        latest = cases.events.last(self.latest_events)
        symbols = self.symbols_.transform(latest)
        no, yes = (
            log_likelihoods(symbols, latest.offsets, *self.parts_[outcome]) for outcome in (0, 1)
        )
        return yes - no

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.odds_.predict(cases, self._log_ratio(cases)))

    def explain(self) -> Explanation | None:
        """Describe the states of both models."""
        if not self.profile_:
            return None
        reading = (
            "Hidden states of the fit cases without and with the outcome: share of events spent in "
            "the state, mean stay in events, and what it mostly emits."
        )
        if not all(self.converged_.values()):
            reading += f"  EM had not converged after {self.max_iterations} iterations."
        columns = ("outcome", "state", "share of events", "mean stay", "emits")
        return Explanation("states", reading, columns, tuple(self.profile_))
