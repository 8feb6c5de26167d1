"""A model that works and takes its time, so that a run can be interrupted in its middle."""

import time

from intentbench.bench import TabularModel
from sklearn.linear_model import LogisticRegression


class Unhurried(TabularModel):
    """Logistic regression after a pause."""

    title, family = "Unhurried", "linear"

    def estimator(self):
        """Build the classifier, slowly."""
        time.sleep(0.15)
        return LogisticRegression(max_iter=1000)
