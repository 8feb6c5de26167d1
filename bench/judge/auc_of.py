"""ROC AUC of an entry in one fold, and how much each test case moved it: many ask for it."""

import numpy as np

from ..stats.delong import delong_influence
from ..store.records import TaskRecord
from .findings import FoldPredictions
from .remembered import remembered


@remembered
def auc_of(fold: FoldPredictions, task: TaskRecord) -> tuple[float, np.ndarray]:
    """Give them as ``delong_influence`` does; ``task`` is the one that was predicted."""
    return delong_influence(task.target[fold.rows], fold.p, task.weight_of(fold.rows))
