"""Linear SVM: the widest street between the outcomes."""

from typing import Self

import numpy as np
from sklearn import svm

from ..bench.cases import Cases
from ..bench.model import Model, two_columns
from ._calibration import calibrate
from ._zero_flags import ZeroFlaggedOneHot


class LinearSVM(Model):
    """Linear support vector machine, its scores turned into probabilities by Platt's sigmoid.

    The street of [1]_ between the outcomes, with squared hinge loss.

    Parameters
    ----------
    C : float, default=0.1
        Price of a case on the wrong side, against the width of the street.

    References
    ----------
    .. [1] Cortes, Vapnik (1995), Support-vector networks.
    """

    title = "Linear SVM"
    family = "svm"
    readable = True
    views = frozenset({"features"})
    uses_weights = True
    space = {"C": ("log", 0.0001, 10.0)}

    def __init__(self, C: float = 0.1):
        self.C = C

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Find the street on the fit cases and the sigmoid on the valid cases."""
        self.encoder_ = ZeroFlaggedOneHot()
        x = _with_constant(self.encoder_.fit_transform(cases.features, y, weight))
        # The primal problem: liblinear's dual coordinate descent may not converge on wide tables.
        self.street_ = svm.LinearSVC(C=self.C, dual=False, max_iter=5000, random_state=0).fit(
            x, y, weight
        )
        self.sigmoid_ = calibrate(self._score, cases, y, valid, weight, valid_weight)
        return self

    def _encoded(self, cases: Cases) -> np.ndarray:
        return _with_constant(self.encoder_.transform(cases.features))

    def _score(self, cases: Cases) -> np.ndarray:
        # As scikit-learn's decision_function does, which for one case takes far longer to look at
        # what it is given.
        x, street = self._encoded(cases), self.street_
        return (x @ street.coef_.T + street.intercept_)[:, 0]

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._score(cases)))


def _with_constant(x: np.ndarray) -> np.ndarray:
    # scikit-learn refuses a table without columns; a constant one teaches the base rate.
    return np.hstack([x, np.ones((len(x), 1))])
