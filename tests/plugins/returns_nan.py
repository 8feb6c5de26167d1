"""A broken model: returns NaN."""

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: returns NaN."""

    title, family, views = "Broken: returns NaN", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())

        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p * np.nan])
