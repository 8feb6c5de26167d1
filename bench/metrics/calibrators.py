"""Calibrators: maps from a model's probabilities to truer ones, learnt on valid cases."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from .penalised_logistic import penalised_logistic

# Probabilities nearer to 0 or 1 than this carry no more evidence than one at this distance.
_SMALLEST_P = 1e-6
_PENALTY = 1e-3  # of a case's log loss; keeps coefficients finite where outcomes are separable
Calibrate = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Calibrator:
    """A way to calibrate.

    ``learn(p, y, weight)`` sees P(target = 1) and the outcomes of valid cases, both of shape
    (n_valid,) and with both outcomes, and how many cases each stands for (None: one); it gives the
    map that is then applied to test cases.
    """

    name: str
    title: str
    learn: Callable[[np.ndarray, np.ndarray, np.ndarray | None], Calibrate]


@dataclass(frozen=True, eq=False)
class Curve:
    """A logistic curve on columns that are made of the probabilities."""

    columns: Callable[[np.ndarray], np.ndarray]
    coefficients: np.ndarray

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give truer probabilities, shape (n_cases,)."""
        return expit(self.columns(p) @ self.coefficients)


@dataclass(frozen=True, eq=False)
class Steps:
    """A rising step function, lines between its steps."""

    fitted: IsotonicRegression

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give truer probabilities, shape (n_cases,)."""
        return self.fitted.predict(p)


def sigmoid(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Calibrate:
    """Fit a logistic curve to the log odds.

    It differs from what models make probabilities of their own evidence with (Platt's smoothed
    targets, any number of columns, a slope of either sign): here probabilities are given, the
    identity is where a fit begins and what a small penalty pulls to, and the order never turns.

    References
    ----------
    Platt (1999), "Probabilistic outputs for support vector machines and comparisons to regularized
    likelihood methods", Advances in Large Margin Classifiers.
    """
    return _logistic(_odds_and_one, p, y, weight, [1.0, 0.0])


def temperature(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Calibrate:
    """Divide the log odds by one number; 0.5 stays 0.5.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger (2017), "On calibration of modern neural networks", ICML.
    """
    return _logistic(_odds, p, y, weight, [1.0])


def beta(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Calibrate:
    """Fit the likelihood ratio of two beta distributions, which may bend at either end.

    References
    ----------
    Kull, Silva Filho, Flach (2017), "Beta calibration: a well-founded and easily implemented
    improvement on logistic calibration for binary classifiers", AISTATS.
    """
    return _logistic(_logs_and_one, p, y, weight, [1.0, 1.0, 0.0], rising=2)


def isotonic(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Calibrate:
    """Fit the best rising step function, lines between its steps.

    A step of positive cases only is no certainty: no probability is nearer to 0 or 1 than half a
    case in all valid cases.

    References
    ----------
    Zadrozny, Elkan (2002), "Transforming classifier scores into accurate multiclass probability
    estimates", KDD.
    """
    least = 0.5 / (len(y) if weight is None else weight.sum())
    steps = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip")
    return Steps(steps.fit(p, y, weight))


CALIBRATORS = (
    Calibrator("sigmoid", "Sigmoid", sigmoid),
    Calibrator("isotonic", "Isotonic", isotonic),
    Calibrator("temperature", "Temperature", temperature),
    Calibrator("beta", "Beta", beta),
)


def _log_odds(p: np.ndarray) -> np.ndarray:
    return logit(np.clip(p, _SMALLEST_P, 1 - _SMALLEST_P))


def _odds(p: np.ndarray) -> np.ndarray:
    return _log_odds(p)[:, None]


def _odds_and_one(p: np.ndarray) -> np.ndarray:
    return np.column_stack([_log_odds(p), np.ones(len(p))])


def _logs_and_one(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, _SMALLEST_P, 1 - _SMALLEST_P)
    return np.column_stack([np.log(p), -np.log1p(-p), np.ones(len(p))])


def _logistic(
    columns: Callable[[np.ndarray], np.ndarray],
    p: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    start: list[float],
    rising: int = 1,
) -> Calibrate:
    """Fit a logistic regression from the identity on; the first coefficients never turn order.

    A coefficient that would is left out, as in Kull et al.
    """
    x, kept, aim = columns(p), np.full(len(start), True), np.array(start)
    w = np.zeros(len(start))
    while kept.any():
        penalties = np.full(kept.sum(), _PENALTY)
        w[kept] = penalised_logistic(x[:, kept], y, aim[kept], penalties, aim[kept], weight)
        lowest = int(np.argmin(w[:rising]))
        if w[lowest] >= 0:
            break
        w[lowest], kept[lowest] = 0.0, False
    return Curve(columns, w)
