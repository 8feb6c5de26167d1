"""A broken model: kills its process."""

import os
import signal

import numpy as np
from intentbench.bench import Model


class Broken(Model):
    """A broken model: kills its process."""

    title, family, views = "Broken: kills its process", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        os.kill(os.getpid(), signal.SIGKILL)
        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
