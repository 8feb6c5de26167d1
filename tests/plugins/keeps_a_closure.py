"""A model that keeps what no file can hold."""

import numpy as np
from intentbench.bench.model import Model, two_columns


class KeepsAClosure(Model):
    """The base rate, kept in a function."""

    title = "Keeps a closure"
    family = "baseline"
    views = frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Keep the base rate where nobody finds it."""
        rate = float(np.mean(y))
        self.rate_ = rate
        self.answer_ = _Answer(lambda n: np.full(n, rate))
        return self

    def predict_proba(self, cases):
        """Call the function."""
        return two_columns(self.answer_.call(len(cases)))


class _Answer:
    def __init__(self, call):
        self.call = call

    def __reduce__(self):
        return _answer, (self.call(1)[0],)


def _answer(rate):
    return _Answer(lambda n: np.full(n, rate))
