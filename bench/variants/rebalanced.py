"""Rebalanced: as many fit cases of either outcome, and the base rate put right afterwards."""

from abc import abstractmethod
from typing import Self

import numpy as np

from ..cases import Cases
from ..model import two_columns
from .variant import ModelVariant


class Rebalanced(ModelVariant):
    """A model that learns from as many cases of either outcome, its odds then put right.

    Whoever learns from balanced cases takes half of all for positive; its odds are multiplied with
    those of the fit cases (prior correction [1]_), so that probabilities mean what they say.  The
    valid cases that the model watches are thinned to the same balance.

    References
    ----------
    .. [1] King, Zeng (2001), Logistic regression in rare events data.  Political Analysis 9.
    """

    uses_weights = False

    @abstractmethod
    def balanced(
        self, cases: Cases, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[Cases, np.ndarray]:
        """Give as many cases of either outcome, made of the fit cases alone.

        Parameters
        ----------
        cases : Cases of length n_cases
        y : ndarray of int8, shape (n_cases,)
        rng : numpy.random.Generator
        """

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Balance the fit cases, and fit the model on them."""
        rng = np.random.default_rng(self.random_state)
        self.odds_ = float(y.sum() / (1 - y).sum())
        shown, outcomes = self.balanced(cases, y, rng)
        kept = _thinned(valid[1], self.odds_, rng)
        watched = valid[0].take(kept), valid[1][kept]
        self.model_ = self.new_model().fit(shown, outcomes, valid=watched)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(with_odds(self.model_.predict_proba(cases)[:, 1], self.odds_))


def with_odds(p: np.ndarray, factor: float) -> np.ndarray:
    """Multiply the odds of probabilities, shape (n_cases,), with a factor."""
    return factor * p / (factor * p + 1 - p)


def drawn_rows(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw as many of the commoner outcome as there are of the rarer one; in the order of cases."""
    number = int(np.bincount(y, minlength=2).min())
    return np.sort(np.concatenate([
        rng.permutation(np.flatnonzero(y == outcome))[:number] for outcome in (0, 1)
    ]))  # fmt: skip


def _thinned(y: np.ndarray, odds: float, rng: np.random.Generator) -> np.ndarray:
    """Thin the outcome that is commoner among the fit cases as it was thinned there."""
    common, share = (0, odds) if odds < 1 else (1, 1 / odds)
    rows = np.flatnonzero(y == common)
    kept = rng.permutation(rows)[: max(round(share * len(rows)), 1)]
    return np.sort(np.concatenate([np.flatnonzero(y != common), kept])).astype(np.int64)
