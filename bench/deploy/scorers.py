"""What a file of a model holds: fitted models, alone, in bags or combined by a rule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..cases import Cases
from ..cell.cell import probability_of_yes
from ..cell.views import show_only
from ..encoding import ColumnTokens
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
    """Members combined by what a rule has learnt; ``asked`` flags those that it needs."""

    members: tuple[Bag | OneModel, ...]
    asked: tuple[bool, ...]
    combine: Callable[[np.ndarray], np.ndarray]

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return np.clip(self.combine(self._of_members(cases)), 0.0, 1.0)

    def _of_members(self, cases: Cases) -> np.ndarray:
        p = np.zeros((len(cases), len(self.members)))
        for column, (member, asked) in enumerate(zip(self.members, self.asked, strict=True)):
            if asked:
                p[:, column] = member.score(cases)
        return p


@dataclass(frozen=True, eq=False)
class Blended:
    """A blend: members stacked, and trees on the features that begin where the stack ends."""

    combined: Combined
    blend: Any

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return self.blend.predict(self.combined._of_members(cases), cases.features)
