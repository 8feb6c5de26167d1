"""Synthetic: a model that learns from rows that a generator made up, beside real ones or alone."""

from abc import abstractmethod
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from ..cases import Cases
from ..errors import ModelError
from ..events import Events
from ..model import Explanation
from .nearest_rows import nearest_rows, told
from .variant import ModelVariant


class Synthetic(ModelVariant):
    """A model of made-up rows, as many of either outcome as there are fit cases of it.

    The generator learns from fit cases alone.  Valid cases, which a model may watch, are real.
    A subclass says in ``alone`` whether the model sees made-up rows only: trained on synthetic,
    tested on real.
    """

    uses_weights = False
    alone: ClassVar[bool] = False

    @abstractmethod
    def made(
        self, features: pd.DataFrame, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Make up as many rows of either outcome as there are, in columns of the same types.

        Parameters
        ----------
        features : DataFrame of n_cases rows
            Of the fit cases; at least one column.
        y : ndarray of int8, shape (n_cases,)
        rng : numpy.random.Generator

        Returns
        -------
        DataFrame of n_cases rows, ndarray of int8, shape (n_cases,)
        """

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn the generator from the fit cases, and fit the model on what it makes up."""
        if "events" in self.views:
            raise ModelError(
                f"{type(self.model).__name__} reads events, and rows are made up of features; "
                f"+{self.word} is for models of features."
            )
        rng = np.random.default_rng(self.random_state)
        shown, outcomes, self.nearest_ = cases, y, None
        if cases.features.shape[1]:
            made, of_made = self.made(cases.features, y, rng)
            if len(valid[0]):
                self.nearest_ = nearest_rows(cases.features, made, valid[0].features, rng)
            outcomes = of_made if self.alone else np.concatenate([y, of_made])
            if not self.alone:
                made = pd.concat([cases.features, made], ignore_index=True)
            shown = Cases(made[list(cases.features)], Events.none(len(outcomes)))
        self.model_ = self.new_model().fit(shown, outcomes, valid=valid)
        return self

    def explain(self) -> tuple[Explanation, ...]:
        """Tell how near made-up rows lie to real ones, then what the model learnt."""
        own = () if self.nearest_ is None else (told(self.nearest_),)
        return self.explained_after(*own)
