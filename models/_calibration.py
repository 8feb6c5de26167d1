"""Platt's sigmoid: from evidence to a probability."""

from collections.abc import Callable
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from ..bench.cases import Cases

# Fewer of either outcome say little about the slope of a sigmoid.
LEAST_OF_EITHER = 10


class Sigmoid:
    """P(yes) as a logistic function of one or a few columns of evidence [1]_.

    The targets are Platt's, ``(n_yes + 1) / (n_yes + 2)`` and ``1 / (n_no + 2)`` instead of 1 and
    0, so that perfectly separated cases, or cases of a single outcome, still give finite odds.

    References
    ----------
    .. [1] Platt (1999), Probabilistic outputs for support vector machines and comparisons to
       regularized likelihood methods.
    """

    def fit(self, evidence: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Learn slopes and intercept from evidence of shape (n_cases, n_columns) or (n_cases,).

        ``weight`` says how many cases each stands for.
        """
        evidence = np.asarray(evidence, dtype=float).reshape(len(y), -1)
        self.mean_ = evidence.mean(axis=0)
        spread = evidence.std(axis=0)
        # Rounding is no evidence: a constant column gets slope 0 instead of being blown up.
        varies = spread > 1e-9 * np.maximum(1.0, np.abs(self.mean_))
        self.scale_ = np.where(varies, spread, np.inf)
        z = (evidence - self.mean_) / self.scale_
        if weight is None:
            n_yes, n = int(np.sum(y)), len(y)
        else:
            n_yes, n = float(weight @ y), float(weight.sum())
        target = np.where(y == 1, (n_yes + 1) / (n_yes + 2), 1 / (n - n_yes + 2))
        start = np.append(np.zeros(z.shape[1]), logit(np.average(target, weights=weight)))

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            log_odds = z @ parameters[:-1] + parameters[-1]
            error = expit(log_odds) - target
            if weight is None:
                value = np.logaddexp(0, log_odds).sum() - target @ log_odds
            else:
                value = weight @ (np.logaddexp(0, log_odds) - target * log_odds)
                error = weight * error
            return value / n, np.append(z.T @ error, error.sum()) / n

        tight = {"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9}
        best = minimize(loss, start, jac=True, method="L-BFGS-B", options=tight).x
        self.slope_, self.intercept_ = best[:-1], float(best[-1])
        return self

    def predict(self, evidence: np.ndarray) -> np.ndarray:
        """Give P(yes), shape (n_cases,)."""
        evidence = np.asarray(evidence, dtype=float).reshape(len(evidence), len(self.mean_))
        z = (evidence - self.mean_) / self.scale_
        # Not a matrix product: BLAS rounds a row differently beside other rows.
        return expit((z * self.slope_).sum(axis=1) + self.intercept_)


def calibrate(
    evidence: Callable[[Cases], np.ndarray],
    cases: Cases,
    y: np.ndarray,
    valid: tuple[Cases, np.ndarray],
    weight: np.ndarray | None = None,
    valid_weight: np.ndarray | None = None,
) -> Sigmoid:
    """Fit the sigmoid where the evidence was not learnt: on the valid cases.

    With fewer than ten valid cases of either outcome, fit and valid cases are used together; the
    probabilities are then too sure rather than arbitrary.
    """
    watched, outcome = evidence(valid[0]), valid[1]
    if np.bincount(outcome, minlength=2).min() < LEAST_OF_EITHER:
        watched = np.concatenate([evidence(cases), watched])
        outcome = np.concatenate([y, outcome])
        if weight is not None:
            valid_weight = np.concatenate([weight, valid_weight])
    return Sigmoid().fit(watched, outcome, valid_weight)


def calibrated_log_loss(
    evidence: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None
) -> float:
    """Give the mean log loss of the sigmoid that is fitted to these very cases."""
    return float(np.average(calibrated_log_losses(evidence, y, weight), weights=weight))


def calibrated_log_losses(
    evidence: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """Give each case's log loss by the sigmoid that is fitted to these very cases."""
    p = Sigmoid().fit(evidence, y, weight).predict(evidence)
    return -np.log(np.maximum(np.where(y == 1, p, 1 - p), 1e-15))


def is_clearly_lower(
    losses: np.ndarray, than: np.ndarray, weight: np.ndarray | None = None
) -> bool:
    """Tell whether the mean of paired losses is lower by more than the gain's standard error."""
    gain = than - losses
    share = np.full(len(gain), 1 / len(gain)) if weight is None else weight / weight.sum()
    mean = share @ gain
    return bool(mean > np.sqrt(share**2 @ (gain - mean) ** 2))
