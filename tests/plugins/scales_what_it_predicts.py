"""A planted leak: scales its input by the cases that it predicts together."""

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import two_columns
from sklearn.linear_model import LogisticRegression


class ScalesTogether(Model):
    """Logistic regression whose scaler is fitted on whatever is predicted."""

    title, family, views = "Leaks: scales together", "linear", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn from scaled fit cases."""
        self.model_ = LogisticRegression().fit(self._scaled(cases), y)
        return self

    def predict_proba(self, cases):
        """Answer for cases that were scaled by their own mean and spread."""
        return two_columns(self.model_.predict_proba(self._scaled(cases))[:, 1])

    def _scaled(self, cases):
        x = cases.features.select_dtypes("number").fillna(0.0).to_numpy(dtype=float)
        return (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
