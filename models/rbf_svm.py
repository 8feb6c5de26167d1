"""RBF SVM: a curved border, as an SVM in the space of similarities."""

from typing import Self

import numpy as np
from sklearn import kernel_approximation

from ..bench.cases import Cases
from ..bench.model import Model, two_columns
from ._calibration import LEAST_OF_EITHER, calibrate, calibrated_log_losses, is_clearly_lower
from ._squared_hinge import SquaredHinge
from ._zero_flags import ZeroFlaggedOneHot

# A few hundred slopes hang on more cases by less than on the draw of the landmarks.
_MOST_COMPARED = 100_000


class RBFSVM(Model):
    """SVM with a Gaussian kernel, its scores turned into probabilities by Platt's sigmoid.

    Nystroem's method [1]_ compares each case with ``n_landmarks`` fit cases drawn at random, and a
    linear SVM with squared hinge loss reads these similarities.  On tables of 600 to 5,000 fit
    cases this ranked valid cases as well as the exact solution or better, whose cost grows with the
    square to the cube of the cases.  Of more than 100,000 fit cases so many, drawn at random, are
    compared; of an outcome that fewer than half of these have, all.  Both outcomes weigh the same,
    however rare one is; otherwise the street can lie where everybody is on the same side.

    Parameters
    ----------
    C : tuple of float, default=(0.1, 0.03, 0.3, 1.0)
        Prices to try of a case on the wrong side, against the width of the street: a later one is
        taken where it lowers the log loss of the calibrated probability on valid cases by more than
        a standard error; never with fewer than ten valid cases of either outcome.
    width : float, default=2.0
        Similarity is ``exp(-distance**2 / (width * mean squared distance))``.
    n_landmarks : int, default=300
    random_state : int, optional
        Of the landmarks.

    Attributes
    ----------
    C_ : float
        What was chosen.

    References
    ----------
    .. [1] Williams, Seeger (2001), Using the Nystroem method to speed up kernel machines.
    """

    title = "RBF SVM"
    family = "svm"
    views = frozenset({"features"})
    uses_weights = True
    space = {
        "width": ("log", 0.5, 8.0),
        "C": ("one of", (0.01,), (0.03,), (0.1,), (0.3,), (1.0,), (3.0,)),
    }

    def __init__(
        self,
        C: tuple[float, ...] = (0.1, 0.03, 0.3, 1.0),
        width: float = 2.0,
        n_landmarks: int = 300,
        random_state: int | None = None,
    ):
        self.C = C
        self.width = width
        self.n_landmarks = n_landmarks
        self.random_state = random_state

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Find the border on the fit cases; its price and the sigmoid on the valid cases."""
        self.encoder_ = ZeroFlaggedOneHot()
        x = _with_constant(self.encoder_.fit_transform(cases.features, y, weight))
        # The mean squared distance of two cases is twice the sum of the columns' variances.
        gamma = 1.0 / (self.width * max(2.0 * x.var(axis=0).sum(), 1e-9))
        self.landmarks_ = kernel_approximation.Nystroem(
            gamma=gamma,
            n_components=min(self.n_landmarks, len(x)),
            random_state=self.random_state,
        ).fit(x)
        rows = _compared(y, self.random_state)
        of_rows = None if weight is None else weight[rows]
        similarities = self.landmarks_.transform(x[rows])
        self._choose_border(similarities, y[rows], valid, of_rows, valid_weight)
        self.sigmoid_ = calibrate(self._score, cases, y, valid, weight, valid_weight)
        return self

    def _choose_border(
        self,
        similarities: np.ndarray,
        y: np.ndarray,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None,
        valid_weight: np.ndarray | None,
    ) -> None:
        watched, of_cases = None, _balanced(y, weight)
        if np.bincount(valid[1], minlength=2).min() >= LEAST_OF_EITHER:
            watched = self.landmarks_.transform(self._encoded(valid[0]))
        lowest, border = None, None
        for price in self.C if watched is not None else self.C[:1]:
            border = SquaredHinge().fit(similarities, y, of_cases, price, start=border)
            losses = None
            if watched is not None:
                losses = calibrated_log_losses(border.scores(watched), valid[1], valid_weight)
            if lowest is None or is_clearly_lower(losses, lowest, valid_weight):
                lowest, self.C_, self.border_ = losses, price, border

    def _encoded(self, cases: Cases) -> np.ndarray:
        return _with_constant(self.encoder_.transform(cases.features))

    def _score(self, cases: Cases) -> np.ndarray:
        return self.border_.scores(self.landmarks_.transform(self._encoded(cases)))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.sigmoid_.predict(self._score(cases)))


def _compared(y: np.ndarray, seed: int | None) -> np.ndarray:
    """Draw the fit cases that are compared with landmarks, in their order; few enough are all."""
    if len(y) <= _MOST_COMPARED:
        return np.arange(len(y))
    rng = np.random.default_rng(seed)
    rarer, commoner = sorted((np.flatnonzero(y == outcome) for outcome in (0, 1)), key=len)
    kept = rng.permutation(rarer)[: _MOST_COMPARED // 2]
    more = rng.permutation(commoner)[: _MOST_COMPARED - len(kept)]
    return np.sort(np.concatenate([kept, more]))


def _balanced(y: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Give each case a weight with which both outcomes weigh as much, and on average 1."""
    held = np.bincount(y, weight, minlength=2)
    balance = (held.sum() / 2.0 / held)[y]
    return balance if weight is None else balance * weight


def _with_constant(x: np.ndarray) -> np.ndarray:
    # scikit-learn refuses a table without columns; a constant one teaches the base rate.
    return np.hstack([x, np.ones((len(x), 1))])
