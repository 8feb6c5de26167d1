"""Fitted Q iteration: what waiting is worth, regressed backwards from the last event."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits
from ..stats.backward_induction import worth_of_waiting
from ._known import columns, frequent_kinds


class FittedQ(Policy):
    """Acts where acting now is worth more than waiting, as backward regression finds it [1]_.

    With a last event, iterating from it to the first is exact; no discount and no target network
    are needed.  What acting is worth follows from the probability; what waiting is worth is
    regressed on its log odds, by straight pieces, on how these last moved, and on the kind and the
    gap of the last event.

    Parameters
    ----------
    ridge : float, default=10.0
        Penalty on the standardised coefficients, in visits.

    References
    ----------
    .. [1] Ernst, Geurts, Wehenkel (2005), "Tree-based batch mode reinforcement learning", Journal
       of Machine Learning Research 6.
    """

    title = "Fitted Q iteration"

    def __init__(self, ridge: float = 10.0):
        self.ridge = ridge

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Regress backwards."""
        self.economics_, self.kinds_ = economics, frequent_kinds(visits.kind)
        known = []
        for event in range(1, visits.n_events + 1):
            rows = visits.at(event)
            of_event = np.full((len(y), 3 + len(self.kinds_)), np.nan)
            of_event[rows] = columns(visits.seen(rows, event), self.kinds_)
            known.append(of_event)
        gains = economics.gain(visits.p, np.arange(1, visits.n_events + 1))
        self.worth_ = worth_of_waiting(gains, visits.p, known, self.ridge)
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Compare the two."""
        gain = self.economics_.gain(seen.now, seen.event)
        worth = self.worth_[seen.event - 1] if seen.event <= len(self.worth_) else None
        waiting = 0.0 if worth is None else worth(seen.now, columns(seen, self.kinds_))
        return gain > np.maximum(waiting, 0.0)
