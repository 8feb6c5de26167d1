"""Blending: boosted trees on the features, which begin where the stacked members end."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingRegressor

from ..content_columns import without_content
from ..encoding import Ordinal
from ..language.sentence import Sentence, Text
from ..metrics.metrics import SMALLEST_P
from .combiners import StackedOdds, log_odds
from .stacking import Stacked, n_parts, of_rows, parts, stack

LEAST_CASES = 200  # with fewer a tree's leaves hold too few cases to say anything
_TREES_A_BLOCK, _MOST_BLOCKS = 20, 6
_SMALLEST_BASE_P = 1e-6
_BINS = 64


@dataclass(frozen=True, eq=False)
class Blend:
    """A fitted blend.

    Parameters
    ----------
    stacked : StackedOdds
        What the trees begin with.
    inputs : Inputs
    blocks : tuple of HistGradientBoostingRegressor
        Trees on what the stack leaves unsaid; none where features add nothing.
    out_of_sample : ndarray, shape (n_valid,)
        P(target = 1) of each valid case, from a stack and from trees fitted to the other parts.
    """

    stacked: StackedOdds
    inputs: "Inputs"
    blocks: tuple[HistGradientBoostingRegressor, ...]
    out_of_sample: np.ndarray

    @property
    def n_trees(self) -> int:
        """Count the trees, as chosen within the valid cases."""
        return sum(block.n_iter_ for block in self.blocks)

    @property
    def kept(self) -> tuple[float, np.ndarray, "Inputs", tuple[HistGradientBoostingRegressor, ...]]:
        """Give what predictions need: all but those of the valid cases."""
        return self.stacked.intercept, self.stacked.coefficients, self.inputs, self.blocks

    def predict(self, p: np.ndarray, features: pd.DataFrame) -> np.ndarray:
        """Give P(target = 1), shape (n_cases,), from the members' probabilities and features."""
        base = _base(self.stacked(p))
        x = self.inputs.transform(features, p)
        return expit(base + sum((block.predict(x) for block in self.blocks), np.zeros(len(x))))


class Inputs:
    """What the trees read: the features and the members' log odds, each in a few bins.

    Parameters
    ----------
    features : DataFrame
        From which categories and cuts are learnt.
    p : ndarray, shape (n_cases, n_members)
        Of the same cases.
    smallest : float
        As of ``smallest_p``.
    """

    def __init__(self, features: pd.DataFrame, p: np.ndarray, smallest: float) -> None:
        self.smallest = smallest
        # Of texts and vectors the members have said what they say.
        self.encoder = Ordinal().fit(without_content(features))
        # Cut here once: scikit-learn would cut for every block anew, for seconds where cases are
        # weighted, and breaks off at a column of missing values only.
        shares = np.linspace(0, 1, _BINS + 1)[1:-1]
        self.cuts = [
            np.unique(np.quantile(column[~np.isnan(column)], shares, method="inverted_cdf"))
            if not np.isnan(column).all()
            else None
            for column in self._numbers(features, p).T
        ]

    def transform(self, features: pd.DataFrame, p: np.ndarray) -> np.ndarray:
        """Give the bins of cases, NaN where missing, shape (n_cases, n_features + n_members)."""
        x = self._numbers(features, p)
        for j, cuts in enumerate(self.cuts):
            if cuts is None:
                x[:, j] = 0.0
            else:
                known = ~np.isnan(x[:, j])
                x[known, j] = np.searchsorted(cuts, x[known, j], side="left")
        return x

    def _numbers(self, features: pd.DataFrame, p: np.ndarray) -> np.ndarray:
        encoded = self.encoder.transform(without_content(features))
        return np.column_stack([encoded, log_odds(p, self.smallest)])


def why_not(y: np.ndarray, group: np.ndarray | None) -> Text:
    """Say why valid cases do not allow a blend; empty where they do.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_valid,)
    group : ndarray, shape (n_valid,), optional
    """
    if len(y) < LEAST_CASES:
        return Sentence(
            "{n} valid cases are too few to learn from features; {least} are needed",
            n=len(y),
            least=LEAST_CASES,
        )
    enough = n_parts(y, group) > 1 and all(
        n_parts(y[fit], of_rows(group, fit)) > 1 for fit, _ in parts(y, group)
    )
    if enough:
        return ""
    return Sentence(
        "{n} valid cases with {positive} positive ones are too few to cross-validate within",
        n=len(y),
        positive=int(y.sum()),
    )


def blend(
    p: np.ndarray,
    features: pd.DataFrame,
    y: np.ndarray,
    group: np.ndarray | None,
    weight: np.ndarray | None = None,
) -> Blend:
    """Learn from valid cases what features add to the stacked predictions of the members.

    Trees of four leaves are boosted from the log odds of a logistic regression on the members'
    log odds (see ``stack``), those of each case from a regression fitted without it.  Their number
    is chosen by cross-validation; it is 0 where features add nothing.  In each part of it stack,
    encoder and trees are fitted anew, so that nothing of a case's outcome reaches its prediction.

    Parameters
    ----------
    p : ndarray, shape (n_valid, n_members)
        Of valid cases for which ``why_not`` has nothing to say.
    features : DataFrame of n_valid rows
    y : ndarray of 0 and 1, shape (n_valid,)
    group : ndarray, shape (n_valid,), optional
        Cases of one group stand in one part of the cross-validation.
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for.  The valid cases are the sample that penalties are set
        against, whatever they stand for.

    References
    ----------
    Sill, Takács, Mackey, Lin (2009), "Feature-weighted linear stacking", arXiv:0911.0460; Friedman,
    Hastie, Tibshirani (2000), "Additive logistic regression: a statistical view of boosting",
    Annals of Statistics 28.
    """
    weight = None if weight is None else weight / weight.mean()
    tried = np.empty((1 + _MOST_BLOCKS * _TREES_A_BLOCK, len(y)))
    for fit, rest in parts(y, group):
        of_fit = of_rows(weight, fit)
        stacked = stack(p[fit], y[fit], of_rows(group, fit), of_fit)
        inputs = Inputs(features.iloc[fit], p[fit], stacked.odds.smallest)
        x = inputs.transform(features.iloc[fit], p[fit])
        blocks = _boost(x, stacked, y[fit], of_fit, len(tried) - 1)
        x = inputs.transform(features.iloc[rest], p[rest])
        for n_trees, odds in enumerate(_staged(blocks, x, _base(stacked.odds(p[rest])))):
            tried[n_trees, rest] = expit(odds)
    n_trees = int(np.argmin(_log_loss(y, tried, weight)))
    stacked = stack(p, y, group, weight)
    inputs = Inputs(features, p, stacked.odds.smallest)
    blocks = _boost(inputs.transform(features, p), stacked, y, weight, n_trees)
    return Blend(stacked.odds, inputs, tuple(blocks), tried[n_trees])


def _boost(
    x: np.ndarray, stacked: Stacked, y: np.ndarray, weight: np.ndarray | None, n_trees: int
) -> list[HistGradientBoostingRegressor]:
    """Boost log odds from a base, in blocks of trees.

    scikit-learn's boosting begins at a constant.  So each block fits the second-order expansion of
    the log loss at the log odds reached before it: least squares on the working response, weighted
    by the variance.
    """
    odds = _base(stacked.out_of_sample)
    blocks = []
    for done in range(0, n_trees, _TREES_A_BLOCK):
        p = np.clip(expit(odds), _SMALLEST_BASE_P, 1 - _SMALLEST_BASE_P)
        block = HistGradientBoostingRegressor(
            learning_rate=0.05,
            max_iter=min(_TREES_A_BLOCK, n_trees - done),
            max_leaf_nodes=4,
            min_samples_leaf=30,
            l2_regularization=10.0,
            max_features=0.5,
            early_stopping=False,
            random_state=done,
        )
        curvature = p * (1 - p)
        of_cases = curvature if weight is None else weight * curvature
        block.fit(x, (y - p) / curvature, sample_weight=of_cases)
        odds = odds + block.predict(x)
        blocks.append(block)
    return blocks


def _staged(
    blocks: list[HistGradientBoostingRegressor], x: np.ndarray, base: np.ndarray
) -> Iterator[np.ndarray]:
    """Give the log odds with no tree, with one, with two ..."""
    yield base
    for block in blocks:
        for added in block.staged_predict(x):
            yield base + added
        base = base + added


def _base(p: np.ndarray) -> np.ndarray:
    return logit(np.clip(p, _SMALLEST_BASE_P, 1 - _SMALLEST_BASE_P))


def _log_loss(y: np.ndarray, p: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    losses = -np.log(np.clip(np.where(y == 1, p, 1 - p), SMALLEST_P, 1.0))
    return np.average(losses, axis=-1, weights=weight)
