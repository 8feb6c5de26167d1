"""Bayesian logistic regression: what each column adds, and how sure one can be of it."""

from typing import Self

import numpy as np
from scipy.special import ndtri

from ..bench.cases import Cases
from ..bench.errors import ModelError
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ._laplace import laplace_posterior
from ._zero_flags import ZeroFlaggedOneHot

_SHOWN = 20
_CREDIBILITY = 0.95


class BayesianLogisticRegression(Model):
    """Logistic regression averaged over the posterior of its coefficients.

    The coefficients have a normal prior around zero, whose precision is the one that the fit cases
    make most probable; their posterior is Laplace's normal approximation [1]_.  A probability is
    the mean over that posterior, so it is drawn towards the middle for a case unlike those seen.

    Parameters
    ----------
    precision : float, optional
        Of the prior, on log-scaled, standardised and one-hot columns; by default the evidence
        decides.  ``1 / precision`` is the ``C`` of an L2 penalty.

    References
    ----------
    .. [1] MacKay (1992), The evidence framework applied to classification networks.
    """

    title = "Bayesian logistic regression"
    family = "bayesian"
    readable = True
    views = frozenset({"features"})
    uses_weights = True
    watches = False

    def __init__(self, precision: float | None = None):
        self.precision = precision

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn the encoding and the posterior from the fit cases; ``valid`` is not used."""
        if self.precision is not None and not self.precision > 0:
            raise ModelError(
                f"BayesianLogisticRegression: precision is {self.precision!r}; it must be a "
                "number above 0, or None to let the evidence decide."
            )
        self.encoder_ = ZeroFlaggedOneHot()
        x = self.encoder_.fit_transform(cases.features, y, weight)
        self.spread_ = x.std(axis=0)
        self.posterior_ = laplace_posterior(x, y, self.precision, weight)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.posterior_.predict(self.encoder_.transform(cases.features)))

    def explain(self) -> Explanation:
        """Give credible intervals of the surest coefficients."""
        posterior = self.posterior_
        # A column that did not vary taught nothing: its coefficient is the prior's.
        varied = np.flatnonzero(self.spread_ > 0)
        estimate = posterior.mode[1:][varied] * self.spread_[varied]
        sd = np.sqrt(np.diag(posterior.covariance)[1:][varied]) * self.spread_[varied]
        reach = ndtri((1.0 + _CREDIBILITY) / 2) * sd
        surest = np.argsort(-np.abs(estimate) / sd, kind="stable")[:_SHOWN]
        n_clear = int((np.abs(estimate) > reach).sum())
        return Explanation(
            "intervals",
            Sentence(
                "Log odds that one standard deviation more of a column adds (skewed "
                "numbers on a log scale), and where they lie with a probability of "
                "{credibility:.0%}; surest first.  Of {n} intervals {clear} leave zero "
                "out.  The cases determine {determined:.1f} of the coefficients; the "
                "prior, with a standard deviation of {deviation:.2g}, holds the rest near zero.",
                credibility=_CREDIBILITY,
                n=len(varied),
                clear=n_clear,
                determined=posterior.n_determined,
                deviation=posterior.precision ** (-0.5),
            ),
            (Sentence("name"), Sentence("estimate"), Sentence("low"), Sentence("high")),
            tuple(
                (
                    self.encoder_.names_[varied[i]],
                    float(estimate[i]),
                    float(estimate[i] - reach[i]),
                    float(estimate[i] + reach[i]),
                )
                for i in surest
            ),
            title=Sentence("Coefficients with credible intervals"),
        )
