"""A model whose parameter decides how good it is: how far from its middle minutes buy."""

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import two_columns


class Tunable(Model):
    """Minutes near ``middle`` buy; the wide shop's are near 6."""

    title, family = "Tunable", "other"
    views = frozenset({"features"})
    watches = False
    space = {"middle": ("float", 0.0, 20.0), "breaks": ("one of", False, True)}

    def __init__(self, middle=15.0, breaks=False):
        self.middle = middle
        self.breaks = breaks

    def fit(self, cases, y, *, valid):
        """Learn the base rate, or break."""
        if self.breaks:
            raise ValueError("it was asked to break")
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, cases):
        """Give the middle high probabilities."""
        far = np.abs(cases.features["minutes"].to_numpy() - self.middle)
        return two_columns(self.rate_ / (1 + far))
