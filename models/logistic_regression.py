"""Logistic regression: every feature adds its share to the log odds."""

from collections.abc import Iterator
from typing import Self

import numpy as np
from sklearn import linear_model

from ..bench.cases import Cases
from ..bench.fit_blocks import FitBlocks
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation
from ..bench.tabular import TabularModel
from ._out_of_core.encoder_of_blocks import EncodedBlocks
from ._out_of_core.logistic import newton
from ._zero_flags import ZeroFlaggedOneHot


class LogisticRegression(TabularModel):
    """L2 logistic regression on log-scaled, standardised, one-hot features.

    Parameters
    ----------
    C : float, default=0.3
        Inverse strength of the L2 penalty.
    """

    title = "Logistic regression"
    family = "linear"
    readable = True
    uses_weights = True
    watches = False
    encoder = ZeroFlaggedOneHot
    space = {"C": ("log", 0.001, 100.0)}

    def __init__(self, C: float = 0.3):
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
        """Learn the encoding and the coefficients from the fit cases; ``valid`` is not used."""
        self.is_weighted_ = weight is not None
        return super().fit(cases, y, valid=valid, weight=weight)

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn from cases on disk, by Newton's method: each step reads all of them."""
        self.is_weighted_ = blocks.weight is not None
        encoded = EncodedBlocks(self.encoder(), blocks)
        self.encoder_ = encoded.encoder_

        weight = np.ones(blocks.n_cases) if blocks.weight is None else blocks.weight

        def passes() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
            for start, stop in blocks.bounds():
                place = slice(start, stop)
                yield encoded.encoded(start, stop), blocks.target[place], weight[place]

        # The cases in memory give coefficients from which few steps are left.
        self.estimator_ = self.estimator()
        held = weight[: len(blocks.y)]
        self.estimator_.set_params(C=self.C * weight.sum() / held.sum())
        self.estimator_.fit(encoded.encoded(0, len(blocks.y)), blocks.y, sample_weight=held)
        start = np.append(self.estimator_.coef_[0], self.estimator_.intercept_)
        learnt = newton(passes, start, 1 / self.C)
        self.estimator_.set_params(C=self.C)
        self.estimator_.coef_, self.estimator_.intercept_ = learnt[None, :-1], learnt[-1:]
        return self

    def estimator(self) -> linear_model.LogisticRegression:
        """Build the classifier."""
        # Of clicks among millions of impressions the slopes are so small that the usual solver
        # takes its first step for the last.
        exact = {"solver": "newton-cholesky", "tol": 1e-10} if self.is_weighted_ else {}
        return linear_model.LogisticRegression(C=self.C, max_iter=2000, **exact)

    def explain(self) -> Explanation:
        """Rank the coefficients."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.coef_[0],
            Sentence(
                "Log odds that one standard deviation more of a number adds (skewed "
                "numbers on a log scale), or that a category or a flag adds."
            ),
        )
