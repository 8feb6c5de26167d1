"""A broken model: fails at fit."""

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: fails at fit."""

    title, family, views = "Broken: fails at fit", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        raise ValueError("the moon is in the wrong house")
        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
