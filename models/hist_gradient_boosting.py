"""Histogram gradient boosting: small trees, each mending what the others leave wrong."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn import ensemble
from sklearn.base import clone

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation
from ..bench.tabular import TabularModel
from ._trees_of_one_case import TreesOfOneCase

_PROBED_CASES = 1000


class HistGradientBoosting(TabularModel):
    """Gradient boosting on binned features, stopped when valid log loss stops falling.

    Trees grow leaf by leaf, as in [1]_, in scikit-learn's implementation.

    Parameters
    ----------
    learning_rate : float, default=0.05
    max_trees : int, default=400
    max_leaves : int, default=15
        Leaves of each tree.
    l2 : float, default=1.0
        Penalty on the leaves' values.
    patience : int or None, default=20
        Trees without a better valid log loss before boosting stops; None to grow them all.
    random_state : int, optional
        Of the sample on which bins are learnt, where there are many cases.

    References
    ----------
    .. [1] Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree.
    """

    title = "Histogram gradient boosting"
    family = "tree"
    uses_weights = True
    encoder = Ordinal
    # Made of the fitted trees, and not kept with them: the walk, and the nodes' values.
    _trees: tuple[TreesOfOneCase, np.ndarray] | None = None
    space = {
        "learning_rate": ("log", 0.02, 0.2),
        "max_leaves": ("log int", 4, 64),
        "l2": ("log", 0.1, 30.0),
    }

    def __init__(
        self,
        learning_rate: float = 0.05,
        max_trees: int = 400,
        max_leaves: int = 15,
        l2: float = 1.0,
        patience: int | None = 20,
        random_state: int | None = None,
    ):
        self.learning_rate = learning_rate
        self.max_trees = max_trees
        self.max_leaves = max_leaves
        self.l2 = l2
        self.patience = patience
        self.random_state = random_state

    def estimator(self) -> ensemble.HistGradientBoostingClassifier:
        """Build the classifier."""
        return ensemble.HistGradientBoostingClassifier(
            learning_rate=self.learning_rate,
            max_iter=self.max_trees,
            max_leaf_nodes=self.max_leaves,
            l2_regularization=self.l2,
            early_stopping=self.patience is not None,
            n_iter_no_change=self.patience or 1,
            random_state=self.random_state,
        )

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Boost on the fit cases while the valid cases gain from it."""
        self._trees = None
        x = self.encode_fit_cases(cases, y, weight)
        self.empty_ = np.isnan(x).all(axis=0)
        x = np.where(self.empty_, 0.0, x)
        watched = {}
        if self.patience is not None:
            watched = {"X_val": self.encoded(valid[0]), "y_val": valid[1]}
            watched["sample_weight_val"] = valid_weight
        self.estimator_ = self.estimator().fit(x, y, sample_weight=weight, **watched)
        self.sway_ = self._probe(x[:_PROBED_CASES])
        return self

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy that grows as many trees as the fitted ones did on average."""
        n_trees = round(float(np.mean([model.estimator_.n_iter_ for model in fitted])))
        return clone(self).set_params(max_trees=n_trees, patience=None)

    def encoded(self, cases: Cases) -> np.ndarray:
        """Give what the classifier reads, shape (n_cases, at least 1)."""
        # scikit-learn 1.9 finds no bins for a column of missing values only and breaks off.
        return np.where(self.empty_, 0.0, super().encoded(cases))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        if len(cases) != 1:
            return super().predict_proba(cases)
        if self._trees is None:
            grown = [predictor for (predictor,) in self.estimator_._predictors]
            values = np.concatenate([predictor.nodes["value"] for predictor in grown])
            self._trees = TreesOfOneCase.of_histograms(grown), values
        trees, values = self._trees
        start = self.estimator_._baseline_prediction.ravel()
        # One after the other, as scikit-learn adds them up.
        added = np.append(start, values[trees.leaves(self.encoded(cases)[0])]).cumsum()[-1:]
        return self.estimator_._loss.predict_proba(added[:, None])

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_trees"}

    def _probe(self, x: np.ndarray) -> np.ndarray:
        """Measure how far the log odds move when one column is shuffled, shape (n_columns,)."""
        order = np.random.default_rng(0).permutation(len(x))
        before = self.estimator_.decision_function(x)
        sway = np.zeros(x.shape[1])
        for j in range(x.shape[1]):
            shuffled = x.copy()
            shuffled[:, j] = x[order, j]
            sway[j] = np.abs(self.estimator_.decision_function(shuffled) - before).mean()
        return sway

    def explain(self) -> Explanation:
        """Rank features by what shuffling them does."""
        return Explanation.importances(
            self.encoder_.names_,
            self.sway_,
            Sentence(
                "Mean change of the log odds of a fit case when this feature alone is "
                "taken from another case."
            ),
        )
