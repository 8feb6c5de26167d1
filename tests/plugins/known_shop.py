"""A made-up shop with a parameter, whose true probabilities are known."""

import numpy as np
import pandas as pd
from intentbench.bench import Card, Cases, Dataset


class KnownShop(Dataset):
    """Visits whose one column is the probability that they end in a purchase."""

    card = Card(
        title="Known shop",
        question="Will this made-up visitor buy?",
        source="drawn at random by the tests",
        licence="none needed",
        target="1 = bought",
        real=False,
    )

    def __init__(self, n_cases=200, seed=0):
        self.n_cases = n_cases
        self.seed = seed

    def read(self, paths):
        """Draw the cases."""
        rng = np.random.default_rng(self.seed)
        p = rng.random(self.n_cases)
        target = rng.random(self.n_cases) < p
        return self.task(Cases(pd.DataFrame({"p": p})), target, truth={"features": p})
