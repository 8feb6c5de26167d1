"""A broken model: keeps the outcomes of every case it has ever seen."""

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import two_columns


class Broken(Model):
    """A broken model: its memory outlives a fit."""

    title, family, views = "Broken: remembers", "other", frozenset({"features"})
    seen = {}

    def fit(self, cases, y, *, valid):
        """Add the outcomes to what is known."""
        self.seen.update(zip(cases.features["noise"], y.tolist(), strict=True))
        self.rate_ = float(np.mean(list(self.seen.values())))
        return self

    def predict_proba(self, cases):
        """Look the outcomes up."""
        return two_columns([self.seen.get(x, self.rate_) for x in cases.features["noise"]])
