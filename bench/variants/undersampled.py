"""Under-sampled: only as many cases of the commoner outcome as there are of the rarer one."""

import numpy as np

from ..cases import Cases
from .rebalanced import Rebalanced, drawn_rows


class Undersampled(Rebalanced):
    """Fit cases of the commoner outcome are left out by chance until both are as many."""

    word, said = "undersampled", "under-sampled"

    def balanced(
        self, cases: Cases, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[Cases, np.ndarray]:
        """Leave cases out."""
        rows = drawn_rows(y, rng)
        return cases.take(rows), y[rows]
