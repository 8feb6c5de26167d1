"""At event k: everybody who gets there is acted upon."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits


class AtEvent(Policy):
    """Acts on every visit after its k-th event; k brought most on the visits to learn from.

    No probability is looked at.  Where no event brings a profit it acts on nobody.

    Attributes
    ----------
    event_ : int
        k; 0 for never.
    """

    title = "At event k"

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Try every event."""
        outcomes = np.where(visits.goes_on, y[:, None], np.nan)
        brought = np.nansum(economics.gain(outcomes, np.arange(1, visits.n_events + 1)), axis=0)
        best = int(np.argmax(brought))
        self.event_ = best + 1 if brought[best] > 0 else 0
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Act at the event, and at no other."""
        return np.full(len(seen.p), seen.event == self.event_)
