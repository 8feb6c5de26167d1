"""Selected: a model that is shown the columns that tell something of the outcome, and no others."""

from abc import abstractmethod
from typing import Self

import numpy as np
import pandas as pd

from ..cases import Cases
from ..encoding import Ordinal
from ..language.sentence import Sentence
from ..model import Explanation, Model
from .variant import ModelVariant, of_weights

_MOST_NAMED = 40


class Selected(ModelVariant):
    """A model of some of the columns, chosen on its fit cases; without any, of all.

    Attributes
    ----------
    columns_ : tuple of str
        Those that were kept.
    """

    @abstractmethod
    def telling(
        self,
        features: pd.DataFrame,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Say of each column whether it is kept, shape (n_columns,), bool.

        Parameters
        ----------
        features : DataFrame of n_cases rows
            Of the fit cases; at least two columns.
        y : ndarray of int8, shape (n_cases,)
        weight : ndarray, shape (n_cases,), or None
            How many cases each stands for.
        rng : numpy.random.Generator
        """

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Choose columns on the fit cases, and fit the model on these columns."""
        names = list(cases.features)
        kept = np.ones(len(names), dtype=bool)
        if len(names) > 1:
            # In an order that the columns' own does not decide.
            order = np.argsort(names, kind="stable")
            rng = np.random.default_rng(self.random_state)
            kept[order] = self.telling(cases.features.iloc[:, order], y, weight, rng)
        self.columns_ = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
        self.columns_ = self.columns_ or tuple(names)
        self.n_columns_ = len(names)
        self.model_ = self.new_model().fit(
            self._shown(cases),
            y,
            valid=(self._shown(valid[0]), valid[1]),
            **of_weights(weight, valid_weight),
        )
        return self

    def _shown(self, cases: Cases) -> Cases:
        return Cases(cases.features[list(self.columns_)], cases.events)

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.model_.predict_proba(self._shown(cases))

    def explain(self) -> tuple[Explanation, ...]:
        """Name the columns that were kept, then say what the model learnt."""
        kept = Explanation(
            "table",
            Sentence(
                "The columns that were kept, {n} of {all}; they are chosen anew in each fold.",
                n=len(self.columns_),
                all=self.n_columns_,
            ),
            (Sentence("column"),),
            tuple((name,) for name in self.columns_[:_MOST_NAMED]),
            title=Sentence("the columns kept"),
        )
        return self.explained_after(kept)


def kept_columns(fitted: Model) -> tuple[str, ...]:
    """Name the columns that a fitted model kept, or that one inside it did; none of others."""
    while isinstance(fitted, ModelVariant):
        if isinstance(fitted, Selected):
            return fitted.columns_
        fitted = fitted.model_
    return ()


def encoded_by_column(
    features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, encoder: type = Ordinal
) -> list[np.ndarray]:
    """Encode each column for itself, of shape (n_cases, its number of encoded columns)."""
    return [encoder().fit_transform(features[[name]], y, weight) for name in features]
