"""A planted leak: its scaler goes on learning from every case that it predicts."""

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import two_columns
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


class KeepsScaling(Model):
    """Logistic regression whose scaler is fitted on all cases, as they come."""

    title, family, views = "Leaks: keeps scaling", "linear", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn from scaled fit cases."""
        self.scaler_ = StandardScaler()
        self.model_ = LogisticRegression()
        self.model_.fit(self.scaler_.fit_transform(self._numbers(cases)), y)
        return self

    def predict_proba(self, cases):
        """Answer, with a scaler that has seen these cases too."""
        x = self._numbers(cases)
        self.scaler_.partial_fit(x)
        return two_columns(self.model_.predict_proba(self.scaler_.transform(x))[:, 1])

    def _numbers(self, cases):
        return np.nan_to_num(cases.features.select_dtypes("number").to_numpy(dtype=float))
