"""Spline logistic regression: every feature adds its share to the log odds, along a curve."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn import linear_model
from sklearn.base import clone
from sklearn.metrics import log_loss

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation
from ..bench.tabular import TabularModel
from ._calibration import LEAST_OF_EITHER
from ._splines import SplineOneHot

_MOST_CURVES = 4
_POINTS_OF_A_CURVE = 20


class SplineLogisticRegression(TabularModel):
    """L2 logistic regression whose numbers enter as splines, its penalty chosen on valid cases.

    A generalised additive model [1]_: what a number adds to the log odds may bend at its
    quantiles, and no feature changes what another one says.

    Parameters
    ----------
    C : tuple of float, default=(0.01, 0.03, 0.1, 0.3, 1.0)
        Inverse strengths of the L2 penalty to try: the one with the lowest log loss on the valid
        cases is taken, the largest with fewer than ten valid cases of either outcome.

    Attributes
    ----------
    C_ : float
        What was chosen.

    References
    ----------
    .. [1] Hastie, Tibshirani (1986), Generalized additive models.  Statistical Science 1.
    """

    title = "Spline logistic regression"
    family = "linear"
    uses_weights = True
    encoder = SplineOneHot
    space = {"C": ("one of", (0.001,), (0.003,), (0.01,), (0.03,), (0.1,), (0.3,), (1.0,), (3.0,))}

    def __init__(self, C: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0)):
        self.C = C

    def estimator(self) -> linear_model.LogisticRegression:
        """Build the classifier; its penalty is set while the path is followed."""
        # As plain logistic regression: slopes may be so small that the usual solver stops at once.
        exact = {"solver": "newton-cholesky", "tol": 1e-10} if self.is_weighted_ else {}
        return linear_model.LogisticRegression(max_iter=2000, warm_start=True, **exact)

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn the curves from the fit cases, and how smooth they are from the valid cases."""
        self.is_weighted_ = weight is not None
        x = self.encode_fit_cases(cases, y, weight)
        self.C_, self.estimator_ = self._chosen(x, y, weight, valid, valid_weight)
        self.explanations_ = self._explained(cases.features, x)
        return self

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy of the strength that the fitted ones chose, the middle one of them."""
        return clone(self).set_params(C=(sorted(model.C_ for model in fitted)[len(fitted) // 2],))

    def _chosen(
        self,
        x: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray | None,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None,
    ) -> tuple[float, linear_model.LogisticRegression]:
        if np.bincount(valid[1], minlength=2).min() < LEAST_OF_EITHER:
            strength = max(self.C)
            return strength, self.estimator().set_params(C=strength).fit(x, y, weight)
        watched, lowest, start = self.encoded(valid[0]), np.inf, None
        for strength in sorted(self.C):
            fitted = self.estimator().set_params(C=strength)
            if start is not None:  # from the smoother curve it is a short way
                fitted.coef_, fitted.intercept_ = start.coef_.copy(), start.intercept_.copy()
            start = fitted.fit(x, y, weight)
            loss = log_loss(valid[1], fitted.predict_proba(watched), sample_weight=valid_weight)
            if loss < lowest:
                lowest, best = loss, (strength, fitted)
        return best

    def _explained(self, features: pd.DataFrame, x: np.ndarray) -> tuple[Explanation, ...]:
        """Rank the features, and draw the curves of the strongest numbers."""
        owners = np.array(self.encoder_.owners_, dtype=object)
        names = list(dict.fromkeys(owners))
        slopes = self.estimator_.coef_[0]
        adds = {name: x[:, owners == name] @ slopes[owners == name] for name in names}
        spread = np.array([added.std() for added in adds.values()])
        ranked = Explanation.importances(
            names,
            spread,
            Sentence(
                "Standard deviation, over the fit cases, of what the feature adds to the log odds."
            ),
        )
        strongest = [name for name, _ in ranked.rows if name in self.encoder_.numeric_]
        curves = (
            _curve(name, features[name].to_numpy(dtype=float, na_value=np.nan), adds[name])
            for name in strongest[:_MOST_CURVES]
        )
        return ranked, *curves

    def explain(self) -> tuple[Explanation, ...]:
        """Give the features by strength, and curves of the strongest numbers."""
        return self.explanations_


def _curve(name: str, number: np.ndarray, added: np.ndarray) -> Explanation:
    """Show what a number adds at evenly spread quantiles, beside the mean case."""
    known = np.flatnonzero(np.isfinite(number))
    order = known[np.argsort(number[known], kind="stable")]
    picked = order[np.linspace(0, len(order) - 1, _POINTS_OF_A_CURVE).astype(int)]
    points = dict(
        zip(number[picked].tolist(), (added - added.mean())[picked].tolist(), strict=True)
    )
    return Explanation(
        "curves",
        Sentence(
            "What the number adds to the log odds, against the mean over the fit "
            "cases; at quantiles."
        ),
        (name, Sentence("log odds")),
        tuple(points.items()),
        title=Sentence("what {name} adds", name=name),
    )
