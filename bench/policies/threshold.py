"""Threshold: act once the probability of a sale without acting is low enough for this event."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits

_MOST_TRIED = 60


class Threshold(Policy):
    """Acts where the calibrated probability is at most a threshold, one for each event.

    The less likely a sale is anyway, the more acting gains.  From the last event to the first, the
    threshold is the one that brings most on the visits to learn from, by their outcomes, when later
    events keep theirs.

    Attributes
    ----------
    thresholds_ : ndarray, shape (n_events,)
        -1 where nobody is acted upon.
    """

    title = "Threshold per event"

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Choose the thresholds backwards."""
        value = np.zeros(len(y))
        self.thresholds_ = np.full(visits.n_events, -1.0)
        for event in range(visits.n_events, 0, -1):
            rows = visits.at(event)
            p = visits.p[rows, event - 1]
            gained = economics.gain(y[rows], event) - value[rows]
            self.thresholds_[event - 1] = _best(p, gained)
            acts = p <= self.thresholds_[event - 1]
            value[rows] += np.where(acts, gained, 0.0)
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Compare with the event's threshold; events that no learnt visit had have none."""
        if seen.event > len(self.thresholds_):
            return np.zeros(len(seen.p), dtype=bool)
        return seen.now <= self.thresholds_[seen.event - 1]


def _best(p: np.ndarray, gained: np.ndarray) -> float:
    """Give the threshold below which most is gained; -1 where none gains anything."""
    order = np.argsort(p, kind="stable")
    total = np.cumsum(gained[order])
    # A threshold of its own for each visit would follow chance.
    tried = np.unique(np.linspace(0, len(p) - 1, min(len(p), _MOST_TRIED)).astype(int))
    best = tried[np.argmax(total[tried])]
    return float(p[order][best]) if total[best] > 0 else -1.0
