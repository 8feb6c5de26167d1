"""Decision tree: a few yes-or-no questions."""

from typing import Self

import numpy as np
from sklearn import tree

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, two_columns
from ..bench.tabular import TabularModel


class DecisionTree(TabularModel):
    """One CART tree of bounded depth, its leaves shrunk towards the base rate.

    In a plain tree [1]_ a pure leaf claims certainty; the m-estimate of [2]_ adds ``prior_cases``
    cases of the base rate to each leaf.

    Parameters
    ----------
    max_depth : int, default=6
        Questions from the root to a leaf.
    min_leaf_share : float, default=0.005
        Least share of the fit cases, or of their weight, in a leaf.
    prior_cases : float, default=10.0
        Weight of the base rate in a leaf, in cases.
    random_state : int, optional
        Of the choice between equally good questions.

    References
    ----------
    .. [1] Breiman, Friedman, Olshen, Stone (1984), Classification and regression trees.
    .. [2] Provost, Domingos (2003), Tree induction for probability-based ranking.
    """

    title = "Decision tree"
    family = "tree"
    readable = True
    uses_weights = True
    watches = False
    encoder = Ordinal
    space = {
        "max_depth": ("int", 2, 14),
        "min_leaf_share": ("log", 0.0005, 0.05),
        "prior_cases": ("log", 1.0, 100.0),
    }

    def __init__(
        self,
        max_depth: int = 6,
        min_leaf_share: float = 0.005,
        prior_cases: float = 10.0,
        random_state: int | None = None,
    ):
        self.max_depth = max_depth
        self.min_leaf_share = min_leaf_share
        self.prior_cases = prior_cases
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
        """Grow the tree on the fit cases; ``valid`` is not used."""
        self.total_weight_ = None if weight is None else float(weight.sum())
        return super().fit(cases, y, valid=valid, weight=weight)

    def estimator(self) -> tree.DecisionTreeClassifier:
        """Build the classifier."""
        least = {"min_samples_leaf": self.min_leaf_share}
        if (total := self.total_weight_) is not None:
            # In whole cases, as scikit-learn takes a share of cases without weights; a little less,
            # or rounding would refuse just as many.
            whole = np.ceil(self.min_leaf_share * total) - 1e-6
            least = {"min_weight_fraction_leaf": min(whole / total, 0.5)}
        return tree.DecisionTreeClassifier(
            max_depth=self.max_depth, random_state=self.random_state, **least
        )

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case's leaf, shape (n_cases, 2)."""
        grown = self.estimator_.tree_
        leaf = self.estimator_.apply(self.encoded(cases))
        size, share = grown.weighted_n_node_samples[leaf], grown.value[leaf, 0, 1]
        base_rate = grown.value[0, 0, 1]
        p = (size * share + self.prior_cases * base_rate) / (size + self.prior_cases)
        return two_columns(p)

    def explain(self) -> Explanation:
        """Rank features by how much their questions purify the leaves."""
        return Explanation.importances(
            self.encoder_.names_,
            self.estimator_.feature_importances_,
            Sentence(
                "Share of the tree's total fall in Gini impurity that questions about the "
                "feature bring.  A feature with a twin may get nothing."
            ),
        )
