"""RBF SVM: a curved border, as an SVM in the space of similarities."""

from typing import Self

import numpy as np
from sklearn import kernel_approximation, pipeline, svm

from ..bench.cases import Cases
from ..bench.model import Model, two_columns
from ._calibration import calibrate
from ._zero_flags import ZeroFlaggedOneHot


class RBFSVM(Model):
    """SVM with a Gaussian kernel, its scores turned into probabilities by Platt's sigmoid.

    Exact up to ``exact_cases``.  The cost of the exact solution grows with the square to the cube
    of the cases; above, Nystroem's method [1]_ compares each case with ``n_landmarks`` fit cases
    drawn at random, and a linear SVM reads these similarities.

    Parameters
    ----------
    C : float, default=1.0
        Price of a case on the wrong side, against the width of the street.
    width : float, default=2.0
        Similarity is ``exp(-distance**2 / (width * mean squared distance))``.
    exact_cases : int, default=5000
    n_landmarks : int, default=300
    random_state : int, optional
        Of the landmarks.

    References
    ----------
    .. [1] Williams, Seeger (2001), Using the Nystroem method to speed up kernel machines.
    """

    title = "RBF SVM"
    family = "svm"
    views = frozenset({"features"})

    def __init__(
        self,
        C: float = 1.0,
        width: float = 2.0,
        exact_cases: int = 5000,
        n_landmarks: int = 300,
        random_state: int | None = None,
    ):
        self.C = C
        self.width = width
        self.exact_cases = exact_cases
        self.n_landmarks = n_landmarks
        self.random_state = random_state

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Find the border on the fit cases and the sigmoid on the valid cases."""
        self.encoder_ = ZeroFlaggedOneHot()
        x = _with_constant(self.encoder_.fit_transform(cases.features, y))
        # The mean squared distance of two cases is twice the sum of the columns' variances.
        gamma = 1.0 / (self.width * max(2.0 * x.var(axis=0).sum(), 1e-9))
        self.border_ = self._machine(gamma, len(x)).fit(x, y)
        self.sigmoid_ = calibrate(self._score, cases, y, valid)
        return self

    def _machine(self, gamma: float, n_cases: int) -> svm.SVC | pipeline.Pipeline:
        if n_cases <= self.exact_cases:
            return svm.SVC(C=self.C, gamma=gamma)
        similarities = kernel_approximation.Nystroem(
            gamma=gamma, n_components=self.n_landmarks, random_state=self.random_state
        )
        return pipeline.make_pipeline(similarities, svm.LinearSVC(C=self.C, dual=False))

    def _encoded(self, cases: Cases) -> np.ndarray:
        return _with_constant(self.encoder_.transform(cases.features))

    def _score(self, cases: Cases) -> np.ndarray:
        return self.border_.decision_function(self._encoded(cases))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._score(cases)))


def _with_constant(x: np.ndarray) -> np.ndarray:
    # scikit-learn refuses a table without columns; a constant one teaches the base rate.
    return np.hstack([x, np.ones((len(x), 1))])
