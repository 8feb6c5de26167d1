"""Added: a model that is shown further columns beside its own, where they help it."""

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from ..cases import Cases
from ..language.sentence import Sentence
from ..model import Explanation
from .variant import ModelVariant, of_weights

MOST_ADDED = 10
MOST_PAIRED = 16
_LEAST_OF_EITHER = 30  # outcomes among the fit cases, with fewer of which nothing is looked for
_MOST_TRIED = 12_000  # fit cases on which it is tried whether they help
_SMALLEST_P = 1e-6
_HELD = 3  # one in so many of these is held back


class Added(ModelVariant):
    """Adds columns that a subclass looks for on the fit cases, where they help the model.

    The model is fitted on two thirds of the fit cases, with them and without: if it predicts the
    last third no better with them, none is added.

    Attributes
    ----------
    added_ : tuple
        What is added, each with its ``name``; may be empty.
    """

    needs = ("lightgbm",)

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Find the columns on the fit cases, and fit the model with them."""
        rng = np.random.default_rng(self.random_state)
        self.added_: tuple[Any, ...] = ()
        shown = cases
        if np.bincount(y, minlength=2).min() >= _LEAST_OF_EITHER:
            found = self._found(cases.features, y, weight, int(rng.integers(2**31)))
            more = _with(cases, self._of_fit(found, cases.features))
            if found and self._helps(cases, more, y, weight, rng):
                self.added_, shown = found, more
        self.model_ = self.new_model().fit(
            shown, y, valid=(self._shown(valid[0]), valid[1]), **of_weights(weight, valid_weight)
        )
        return self

    @abstractmethod
    def _found(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, seed: int
    ) -> tuple[Any, ...]:
        """Look for columns on the fit cases."""

    @abstractmethod
    def _of(self, added: Sequence[Any], features: pd.DataFrame) -> Mapping[str, np.ndarray]:
        """Give the columns of cases that were not fitted on, by name."""

    def _of_fit(self, added: Sequence[Any], features: pd.DataFrame) -> Mapping[str, np.ndarray]:
        """Give the columns of the fit cases, by name."""
        return self._of(added, features)

    @abstractmethod
    def _reading(self) -> Sentence:
        """Say what was added."""

    def _helps(
        self,
        plain: Cases,
        more: Cases,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> bool:
        """Tell whether the model predicts fit cases that are held back better with the columns."""
        part = np.full(len(y), -1)
        for outcome in (0, 1):
            rows = rng.permutation(np.flatnonzero(y == outcome))
            rows = rows[: math.ceil(len(rows) * min(1.0, _MOST_TRIED / len(y)))]
            part[rows] = np.arange(len(rows)) % _HELD
        fit, held = np.flatnonzero(part > 0), np.flatnonzero(part == 0)
        losses = []
        for cases in (plain, more):
            shown, watched = cases.take(fit), cases.take(held)
            of_fit = None if weight is None else weight[fit]
            of_held = None if weight is None else weight[held]
            model = self.new_model().fit(
                shown, y[fit], valid=(watched, y[held]), **of_weights(of_fit, of_held)
            )
            p = model.predict_proba(watched)[np.arange(len(held)), y[held]]
            losses.append(np.average(-np.log(np.maximum(p, _SMALLEST_P)), weights=of_held))
        return losses[1] < losses[0]

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.model_.predict_proba(self._shown(cases))

    def explain(self) -> tuple[Explanation, ...]:
        """Name the columns that were added, then say what the model learnt."""
        added = Explanation(
            "table",
            self._reading(),
            (Sentence("column"),),
            tuple((each.name,) for each in self.added_),
            title=Sentence("the columns added"),
        )
        return self.explained_after(added)

    def _shown(self, cases: Cases) -> Cases:
        return _with(cases, self._of(self.added_, cases.features) if self.added_ else {})


def _with(cases: Cases, made: Mapping[str, np.ndarray]) -> Cases:
    if not made:
        return cases
    columns = pd.DataFrame(dict(made), index=cases.features.index)
    return Cases(pd.concat([cases.features, columns], axis=1), cases.events)
