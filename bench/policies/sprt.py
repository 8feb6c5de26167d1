"""SPRT: Wald's sequential test of "will buy" against "will not", by the evidence so far."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits
from ._known import log_odds


class SPRT(Policy):
    """Acts once the likelihood ratio says that no sale will come, never once it says the opposite.

    The log likelihood ratio of what was seen is the log odds less those of the base rate.  With
    errors ``alpha`` and ``beta`` it is compared with Wald's bounds [1]_,
    ``log(beta / (1 - alpha))`` and ``log((1 - beta) / alpha)``; in between one waits.  The pair of
    errors is the one that brings most on the visits to learn from, by their outcomes; where none
    brings a profit it never acts.

    Parameters
    ----------
    errors : tuple of float, default=(0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45)
        To try for both.

    Attributes
    ----------
    bounds_ : tuple of float
        Lower and upper, in log odds.

    References
    ----------
    .. [1] Wald (1945), "Sequential tests of statistical hypotheses", Annals of Mathematical
       Statistics 16.
    """

    title = "SPRT"

    def __init__(self, errors: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45)):
        self.errors = errors

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Try all pairs of errors."""
        self.base_ = float(log_odds(np.array([y.mean()]))[0])
        evidence = log_odds(visits.p) - self.base_
        events = np.arange(1, visits.n_events + 1)
        gains = np.where(visits.goes_on, economics.gain(y[:, None], events), 0.0)
        most, self.bounds_ = 0.0, (-np.inf, np.inf)
        for alpha in self.errors:
            for beta in self.errors:
                bounds = np.log(beta / (1 - alpha)), np.log((1 - beta) / alpha)
                acts = _first(evidence <= bounds[0], evidence >= bounds[1])
                brought = float(gains[acts].sum())
                if brought > most:
                    most, self.bounds_ = brought, (float(bounds[0]), float(bounds[1]))
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Act where the lower bound is reached now, and no bound was before."""
        evidence = log_odds(seen.p) - self.base_
        return _first(evidence <= self.bounds_[0], evidence >= self.bounds_[1])[:, -1]


def _first(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Tell where the lower bound is reached before any other time that a bound is reached."""
    reached = np.cumsum(low | high, axis=1)
    return low & (reached == 1)
