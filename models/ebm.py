"""Explainable boosting machine: a curve a feature and a map a pair, each boosted in small steps."""

import warnings
from typing import Self

import numpy as np
from scipy.special import expit

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ._additive_terms import AdditiveTerms

_SHARE_OF_A_BAG, _LEAST_IN_A_BAG = 0.85, 212_500
_MOST_CUTS = 255


class EBM(Model):
    """Generalised additive model with interactions [1]_, grown by boosting feature by feature.

    What a feature adds to the log odds is a step function, and what some pairs add is a map; all
    are sums of small trees on one or two features, stopped when valid log loss stops falling.
    Several models, each grown on a part of the fit cases, are averaged.  A part is 85 % of them; of
    more than 250,000 it is 212,500, or where that is more the share at which all parts together
    hold as many as there are.  Categories are read as codes by descending frequency.

    Parameters
    ----------
    n_bags : int, default=4
        Models to average; weighted cases, which cannot be left out of a part, give one.
    n_pairs : int, default=10
        Maps of pairs.
    learning_rate : float, default=0.02
    max_rounds : int, default=4000
        Passes over all features.
    patience : int, default=50
        Rounds without a better valid log loss before boosting stops.
    random_state : int, optional
        Of the parts.

    References
    ----------
    .. [1] Lou, Caruana, Gehrke, Hooker (2013), Accurate intelligible models with pairwise
       interactions.  KDD.
    """

    title = "Explainable boosting machine"
    family = "tree"
    views = frozenset({"features"})
    requires = ("interpret",)
    uses_weights = True
    space = {"n_pairs": ("int", 0, 20), "learning_rate": ("log", 0.01, 0.05)}

    def __init__(
        self,
        n_bags: int = 4,
        n_pairs: int = 10,
        learning_rate: float = 0.02,
        max_rounds: int = 4000,
        patience: int = 50,
        random_state: int | None = None,
    ):
        self.n_bags = n_bags
        self.n_pairs = n_pairs
        self.learning_rate = learning_rate
        self.max_rounds = max_rounds
        self.patience = patience
        self.random_state = random_state

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Boost on parts of the fit cases while the valid cases gain from it."""
        from interpret.glassbox import ExplainableBoostingClassifier

        self.is_weighted_ = weight is not None
        self.encoder_ = Ordinal()
        x = self.encoder_.fit_transform(cases.features, y, weight)
        self.empty_ = np.isnan(x).all(axis=0)
        x = self._readable(x)
        # Cuts are given: it would learn them from the valid cases, too.
        cuts = [_cuts(column) for column in x.T]
        n_columns = x.shape[1]
        booster = ExplainableBoostingClassifier(
            feature_names=[f"column {number}" for number in range(n_columns)],
            feature_types=cuts,
            max_interaction_bins=_MOST_CUTS + 3,  # pairs are cut where the features are
            interactions=min(self.n_pairs, n_columns * (n_columns - 1) // 2),
            outer_bags=1 if self.is_weighted_ else self.n_bags,
            learning_rate=self.learning_rate,
            max_rounds=self.max_rounds,
            early_stopping_rounds=self.patience,
            n_jobs=1,
            random_state=self.random_state,
        )
        with warnings.catch_warnings():
            # Missing values have a step of their own; only its own pictures leave them out.
            warnings.filterwarnings("ignore", "Missing values detected", UserWarning)
            booster.fit(
                np.vstack([x, self._encoded(valid[0])]),
                np.concatenate([y, valid[1]]),
                bags=self._bags(len(x), len(valid[1])),
                sample_weight=np.concatenate([weight, valid_weight]) if self.is_weighted_ else None,
            )
        self.terms_ = AdditiveTerms(
            [np.array(of) for of in cuts],
            booster.term_features_,
            booster.term_scores_,
            float(booster.intercept_[0]),
        )
        self.importances_ = np.array(booster.term_importances())
        return self

    def _bags(self, n_fit: int, n_valid: int) -> np.ndarray:
        """Tell which cases each bag learns from (1), watches (-1) and leaves out (0)."""
        rng = np.random.default_rng(self.random_state)
        n_bags = 1 if self.is_weighted_ else self.n_bags
        least = max(_LEAST_IN_A_BAG / n_fit, 1.0 / n_bags)
        share = 1.0 if self.is_weighted_ else min(_SHARE_OF_A_BAG, least)
        kept = rng.random((n_fit, n_bags)) < share
        return np.vstack([kept, np.full((n_valid, n_bags), -1)]).astype(np.int8)

    def _encoded(self, cases: Cases) -> np.ndarray:
        return self._readable(self.encoder_.transform(cases.features))

    def _readable(self, x: np.ndarray) -> np.ndarray:
        # Without a column, or a value in it, a constant still lets the base rate be learnt.
        return np.where(self.empty_, 0.0, x) if x.shape[1] else np.zeros((len(x), 1))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(expit(self.terms_.log_odds(self._encoded(cases))))

    def explain(self) -> Explanation:
        """Rank features and pairs by what they add to the log odds."""
        names = self.encoder_.names_
        terms = [
            " and ".join(names[column] for column in term) for term in self.terms_.terms if names
        ]
        return Explanation.importances(
            terms,
            self.importances_[: len(terms)],
            Sentence(
                "Mean size, over the fit cases, of what the feature or the pair adds to "
                "the log odds."
            ),
        )


def _cuts(column: np.ndarray) -> list[float]:
    """Cut a number between the values of the fit cases, at quantiles where they are many."""
    values = np.unique(column[~np.isnan(column)])
    if len(values) > _MOST_CUTS:
        shares = np.linspace(0, 1, _MOST_CUTS + 2)[1:-1]
        return np.unique(np.nanquantile(column, shares)).tolist()
    return ((values[1:] + values[:-1]) / 2).tolist() or [float(values[0])]
