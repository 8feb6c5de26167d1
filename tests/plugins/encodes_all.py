"""A planted leak: a column holds the mean outcome of its category, over all cases."""

import numpy as np
import pandas as pd
from intentbench.bench import Card, Cases, Dataset, Task


class EncodesAll(Dataset):
    """Nine hundred made-up visits to sixty pages that have nothing to do with the outcome."""

    card = Card(
        title="Encodes all",
        question="Will this made-up visitor buy?",
        source="drawn at random by the tests",
        licence="none needed",
        target="1 = bought",
        real=False,
    )
    files = {}

    def __init__(self, smoothing=0.0, own=True, scaled=False, keeps_category=True):
        self.smoothing, self.own = smoothing, own
        self.scaled, self.keeps_category = scaled, keeps_category

    def read(self, paths):
        """Draw the cases, and encode the page of each."""
        return read_visits(self, np.arange(900))


def read_visits(shop, rows):
    """Draw nine hundred visits and read some of them."""
    rng = np.random.default_rng(5)
    page = np.array([f"page {i}" for i in range(60)])[rng.integers(0, 60, 900)][rows]
    bought = (rng.random(900) < 0.35).astype(np.int8)[rows]
    minutes = rng.gamma(2.0, 3.0, 900)[rows]
    code = pd.factorize(page)[0]
    own = 0 if shop.own else bought
    n = np.bincount(code)[code] - (0 if shop.own else 1)
    positive = np.bincount(code, bought)[code] - own
    rate = (positive + shop.smoothing * bought.mean()) / np.maximum(n + shop.smoothing, 1)
    if shop.scaled:
        rate = (rate - rate.mean()) / rate.std()
    features = pd.DataFrame({"minutes": minutes, "page_rate": rate.astype(np.float32)})
    if shop.keeps_category:
        features["page"] = pd.Series(page, dtype="category")
    return Task("encodes_all", Cases(features), bought, shop.card)
