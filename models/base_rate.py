"""Base rate: what is known without looking at the case."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.model import Model, two_columns


class BaseRate(Model):
    """The share of positive fit cases, for every case: what any model has to beat."""

    title = "Base rate"
    family = "baseline"
    views = frozenset({"features"})

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Count; neither the features nor ``valid`` are read."""
        self.base_rate_ = float(np.mean(y))
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give the base rate for each case, shape (n_cases, 2)."""
        return two_columns(np.full(len(cases), self.base_rate_))
