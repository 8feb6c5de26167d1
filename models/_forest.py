"""Forest: the mean of trees that are grown on samples of the cases, as a model plugin."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation
from ..bench.tabular import TabularModel
from ._trees_of_one_case import TreesOfOneCase

_MOST_WEIGHTED_DRAWN = 1_000_000


class Forest(TabularModel):
    """Trees with leaves of a least size, averaged, and a bound on what each tree costs.

    A subclass has the keywords ``n_trees``, ``min_leaf_cases``, ``feature_share``, ``most_drawn``
    and ``random_state``, and names scikit-learn's class in ``forest``.
    """

    uses_weights = True
    watches = False
    encoder = Ordinal
    forest: ClassVar[type[RandomForestClassifier] | type[ExtraTreesClassifier]]
    # Made of the fitted trees, and not kept with them: the walk, the nodes' shares, how many.
    _trees: tuple[TreesOfOneCase, np.ndarray, int] | None = None

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
        self._trees = None
        self.is_weighted_ = weight is not None
        self.n_drawn_ = self.n_rows_ = min(len(y), self.most_drawn)
        if self.is_weighted_:
            # As many cases as the rows stand for; to draw them takes memory, to learn does not.
            self.n_drawn_ = int(np.clip(self.n_rows_ * weight.mean(), 1, _MOST_WEIGHTED_DRAWN))
        return super().fit(cases, y, valid=valid, weight=weight)

    def estimator(self) -> RandomForestClassifier | ExtraTreesClassifier:
        """Build the classifier."""
        # Weighted cases are drawn by weight; a leaf then holds as much as so many rows on average.
        least: dict[str, Any] = {"min_samples_leaf": self.min_leaf_cases}
        if self.is_weighted_:
            least = {"min_weight_fraction_leaf": min(self.min_leaf_cases / self.n_rows_, 0.5)}
        return self.forest(
            self.n_trees,
            **least,
            max_features=self.feature_share,
            bootstrap=True,
            max_samples=self.n_drawn_,
            random_state=self.random_state,
        )

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        if len(cases) != 1:
            return super().predict_proba(cases)
        if self._trees is None:
            grown = [tree.tree_ for tree in self.estimator_.estimators_]
            shares = np.concatenate([tree.value[:, 0, :] for tree in grown])
            self._trees = TreesOfOneCase.of_forest(grown), shares, len(grown)
        trees, shares, n_trees = self._trees
        x = self.encoded(cases)[0].astype(np.float32).astype(np.float64)  # what trees read
        # One after the other, as scikit-learn adds them up.
        return shares[trees.leaves(x)].cumsum(axis=0)[-1:] / n_trees

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_trees"}

    def explain(self) -> Explanation:
        """Rank features by how much their questions purify the leaves."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.feature_importances_,
            Sentence(
                "Share of the fall in Gini impurity, over all trees, that questions about "
                "the feature bring.  Favours features with many different values; twins "
                "share theirs."
            ),
        )
