"""A model that works: logistic regression."""

from intentbench.bench import TabularModel
from sklearn.linear_model import LogisticRegression


class Steady(TabularModel):
    """Logistic regression, as an author outside the house would write it."""

    title, family = "Steady", "linear"

    def __init__(self, C=1.0):
        self.C = C

    def estimator(self):
        """Build the classifier."""
        return LogisticRegression(C=self.C, max_iter=1000)
