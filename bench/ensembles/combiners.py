"""What a rule has learnt: from the members' probabilities, shape (n_cases, n_members), to one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier

from ..metrics.thresholds import DEFAULT, decide

SMALLEST_MEMBER_P = 1e-3


def log_odds(p: np.ndarray, smallest: float = SMALLEST_MEMBER_P) -> np.ndarray:
    """Turn probabilities into log odds, none beyond those of the smallest."""
    return logit(np.clip(p, smallest, 1 - smallest))


@dataclass(frozen=True)
class DecidedShare:
    """The share of members that decide yes at 0.5."""

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give it for each case."""
        return decide(p, DEFAULT).mean(axis=1)


@dataclass(frozen=True)
class Mean:
    """The mean probability."""

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give it for each case."""
        return p.mean(axis=1)


@dataclass(frozen=True, eq=False)
class WeightedMean:
    """The weighted mean probability; ``weights`` have the shape (n_members,) and add up to 1."""

    weights: np.ndarray

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give it for each case."""
        return np.clip(p @ self.weights, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class MeanRank:
    """The mean rank among known cases, each member's ascending in a column of ``ordered``."""

    ordered: np.ndarray

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give it for each case, between 0 and 1."""
        n = len(self.ordered)
        twice = np.zeros(len(p))
        for column, of_member in zip(self.ordered.T, p.T, strict=True):
            # In order, neighbours are found near each other in memory: several times as fast.
            order = np.argsort(of_member)
            rising = of_member[order]
            twice[order] += column.searchsorted(rising, "left")
            twice[order] += column.searchsorted(rising, "right")
        return (twice / p.shape[1] / 2 + 0.5) / (n + 1)


@dataclass(frozen=True, eq=False)
class CalibratedRank:
    """The mean rank turned into a probability by a calibrator's map."""

    rank: MeanRank
    calibrate: Callable[[np.ndarray], np.ndarray]

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give P(target = 1) for each case."""
        return self.calibrate(self.rank(p))


@dataclass(frozen=True, eq=False)
class StackedOdds:
    """A logistic regression on the members' log odds."""

    intercept: float
    coefficients: np.ndarray
    smallest: float

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give P(target = 1) for each case."""
        return expit(self.intercept + log_odds(p, self.smallest) @ self.coefficients)


@dataclass(frozen=True, eq=False)
class BoostedOdds:
    """Boosted trees on the members' log odds."""

    trees: HistGradientBoostingClassifier
    smallest: float

    def __call__(self, p: np.ndarray) -> np.ndarray:
        """Give P(target = 1) for each case."""
        return self.trees.predict_proba(log_odds(p, self.smallest))[:, 1]
