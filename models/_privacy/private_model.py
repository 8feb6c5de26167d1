"""A model that needs to be told what is public, before it sees a case."""

import pandas as pd

from ...bench.model import Model
from .budget import Budget
from .public_columns import PublicColumns


class PrivateModel(Model):
    """A model with the keywords ``epsilon``, ``bounds`` and ``categories``."""

    def check_stated(self, features: pd.DataFrame) -> None:
        """Raise if they are missing, or do not fit the columns."""
        Budget(self.epsilon)
        PublicColumns(self.bounds, self.categories, n_steps=2).fit(features)
