"""A model that predicts many cases, and ends its process when it is asked about one."""

import os

import numpy as np
from intentbench.bench.model import Model, two_columns


class DiesAlone(Model):
    """Gives the base rate, to companies."""

    title, family, views = "Dies alone", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, cases):
        """Answer, unless a single case asks."""
        if len(cases) == 1:
            os._exit(3)
        return two_columns(np.full(len(cases), self.rate_))
