"""A broken model: returns one column."""

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: returns one column."""

    title, family, views = "Broken: returns one column", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())

        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return p
