"""What a run notes of its searches: the configurations, each trial, and what was chosen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TrialCell:
    """A stored cell of a trial: its key, and the digest of its notes."""

    key: str
    sha256: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{40}", self.key):
            raise ValueError(f"{self.key!r} is no key of a cell")


@dataclass(frozen=True)
class TrialRecord:
    """One configuration tried on a share of a fold's fit cases.

    Parameters
    ----------
    configuration : int
        Its number in the list; 0 is the model's own parameters.
    share : float
        Of the fit cases; 1 for all.
    figures : tuple of float
        ROC AUC and log loss of the fold's valid cases; none where it failed.
    seconds : float
        To fit and predict, over the inner splits.
    message : str
        Why it failed.
    cells : tuple of TrialCell
        One for each inner split.
    """

    configuration: int
    share: float
    figures: tuple[float, ...]
    seconds: float
    message: str = ""
    cells: tuple[TrialCell, ...] = ()


@dataclass(frozen=True)
class SearchRecord:
    """What was tried for one model in one fold.

    ``model`` is the name of the entry with the parameters ``chosen``, which numbers them in
    ``configurations`` and is -1 if nothing worked; ``base`` is that of the model's own parameters.
    ``seed`` is the run's first one.
    """

    task: str
    model: str
    base: str
    fold: int
    seed: int
    configurations: tuple[Mapping[str, Any], ...]
    trials: tuple[TrialRecord, ...]
    chosen: int
