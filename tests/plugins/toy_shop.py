"""A small made-up shop with both views, groups and times, for tests of the harness."""

import numpy as np
from intentbench.bench import Card, Dataset, Task
from intentbench.bench.conformance.toy_task import make_parts


class ToyShop(Dataset):
    """Six hundred made-up cases of two hundred customers."""

    card = Card(
        title="Toy shop",
        question="Will this made-up customer buy?",
        source="drawn at random by the tests",
        licence="none needed",
        target="1 = bought",
        real=False,
        caveats=("Made up.",),
        horizon_days=1.0,
    )
    files = {}
    n_cases, n_positive = 480, 183

    def read(self, paths):
        """Draw the cases."""
        parts = make_parts(7)
        n_cases = len(parts.fit)
        week = np.arange(n_cases) % 8
        return Task(
            name=self.name,
            cases=parts.fit,
            target=parts.y_fit,
            card=self.card,
            group=np.arange(n_cases) // 3,
            time=np.datetime64("2024-01-01", "s") + week * np.timedelta64(7, "D"),
        )
