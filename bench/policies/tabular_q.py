"""Tabular Q-learning: a table of what acting and waiting are worth, by event and probability."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits

_WAIT, _ACT = 0, 1


class TabularQ(Policy):
    """Learns a table of values from single steps of logged visits, as Q-learning does [1]_.

    A state is an event and a bin of the probability.  Each logged step shows what waiting led to;
    what acting is expected to bring follows from the probability.  So both actions of every state
    that a drawn visit passes are updated, towards their reward plus the larger value of the next
    state, with a rate that falls as a state is passed again.

    Parameters
    ----------
    n_bins : int, default=12
        Of the probability at each event, each with as many visits.
    sweeps : int, default=300
        Each over a drawn tenth of the visits.
    random_state : int, optional

    Attributes
    ----------
    values_ : list of ndarray, shape (n_bins, 2)
        By event: of waiting and of acting.

    References
    ----------
    .. [1] Watkins, Dayan (1992), "Q-learning", Machine Learning 8.
    """

    title = "Tabular Q-learning"

    def __init__(self, n_bins: int = 12, sweeps: int = 300, random_state: int | None = None):
        self.n_bins = n_bins
        self.sweeps = sweeps
        self.random_state = random_state

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Sweep over drawn visits."""
        rng = np.random.default_rng(self.random_state)
        shares = np.linspace(0, 1, self.n_bins + 1)[1:-1]
        events = range(1, visits.n_events + 1)
        self.cuts_ = [
            np.unique(np.quantile(visits.p[visits.at(event), event - 1], shares))
            for event in events
        ]
        bins = np.full(visits.p.shape, -1)
        for event in events:
            rows = visits.at(event)
            bins[rows, event - 1] = self._bin(visits.p[rows, event - 1], event)
        self.values_ = [np.zeros((len(cuts) + 1, 2)) for cuts in self.cuts_]
        passed = [np.zeros(len(cuts) + 1) for cuts in self.cuts_]
        size = max(1, len(y) // 10)
        for _ in range(self.sweeps):
            drawn = rng.choice(len(y), size, replace=False)
            for event in events:
                rows = drawn[bins[drawn, event - 1] >= 0]
                acted = economics.gain(visits.p[rows, event - 1], event)
                self._update(event, bins, rows, acted, passed[event - 1])
        return self

    def _update(
        self, event: int, bins: np.ndarray, rows: np.ndarray, acted: np.ndarray, passed: np.ndarray
    ) -> None:
        state, waited = bins[rows, event - 1], np.zeros(len(rows))
        if event < len(self.values_):
            then = bins[rows, event]
            goes_on = then >= 0
            waited[goes_on] = self.values_[event][then[goes_on]].max(axis=1)
        n = np.bincount(state, minlength=len(passed))
        there = n > 0
        passed += n
        # Falls more slowly than one over the passes: values of later events are still moving.
        rate = n[there] / passed[there] ** 0.75
        rate = np.minimum(rate, 1.0)
        for action, target in ((_WAIT, waited), (_ACT, acted)):
            mean = np.bincount(state, target, len(passed))[there] / n[there]
            of_action = self.values_[event - 1][there, action]
            self.values_[event - 1][there, action] = of_action + rate * (mean - of_action)

    def act(self, seen: Seen) -> np.ndarray:
        """Look the two values up; waiting is worth at least nothing."""
        if seen.event > len(self.values_):
            return np.zeros(len(seen.p), dtype=bool)
        values = self.values_[seen.event - 1][self._bin(seen.now, seen.event)]
        return values[:, _ACT] > np.maximum(values[:, _WAIT], 0.0)

    def _bin(self, p: np.ndarray, event: int) -> np.ndarray:
        return np.searchsorted(self.cuts_[event - 1], p, side="right")
