"""Hidden states behind a task's events: how many there are, and what they say."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ...bench.events import Events
from .._events.marks import EventMarks
from .._events.sequence_odds import SequenceOdds
from .outcome_hmms import Climber, MarkedSequences, OutcomePair
from .training import random_start

_CHOOSING_ITERATIONS = 30


@dataclass
class HiddenStates:
    """One hidden Markov model of all cases and one for each outcome, sized on valid cases.

    Every number of states and closeness of the outcomes' models is tried on a random part of the
    fit cases, and judged by the log loss of the calibrated probability on the valid cases.  A
    choice gives way to a later one whose loss is lower by more than a standard error; numbers of
    states beyond one that failed to are not tried.  What is chosen is fitted further, on more of
    the fit cases.

    Parameters
    ----------
    n_states : tuple of int
        Numbers to try, the preferred one first; it is kept with fewer than fifty valid cases
        of either outcome.
    closeness : tuple of float
        Weights of the model of all cases in those of the outcomes to try, in events of each state.
    latest_events : int
        Of a case, that are read.
    trial_sequences, fit_sequences : int
        Sequences of each outcome, drawn at random where there are more: to choose by, and to fit.
    n_restarts : int
        Random starts of the model of all cases.
    climber : Climber
        How each model is fitted.
    random_state : int, optional

    Attributes
    ----------
    marks_ : EventMarks
    all_ : Fitted
        The model of all cases, fitted without outcomes.
    pair_ : OutcomePair
    odds_ : SequenceOdds
    losses_ : dict of int to float
        Lowest log loss on valid cases by number of states, each fitted on the part.
    closeness_ : float
        What was chosen.
    """

    n_states: tuple[int, ...]
    closeness: tuple[float, ...]
    latest_events: int
    trial_sequences: int
    fit_sequences: int
    n_restarts: int
    climber: Climber
    random_state: int | None

    def fit(self, events: Events, y: np.ndarray, valid: tuple[Events, np.ndarray]) -> Self:
        """Fit on the fit cases; choose and calibrate on the valid ones."""
        rng = np.random.default_rng(self.random_state)
        self.marks_ = EventMarks().fit(events.last(self.latest_events))
        sequences, watched = self.read(events), self.read(valid[0])
        quick = replace(
            self.climber, max_iterations=min(_CHOOSING_ITERATIONS, self.climber.max_iterations)
        )
        part = sequences.draw(y, self.trial_sequences, rng)
        self.losses_, best = {}, None
        for n_states in self.n_states:
            # Where a larger number than the chosen one told no more, still larger ones do not.
            if any(best.parameters.n_states < tried < n_states for tried in self.losses_):
                continue
            starts = [
                random_start(n_states, sequences.frequencies, rng) for _ in range(self.n_restarts)
            ]
            every = quick.fit(sequences, part, starts)
            for closeness in self.closeness:
                pair = quick.fit_pair(sequences, part, y, every.parameters, closeness)
                odds = _odds(pair, sequences, y, watched, valid[1])
                if best is None or odds.is_clearly_better(self.odds_):
                    best, self.closeness_, self.odds_ = every, closeness, odds
                self.losses_[n_states] = min(odds.loss_, self.losses_.get(n_states, np.inf))
        rows = sequences.draw(y, self.fit_sequences, rng)
        self.all_ = self.climber.fit(sequences, rows, [best.parameters])
        self.pair_ = self.fit_pair(sequences, rows, y)
        self.odds_ = _odds(self.pair_, sequences, y, watched, valid[1])
        return self

    @property
    def n_states_(self) -> int:
        """The number of states that was chosen."""
        return self.all_.parameters.n_states

    @property
    def converged_(self) -> bool:
        """Whether EM converged for all three models before its iterations ran out."""
        return self.all_.converged and self.pair_.no.converged and self.pair_.yes.converged

    def fit_pair(self, sequences: MarkedSequences, rows: np.ndarray, y: np.ndarray) -> OutcomePair:
        """Fit the outcomes' models to the sequences ``rows``, with what was chosen."""
        return self.climber.fit_pair(sequences, rows, y, self.all_.parameters, self.closeness_)

    def read(self, events: Events) -> MarkedSequences:
        """Read the latest events of some cases."""
        return MarkedSequences(events.last(self.latest_events), self.marks_)


def _odds(
    pair: OutcomePair,
    sequences: MarkedSequences,
    y: np.ndarray,
    watched: MarkedSequences,
    watched_y: np.ndarray,
) -> SequenceOdds:
    return SequenceOdds().fit(
        lambda: pair.log_ratio(sequences),
        sequences.lengths,
        y,
        pair.log_ratio(watched),
        watched.lengths,
        watched_y,
    )
