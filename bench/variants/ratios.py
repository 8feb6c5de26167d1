"""Ratios: a model that is shown ratios, totals and differences of its columns beside them."""

import math
from typing import Self

import numpy as np
import pandas as pd

from ..cases import Cases, numbers
from ..encoding import Ordinal
from ..language.sentence import Sentence
from ..model import Explanation
from .derived import Derived, derivable, numeric_columns
from .gainful import best_apart, gains
from .variant import ModelVariant, of_weights

_MOST_PAIRED = 16
_MOST_ADDED = 10
_LEAST_OF_EITHER = 30  # outcomes among the fit cases, with fewer of which nothing is looked for
_MOST_TRIED = 12_000  # fit cases on which it is tried whether they help
_SMALLEST_P = 1e-6
_HELD = 3  # one in so many of these is held back


class Ratios(ModelVariant):
    """Adds ratios, products, differences and totals of columns, where they help the model.

    Candidates are worked out from each case's own row.  Those are added that small boosted trees
    gain most from on both halves of the fit cases, ten at most.  The model itself is then fitted
    on two thirds of the fit cases, with them and without: if it predicts the last third no better
    with them, none is added.

    Attributes
    ----------
    added_ : tuple of Derived
        What is added; may be empty.
    """

    word, said = "ratios", "with ratios"
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
        self.added_: tuple[Derived, ...] = ()
        if np.bincount(y, minlength=2).min() >= _LEAST_OF_EITHER:
            found = self._found(cases.features, y, weight, int(rng.integers(2**31)))
            if found and self._helps(found, cases, y, weight, rng):
                self.added_ = found
        self.model_ = self.new_model().fit(
            _with(cases, self.added_),
            y,
            valid=(_with(valid[0], self.added_), valid[1]),
            **of_weights(weight, valid_weight),
        )
        return self

    def _found(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, seed: int
    ) -> tuple[Derived, ...]:
        columns = numeric_columns(features)
        # In an order that the columns' own does not decide.
        encoder = Ordinal()
        plain = encoder.fit_transform(features[sorted(features)], y, weight)
        coded = np.flatnonzero(encoder.categorical_)
        paired = list(columns)
        if len(paired) > _MOST_PAIRED:
            of_column = dict(zip(encoder.names_, gains(plain, y, weight, coded, seed), strict=True))
            paired = sorted(sorted(paired, key=lambda name: -of_column[name])[:_MOST_PAIRED])
        candidates = derivable(columns, paired)
        if not candidates:
            return ()
        made = np.column_stack([each.of(columns) for each in candidates])
        gain = gains(np.hstack([plain, made]), y, weight, coded, seed)[plain.shape[1] :]
        return tuple(candidates[j] for j in best_apart(made, gain, _MOST_ADDED))

    def _helps(
        self,
        found: tuple[Derived, ...],
        cases: Cases,
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
        for added in ((), found):
            shown, watched = _with(cases.take(fit), added), _with(cases.take(held), added)
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
        return self.model_.predict_proba(_with(cases, self.added_))

    def explain(self) -> tuple[Explanation, ...]:
        """Name the columns that were added, then say what the model learnt."""
        found = self.model_.explain()
        learnt = () if found is None else (found,) if isinstance(found, Explanation) else found
        reading = Sentence(
            "Columns that were worked out from others of the same case, {n}; they are looked for "
            "anew in each fold, and none is added where the model predicts no better with them.",
            n=len(self.added_),
        )
        added = Explanation(
            "table",
            reading,
            (Sentence("column"),),
            tuple((each.name,) for each in self.added_),
            title=Sentence("the columns added"),
        )
        return (added, *learnt)[:6]


def _with(cases: Cases, added: tuple[Derived, ...]) -> Cases:
    if not added:
        return cases
    needed = {name for each in added for name in each.columns}
    columns = {name: numbers(cases.features[name]) for name in needed}
    made = pd.DataFrame({each.name: each.of(columns) for each in added}, index=cases.features.index)
    return Cases(pd.concat([cases.features, made], axis=1), cases.events)
