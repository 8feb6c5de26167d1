"""Several inner splits of few cases: what is learnt on single models is applied to their mean."""

from collections.abc import Sequence

from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

SEVERAL = "several inner splits of few cases"
_FEW = 1000


def several_inner_splits(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for folds that learn thresholds on too few predictions of single models.

    ``benchmarks/inner_splits.py`` measures what it costs.
    """
    n_splits = max(len(fold.splits) for fold in folds)
    n_valid = min(len(fold.valid) for fold in folds)
    if n_splits == 1 or n_valid >= _FEW:
        return []
    return [
        Finding(
            SEVERAL,
            False,
            f"each of a fold's {n_valid} valid cases is predicted by one of {n_splits} models, and "
            "its test cases by their mean",
            "Probabilities of a mean are less spread than those that thresholds and calibrators "
            "were learnt on: with a few hundred cases a budget of 5 % acted on 2 to 3 points "
            "fewer.",
            "Ask for one inner split (--inner 1) where a budget must be used up.",
        )
    ]
