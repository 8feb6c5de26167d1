"""What a file of a model holds: fitted models, alone, in bags or combined by a rule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..cases import Cases
from ..cell.cell import probability_of_yes
from ..cell.views import show_only
from ..encoding import ColumnTokens
from ..ensembles.blending import Blend
from ..metrics.calibrators import Calibrate
from ..model import Model


class Scorer(Protocol):
    """Anything that scores cases."""

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""


@dataclass(frozen=True, eq=False)
class OneModel:
    """A fitted model.

    ``tokens`` give it the events that are derived from the table, where it reads such.
    """

    model: Model
    tokens: ColumnTokens | None = None

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        if self.tokens is not None:
            cases = Cases(cases.features, self.tokens.transform(cases.features))
        return probability_of_yes(self.model, show_only(cases, self.model.views), "new")


@dataclass(frozen=True, eq=False)
class Bag:
    """Models that were fitted on different parts of the same cases: their mean."""

    scorers: tuple[OneModel, ...]

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return np.mean([scorer.score(cases) for scorer in self.scorers], axis=0)


@dataclass(frozen=True, eq=False)
class Combined:
    """Members combined by what a rule has learnt.

    Parameters
    ----------
    members : tuple of OneModel or Bag
        Those that it asks.
    columns : tuple of int
        Where each one's probabilities stand in what ``combine`` reads; others have weight 0.
    combine : callable
        ``(p of shape (n_cases, n_columns)) -> P(target = 1) of shape (n_cases,)``.
    n_columns : int
    """

    members: tuple[Bag | OneModel, ...]
    columns: tuple[int, ...]
    combine: Callable[[np.ndarray], np.ndarray]
    n_columns: int

    def of_members(self, cases: Cases) -> np.ndarray:
        """Give the members' probabilities, shape (n_cases, n_columns)."""
        p = np.zeros((len(cases), self.n_columns))
        for column, member in zip(self.columns, self.members, strict=True):
            p[:, column] = member.score(cases)
        return p

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return np.clip(self.combine(self.of_members(cases)), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Blended:
    """A blend: trees on the features that begin where the stacked members end."""

    combined: Combined
    blend: Blend

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return np.clip(
            self.blend.predict(self.combined.of_members(cases), cases.features), 0.0, 1.0
        )


@dataclass(frozen=True, eq=False)
class Recalibrated:
    """Another scorer, whose probabilities a map learnt on labels makes truer."""

    scorer: Scorer
    calibrate: Calibrate

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return np.clip(self.calibrate(self.scorer.score(cases)), 0.0, 1.0)
