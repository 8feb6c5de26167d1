"""TabularModel: a scikit-learn classifier as a model plugin."""

from abc import abstractmethod
from typing import ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin

from .cases import Cases
from .encoding import Ordinal, ScaledOneHot
from .model import Model


class TabularModel(Model):
    """Encodes the tabular view, then fits the classifier that ``estimator`` builds.

    ``encoder`` is the encoder's class; ``encoder_`` and ``estimator_`` are what was fitted.  Set
    ``uses_weights`` where the classifier's ``fit`` takes a ``sample_weight``.  A class with a
    ``fit`` of its own says in ``watches`` whether that reads the valid cases.
    """

    views = frozenset({"features"})
    watches = False
    encoder: ClassVar[type[ScaledOneHot] | type[Ordinal]] = ScaledOneHot

    def __init_subclass__(cls, **more: object) -> None:
        super().__init_subclass__(**more)
        if "fit" in vars(cls) and "watches" not in vars(cls):
            cls.watches = True

    @abstractmethod
    def estimator(self) -> ClassifierMixin:
        """Build the unfitted classifier from the model's keywords."""

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn the encoding and the classifier from the fit cases; ``valid`` is not used.

        Parameters
        ----------
        cases : Cases of length n_cases
        y : ndarray of int8, shape (n_cases,)
        valid : tuple of Cases and ndarray
            Not used.
        weight, valid_weight : ndarray, optional
            As in ``Model``; the latter is not used.
        """
        x = self.encode_fit_cases(cases, y, weight)
        of_cases = {} if weight is None else {"sample_weight": weight}
        self.estimator_ = self.estimator().fit(x, y, **of_cases)
        return self

    def encode_fit_cases(
        self, cases: Cases, y: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Learn the encoding, and encode the fit cases without showing them their own outcomes.

        Parameters
        ----------
        cases : Cases of length n_cases
        y : ndarray of int8, shape (n_cases,)
        weight : ndarray, shape (n_cases,), optional
            How many cases each stands for.
        """
        self.encoder_ = self.encoder()
        x = self.encoder_.fit_transform(cases.features, y, weight)
        return x if x.shape[1] else np.zeros((len(cases), 1))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2).

        Parameters
        ----------
        cases : Cases of length n_cases
        """
        return self.estimator_.predict_proba(self.encoded(cases))

    def encoded(self, cases: Cases) -> np.ndarray:
        """Encode cases that were not fitted on, shape (n_cases, n_columns).

        Parameters
        ----------
        cases : Cases of length n_cases
        """
        x = self.encoder_.transform(cases.features)
        # Without a column there is still a base rate: a constant lets every classifier learn it.
        return x if x.shape[1] else np.zeros((len(cases), 1))
