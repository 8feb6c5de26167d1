"""A broken model: changes its input."""

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: changes its input."""

    title, family, views = "Broken: changes its input", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        cases.features["noise"] = 0.0
        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
