"""A broken model: eats memory."""

import time

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: eats memory."""

    title, family, views = "Broken: eats memory", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        self.hoard_ = [np.ones(2**22) for _ in range(40)]  # 1.3 GB
        time.sleep(3600)  # until it is noticed
        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
