"""Random forest: many trees that saw different cases and features."""

from sklearn import ensemble

from ..bench.encoding import Ordinal
from ..bench.model import Explanation
from ..bench.tabular import TabularModel


class RandomForest(TabularModel):
    """The mean of deep trees grown on bootstrap samples and random features [1]_.

    Parameters
    ----------
    n_trees : int, default=500
    min_leaf_cases : int, default=5
        A mean over trees of such leaves is far better calibrated than over pure ones.
    random_state : int, optional
        Of the samples.

    References
    ----------
    .. [1] Breiman (2001), Random forests.
    """

    title = "Random forest"
    family = "tree"
    encoder = Ordinal

    def __init__(
        self, n_trees: int = 300, min_leaf_cases: int = 5, random_state: int | None = None
    ):
        self.n_trees = n_trees
        self.min_leaf_cases = min_leaf_cases
        self.random_state = random_state

    def estimator(self) -> ensemble.RandomForestClassifier:
        """Build the classifier."""
        return ensemble.RandomForestClassifier(
            self.n_trees, min_samples_leaf=self.min_leaf_cases, random_state=self.random_state
        )

    def explain(self) -> Explanation:
        """Rank features by how much their questions purify the leaves."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.feature_importances_,
            "Share of the fall in Gini impurity, over all trees, that questions about the feature "
            "bring.  Favours features with many different values; twins share theirs.",
        )
