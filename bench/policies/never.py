"""Never: nobody is acted upon."""

from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits


class Never(Policy):
    """Acts on nobody: what all others are compared with, and what happened in the log."""

    title = "Never"

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Learn nothing."""
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Wait."""
        return np.zeros(len(seen.p), dtype=bool)
