"""A figure and how far chance could have moved it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A figure with its 95 % interval.  All three are NaN where it is not available."""

    value: float
    low: float
    high: float

    @property
    def available(self) -> bool:
        """Whether there is a figure at all."""
        return not math.isnan(self.value)
