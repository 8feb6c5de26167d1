"""Base rate: what is known without looking at the case."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.fit_blocks import FitBlocks
from ..bench.model import Model, two_columns


class BaseRate(Model):
    """The share of positive fit cases, for every case: what any model has to beat."""

    title = "Base rate"
    family = "baseline"
    views = frozenset({"features"})
    uses_weights = True
    watches = False

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Count; neither the features nor ``valid`` are read."""
        self.base_rate_ = float(np.average(y, weights=weight))
        return self

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Count the outcomes of cases on disk."""
        self.base_rate_ = float(np.average(blocks.target, weights=blocks.weight))
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give the base rate for each case, shape (n_cases, 2)."""
        return two_columns(np.full(len(cases), self.base_rate_))
