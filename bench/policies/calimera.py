"""CALIMERA: a regression an event says whether waiting for the next one will cost or bring."""

from typing import Self

import numpy as np
from sklearn.kernel_ridge import KernelRidge

from ..policy import Economics, Policy, Seen, Visits

_MOST_VISITS = 1000  # a kernel of all would take minutes


class Calimera(Policy):
    """Acts where a kernel ridge regression expects waiting to bring less than acting now [1]_.

    One regression an event, learnt from the last to the first on calibrated probabilities: its
    target is what was reached from the next event on less what acting brings now.  Where it says
    wait, the visit hands what it reached on to the event before, so that later regressions, and not
    hindsight, decide what waiting is worth.

    Parameters
    ----------
    random_state : int, optional
        Of the visits drawn for each regression where more than a thousand get to an event.

    References
    ----------
    .. [1] Bilski, Jastrzębska (2023), "CALIMERA: A new early time series classification method",
       Information Processing & Management 60.
    """

    title = "CALIMERA"

    def __init__(self, random_state: int | None = None):
        self.random_state = random_state

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Regress backwards."""
        rng = np.random.default_rng(self.random_state)
        self.economics_, self.scale_ = economics, economics.value
        gains = economics.gain(visits.p, np.arange(1, visits.n_events + 1))
        reached = np.maximum(np.nan_to_num(gains[:, -1]), 0.0)
        self.halters_: list[KernelRidge | None] = [None] * visits.n_events
        for event in range(visits.n_events - 1, 0, -1):
            rows = visits.at(event)
            drawn = rows
            if len(rows) > _MOST_VISITS:
                drawn = np.sort(rng.choice(rows, _MOST_VISITS, replace=False))
            now = gains[:, event - 1]
            halter = KernelRidge(kernel="rbf").fit(
                _columns(visits.p[drawn, event - 1]), (reached[drawn] - now[drawn]) / self.scale_
            )
            self.halters_[event - 1] = halter
            brings = halter.predict(_columns(visits.p[rows, event - 1]))
            acts = (brings < 0) & (now[rows] > 0)
            reached[rows] = np.where(acts, now[rows], reached[rows])
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Ask the event's regression."""
        gains = self.economics_.gain(seen.now, seen.event) > 0
        halter = self.halters_[seen.event - 1] if seen.event <= len(self.halters_) else None
        return gains if halter is None else gains & (halter.predict(_columns(seen.now)) < 0)


def _columns(p: np.ndarray) -> np.ndarray:
    """Give both probabilities, how far apart they are, and the larger one."""
    return np.column_stack([1 - p, p, np.abs(2 * p - 1), np.maximum(p, 1 - p)])
