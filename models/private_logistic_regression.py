"""Private logistic regression: a step from the base rate, on sums that hide any single case."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
from scipy.special import expit, logit

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, two_columns
from ._privacy.budget import Budget, ledger
from ._privacy.discrete_laplace import noisy
from ._privacy.private_model import PrivateModel
from ._privacy.public_columns import PublicColumns

_UNIT = 64  # what 1 is in whole numbers: sums of these are exact


class PrivateLogisticRegression(PrivateModel):
    """Logistic regression by the functional mechanism [1]_: epsilon-differentially private.

    The logistic loss is taken to second order around the base rate; it is then a function of two
    sums over the cases, of ``x`` times the outcome and of ``x`` times ``x``.  Columns are laid out
    between public bounds as whole numbers from -64 to 64 (a category: 64 at its value), so that one
    case moves the sums by a known amount, and discrete Laplace noise of that size over half of
    epsilon each hides it.  The penalty is what the noise is expected to put on a direction.  No sum
    is of floating-point numbers, and no optimiser sees a case: what is proven is what is computed.

    Parameters
    ----------
    epsilon : float
        For each fit.  Above 0; 1 is usual, 0.1 is strict.
    bounds : mapping of str to sequence of float, optional
        Of numbers, what is public: ``{"pages": [0, 50]}``, or the ends of all steps.
    categories : mapping of str to sequence, optional
        Of categories: ``{"browser": ["Safari", "Chrome"]}``.

    References
    ----------
    .. [1] Zhang, Zhang, Xiao, Yang, Winslett (2012), "Functional mechanism: regression analysis
       under differential privacy", Proceedings of the VLDB Endowment 5.
    """

    title = "Private logistic regression"
    family = "linear"
    views = frozenset({"features"})
    readable = True
    watches = False
    deterministic = False
    stated = ("epsilon", "bounds", "categories")

    def __init__(
        self,
        epsilon: float | None = None,
        bounds: Mapping[str, Sequence[float]] | None = None,
        categories: Mapping[str, Sequence[Any]] | None = None,
    ):
        self.epsilon = epsilon
        self.bounds = bounds
        self.categories = categories

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Sum over the fit cases, add noise, and solve; ``valid`` is not used."""
        budget = Budget(self.epsilon)
        self.columns_ = PublicColumns(self.bounds, self.categories, n_steps=8).fit(cases.features)
        x, of_column = self.columns_.laid_out(cases.features, _UNIT)
        n = 1 + len(self.columns_.names)  # of each case, what 1 or less is made of
        half = Fraction(1, 2)
        told = _noisy_sum(x.T @ y, _UNIT * n, budget.spend(half, "sums of x times the outcome"))
        n_pairs = n * (n + 1) // 2
        part = budget.spend(half, "sums of x times x")
        upper = np.triu_indices(x.shape[1])
        sums = np.zeros((x.shape[1], x.shape[1]))
        sums[upper] = _noisy_sum((x.T @ x)[upper], _UNIT**2 * n_pairs, part)
        sums = np.triu(sums) + np.triu(sums, 1).T
        # No case has two values of one category.
        sums[(of_column[:, None] == of_column) & ~np.eye(len(sums), dtype=bool)] = 0.0
        sums, told = sums / _UNIT**2, told / _UNIT
        n_cases, n_yes = max(sums[0, 0], 2.0), told[0]
        p = float(np.clip(n_yes / n_cases, 1 / n_cases, 1 - 1 / n_cases))
        noise = float(n_pairs / part)
        self.coef_ = _step(sums, told - p * sums[0], p, noise * np.sqrt(2.0 * len(sums)))
        self.coef_[0] += logit(p)
        self.spent_ = [(what, float(of)) for what, of in budget.spent]
        self.unread_ = self.columns_.unread(cases.features)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        x, _ = self.columns_.laid_out(cases.features, _UNIT)
        return two_columns(expit((x * self.coef_).sum(axis=1) / _UNIT))

    def explain(self) -> tuple[Explanation, ...]:
        """Rank coefficients, and show what the budget was spent on."""
        reading = Sentence(
            "Log odds by which a column at its upper bound differs from its middle, or a category "
            "from none; drawn towards 0 by as much as the noise is large."
        )
        names = self.columns_.names_laid_out()
        weights = Explanation.importances(names, self.coef_[1:], reading)
        return weights, ledger(self.epsilon, self.spent_, self.unread_)


def _noisy_sum(sums: np.ndarray, moved: int, epsilon: Fraction) -> np.ndarray:
    """Add noise to sums that one case moves by ``moved`` in all."""
    return noisy(sums, epsilon / moved).astype(float)


def _step(sums: np.ndarray, gradient: np.ndarray, p: float, penalty: float) -> np.ndarray:
    """Take Newton's step from the base rate; directions that noise made negative are flat."""
    curvature, axes = np.linalg.eigh(sums)
    curvature = np.maximum(curvature, 0.0) + penalty
    return axes @ ((axes.T @ gradient) / (p * (1 - p) * curvature))
