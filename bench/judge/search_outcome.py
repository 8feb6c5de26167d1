"""What a search for the parameters of a model brought on a task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .findings import Gap


@dataclass(frozen=True)
class BudgetPoint:
    """What the first ``size`` configurations bring: ROC AUC of the best, mean over folds.

    ``inner`` is on the valid cases by which it was chosen, ``outer`` on test cases.
    """

    size: int
    inner: float
    outer: float

    @property
    def optimism(self) -> float:
        """How much better it looks where it was chosen than where it is tested."""
        return self.inner - self.outer


@dataclass(frozen=True)
class SearchOutcome:
    """A searched model on a task.

    Parameters
    ----------
    name, title : str
        Of the entry with the chosen parameters.
    base : str
        Name of the entry with the model's own parameters.
    gain : Gap or None
        Over the model's own parameters; None where one of the two failed.
    n_configurations : int
        Tried in each fold, the model's own parameters among them.
    n_fits : float
        What these cost a fold, in fits on all of its fit cases.
    seconds : float
        What they took a fold.
    by_budget : tuple of BudgetPoint
        From the model's own parameters alone to all configurations.
    chosen : tuple of mapping or None
        In each fold the parameters that are not the model's own; None where nothing worked.
    failures : tuple of str
        Why configurations failed, each reason once.
    n_failed : int
        Configurations that failed, over all folds.
    """

    name: str
    title: str
    base: str
    gain: Gap | None
    n_configurations: int
    n_fits: float
    seconds: float
    by_budget: tuple[BudgetPoint, ...]
    chosen: tuple[Mapping[str, Any] | None, ...]
    failures: tuple[str, ...] = ()
    n_failed: int = 0
