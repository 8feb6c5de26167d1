"""What a file of a model holds: fitted models, alone, in bags or combined by a rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from ..cases import Cases
from ..cell.cell import probability_of_yes
from ..cell.views import readied, show_only
from ..embedding import Embedding
from ..encoding import ColumnTokens
from ..ensembles.blending import Blend
from ..metrics.calibrators import Calibrate
from ..model import Model

_FEW = 64


class Scorer(Protocol):
    """Anything that scores cases."""

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""


@dataclass(frozen=True, eq=False)
class OneModel:
    """A fitted model.

    ``tokens`` give it the events that are derived from the table, where it reads such;
    ``embedding`` the numbers of texts and vectors, where the table has such.
    """

    model: Model
    tokens: ColumnTokens | None = None
    embedding: Embedding | None = None

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return self.readied(self.shown(cases))()

    def shown(self, cases: Cases) -> Cases:
        """Give the cases as the model is shown them."""
        return show_only(readied(cases, self.embedding, self.tokens), self.model.views)

    def readied(self, shown: Cases) -> Callable[[], np.ndarray]:
        """Encode the cases, where the model parts that from the rest; gives what scores them."""
        model = self.model
        ask = model.readied(shown) if hasattr(model, "readied") else None
        return partial(probability_of_yes, model, shown, "new", ask)

    @property
    def models(self) -> "tuple[OneModel, ...]":
        """Itself."""
        return (self,)


@dataclass(frozen=True, eq=False)
class Bag:
    """Models that were fitted on different parts of the same cases: their mean."""

    scorers: tuple[OneModel, ...]

    def score(self, cases: Cases) -> np.ndarray:
        """Give P(target = 1) of each case, shape (n_cases,)."""
        return _of_each([self], cases)[0]

    @property
    def models(self) -> tuple[OneModel, ...]:
        """The models."""
        return self.scorers


def _of_each(scorers: "Sequence[OneModel | Bag]", cases: Cases) -> list[np.ndarray]:
    """Give what each one says, shape (n_cases,).

    TensorFlow's threads wait busily for a while after each call.  A few cases are encoded for all
    models before the first is asked, no time passes between one and the next, and networks are
    asked by one call.
    """
    models = [model for scorer in scorers for model in scorer.models]
    if len(cases) > _FEW:  # what was encoded would fill the memory
        said = iter([model.score(cases) for model in models])
    else:
        said = iter(_asked_together(models, cases))
    return [np.mean([next(said) for _ in scorer.models], axis=0) for scorer in scorers]


def _asked_together(models: Sequence[OneModel], cases: Cases) -> list[np.ndarray]:
    """Give what each model says; those that can be asked by one call are."""
    shown = [model.shown(cases) for model in models]
    by_call: dict[Callable, list[int]] = {}
    for at, one in enumerate(models):
        if hasattr(one.model, "readied_together"):
            by_call.setdefault(one.model.readied_together, []).append(at)
    by_call = {call: rows for call, rows in by_call.items() if len(rows) > 1}
    in_calls = {at for rows in by_call.values() for at in rows}
    alone = [(at, one.readied(shown[at])) for at, one in enumerate(models) if at not in in_calls]
    together = [
        (rows, call([models[at].model for at in rows], [shown[at] for at in rows]))
        for call, rows in by_call.items()
    ]
    said = {at: ask() for at, ask in alone}
    for rows, ask in together:
        for at, proba in zip(rows, ask(), strict=True):
            model = models[at].model
            said[at] = probability_of_yes(model, shown[at], "new", lambda proba=proba: proba)
    return [said[at] for at in range(len(models))]


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
        for column, of_member in zip(self.columns, _of_each(self.members, cases), strict=True):
            p[:, column] = of_member
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
