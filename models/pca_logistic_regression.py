"""Principal components: the few directions in which cases differ most, and what they say."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation
from ..bench.tabular import TabularModel

_MOST_LOADINGS = 3


class PCALogisticRegression(TabularModel):
    """Logistic regression on the principal components [1]_ that hold most of the variance.

    Parameters
    ----------
    explained : float, default=0.9
        Share of the variance of the encoded columns that the components kept hold.
    C : float, default=1.0
        Inverse strength of the L2 penalty.

    References
    ----------
    .. [1] Massy (1965), Principal components regression in exploratory statistical research.
       Journal of the American Statistical Association 60.
    """

    title = "Principal components and logistic regression"
    family = "linear"
    when_named = True
    space = {"explained": ("float", 0.5, 0.99), "C": ("log", 0.001, 100.0)}

    def __init__(self, explained: float = 0.9, C: float = 1.0):
        self.explained = explained
        self.C = C

    def estimator(self) -> LogisticRegression:
        """Build the classifier of components."""
        return LogisticRegression(C=self.C, max_iter=2000)

    def encode_fit_cases(
        self, cases: Cases, y: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Learn encoding and components, and give the components of the fit cases."""
        x = super().encode_fit_cases(cases, y, weight)
        # Cases that are all alike differ in no direction.
        is_varied = bool(np.ptp(x, axis=0).max() > 0)
        self.pca_ = PCA(self.explained, svd_solver="full").fit(x) if is_varied else None
        return self._components(x)

    def encoded(self, cases: Cases) -> np.ndarray:
        """Give the components of cases that were not fitted on."""
        return self._components(super().encoded(cases))

    def _components(self, x: np.ndarray) -> np.ndarray:
        return x if self.pca_ is None else self.pca_.transform(x)

    def explain(self) -> tuple[Explanation, ...]:
        """Rank columns by what they add through all components, and list the components."""
        if self.pca_ is None:
            return ()
        coefficients, names = self.estimator_.coef_[0], np.array(self.encoder_.names_)
        columns = Explanation.importances(
            names,
            coefficients @ self.pca_.components_,
            Sentence(
                "Log odds that one standard deviation more of a number adds (skewed numbers on a "
                "log scale), or that a category adds, through all components."
            ),
        )
        rows = tuple(
            (
                Sentence("component {number}", number=number),
                _made_of(direction, names),
                float(share),
                float(coefficient * np.sqrt(variance)),
            )
            for number, (direction, share, variance, coefficient) in enumerate(
                zip(
                    self.pca_.components_,
                    self.pca_.explained_variance_ratio_,
                    self.pca_.explained_variance_,
                    coefficients,
                    strict=True,
                ),
                start=1,
            )
        )
        components = Explanation(
            "table",
            Sentence(
                "Directions in which the fit cases differ most, found without a look at the "
                "outcome; the columns that make them up most, with the sign of each; the log odds "
                "that one standard deviation along it adds."
            ),
            (
                Sentence("component"),
                Sentence("made of"),
                Sentence("share of variance"),
                Sentence("log odds"),
            ),
            rows,
            Sentence("the principal components"),
        )
        return columns, components


def _made_of(direction: np.ndarray, names: np.ndarray) -> str:
    strongest = np.argsort(-np.abs(direction), kind="stable")[:_MOST_LOADINGS]
    return ", ".join(f"{'+' if direction[i] > 0 else '−'} {names[i]}" for i in strongest)
