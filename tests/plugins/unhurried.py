"""A model that works and takes its time, so that a run can be interrupted in its middle.

Where ``UNHURRIED_WHILE`` names a file, it waits until that is gone, and tells by an empty file
beside it that it does.
"""

import os
import time
from pathlib import Path

from intentbench.bench import TabularModel
from sklearn.linear_model import LogisticRegression


class Unhurried(TabularModel):
    """Logistic regression after a pause."""

    title, family = "Unhurried", "linear"

    def estimator(self):
        """Build the classifier, slowly."""
        time.sleep(0.15)
        hold = Path(os.environ.get("UNHURRIED_WHILE", "/no such file"))
        if hold.exists():
            hold.with_name(f"waits-{os.getpid()}").touch()
        while hold.exists():
            time.sleep(0.01)
        return LogisticRegression(max_iter=1000)
