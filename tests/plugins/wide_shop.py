"""A made-up shop with enough cases to learn from their features a second time."""

import numpy as np
import pandas as pd
from intentbench.bench import Card, Cases, Dataset, Task


class WideShop(Dataset):
    """Nine hundred made-up visits, each of its own visitor."""

    card = Card(
        title="Wide shop",
        question="Will this made-up visitor buy?",
        source="drawn at random by the tests",
        licence="none needed",
        target="1 = bought",
        real=False,
    )
    files = {}
    n_cases, n_positive = 900, 315

    def read(self, paths):
        """Draw the cases."""
        rng = np.random.default_rng(5)
        pages, minutes = rng.poisson(6, 900), rng.gamma(2.0, 3.0, 900)
        odds = 0.3 * (pages - 6) + 2.0 * (np.abs(minutes - 6) < 2) - 1.5
        bought = rng.random(900) < 1 / (1 + np.exp(-odds))
        features = pd.DataFrame({"pages": pages, "minutes": minutes})
        return Task(self.name, Cases(features), bought.astype(np.int8), self.card)
