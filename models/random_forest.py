"""Random forest: many trees that saw different cases and features."""

from typing import Self

import numpy as np
from sklearn import ensemble

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.model import Explanation
from ..bench.tabular import TabularModel

_MOST_WEIGHTED_DRAWN = 1_000_000


class RandomForest(TabularModel):
    """The mean of deep trees grown on bootstrap samples and random features.

    Breiman's forest [1]_, with leaves of a least size and a bound on what each tree costs.

    Parameters
    ----------
    n_trees : int, default=150
    min_leaf_cases : int, default=10
        A mean over trees of such leaves is far better calibrated than over pure ones.
    feature_share : float, default=0.4
        Of the features, that each question may choose from.  More than the usual square root:
        where one feature says most, trees that may not ask about it dilute the mean.
    most_drawn : int, default=5000
        Cases drawn for each tree, at most; bounds the cost where there are many, and makes the
        trees differ more.
    random_state : int, optional
        Of the samples.

    References
    ----------
    .. [1] Breiman (2001), Random forests.
    """

    title = "Random forest"
    family = "tree"
    uses_weights = True
    watches = False
    encoder = Ordinal

    def __init__(
        self,
        n_trees: int = 150,
        min_leaf_cases: int = 10,
        feature_share: float = 0.4,
        most_drawn: int = 5000,
        random_state: int | None = None,
    ):
        self.n_trees = n_trees
        self.min_leaf_cases = min_leaf_cases
        self.feature_share = feature_share
        self.most_drawn = most_drawn
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
        """Grow the trees on the fit cases; ``valid`` is not used."""
        self.is_weighted_ = weight is not None
        self.n_drawn_ = self.n_rows_ = min(len(y), self.most_drawn)
        if self.is_weighted_:
            # As many cases as the rows stand for; to draw them takes memory, to learn does not.
            self.n_drawn_ = int(np.clip(self.n_rows_ * weight.mean(), 1, _MOST_WEIGHTED_DRAWN))
        return super().fit(cases, y, valid=valid, weight=weight)

    def estimator(self) -> ensemble.RandomForestClassifier:
        """Build the classifier."""
        # Weighted cases are drawn by weight; a leaf then holds as much as so many rows on average.
        least = {"min_samples_leaf": self.min_leaf_cases}
        if self.is_weighted_:
            least = {"min_weight_fraction_leaf": min(self.min_leaf_cases / self.n_rows_, 0.5)}
        return ensemble.RandomForestClassifier(
            self.n_trees,
            **least,
            max_features=self.feature_share,
            max_samples=self.n_drawn_,
            random_state=self.random_state,
        )

    def explain(self) -> Explanation:
        """Rank features by how much their questions purify the leaves."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.feature_importances_,
            "Share of the fall in Gini impurity, over all trees, that questions about the feature "
            "bring.  Favours features with many different values; twins share theirs.",
        )
