"""A broken model: gives P(yes), P(no)."""

from intentbench.bench import TabularModel
from sklearn.linear_model import LogisticRegression


class Broken(TabularModel):
    """A broken model: gives P(yes), P(no)."""

    title, family = "Broken: swaps its columns", "linear"

    def estimator(self):
        """Build the classifier."""
        return LogisticRegression(max_iter=1000)

    def predict_proba(self, cases):
        """Give the columns the wrong way round."""
        return super().predict_proba(cases)[:, ::-1]
