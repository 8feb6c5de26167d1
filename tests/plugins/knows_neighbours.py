"""A broken model: looks at its neighbours."""

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: looks at its neighbours."""

    title, family, views = "Broken: looks at its neighbours", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())

        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        p = p + 0.1 * np.linspace(-1, 1, len(p))
        return np.column_stack([1 - p, p])
