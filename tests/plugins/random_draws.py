"""A model that uses chance, a little time, and its seed."""

import time

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import two_columns


class RandomDraws(Model):
    """Probabilities drawn from the seed, after a short sleep."""

    title, family, views = "Random draws", "other", frozenset({"events"})

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, cases, y, *, valid):
        """Draw one weight a kind."""
        time.sleep(0.1)
        rng = np.random.default_rng(self.random_state)
        self.weights_ = rng.random(cases.events.n_kinds)
        return self

    def predict_proba(self, cases):
        """Average the weights of a case's events."""
        events = cases.events
        sums = np.bincount(events.owner, self.weights_[events.kind], len(events))
        return two_columns(sums / np.maximum(events.lengths, 1))
