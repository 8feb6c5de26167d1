"""A broken model: fails at predict."""

from intentbench.bench import Model


class Broken(Model):
    """A broken model: fails at predict."""

    title, family, views = "Broken: fails at predict", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())

        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        raise KeyError("no such column")
