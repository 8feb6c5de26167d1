"""From the evidence of a sequence to a probability."""

from collections.abc import Callable
from typing import Self

import numpy as np

from ..bench.cases import Cases
from ._calibration import calibrate

_PRIOR_CASES = 10.0


class SequenceOdds:
    """P(yes) from a sequence's log-likelihood ratio, calibrated on the valid cases.

    The ratio of a long sequence is far too sure of itself: its events repeat each other more than
    the model believes.  A sigmoid therefore weighs three columns: the ratio, the ratio per event,
    and the logarithm of the number of events, about which the models themselves say nothing.

    A case without events gets the share of positive cases among the fit cases without events,
    shrunk towards the base rate by ten cases.
    """

    def fit(
        self,
        log_ratio: Callable[[Cases], np.ndarray],
        cases: Cases,
        y: np.ndarray,
        valid: tuple[Cases, np.ndarray],
    ) -> Self:
        """Learn the sigmoid; ``log_ratio`` gives the evidence of each case, shape (n_cases,)."""
        empty = cases.events.lengths == 0
        weight = empty.sum() + _PRIOR_CASES
        self.p_empty_ = float((y[empty].sum() + _PRIOR_CASES * y.mean()) / weight)
        self.sigmoid_ = None
        if not empty.all():
            with_events = [
                (part.take(np.flatnonzero(part.events.lengths)), outcome[part.events.lengths > 0])
                for part, outcome in ((cases, y), valid)
            ]
            self.sigmoid_ = calibrate(
                lambda part: self._columns(part, log_ratio(part)), *with_events[0], with_events[1]
            )
        return self

    @staticmethod
    def _columns(cases: Cases, log_ratio: np.ndarray) -> np.ndarray:
        n_events = np.maximum(cases.events.lengths, 1)
        return np.column_stack([log_ratio, log_ratio / n_events, np.log(n_events)])

    def predict(self, cases: Cases, log_ratio: np.ndarray) -> np.ndarray:
        """Give P(yes), shape (n_cases,)."""
        if self.sigmoid_ is None:
            return np.full(len(cases), self.p_empty_)
        p = self.sigmoid_.predict(self._columns(cases, log_ratio))
        return np.where(cases.events.lengths == 0, self.p_empty_, p)
