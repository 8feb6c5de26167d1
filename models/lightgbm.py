"""LightGBM: gradient boosting whose trees grow leaf by leaf and part categories in two sets."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import clone

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.fit_blocks import FitBlocks
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ._out_of_core.encoder_of_blocks import EncodedBlocks
from ._out_of_core.lightgbm_rows import rows_of


class LightGBM(Model):
    """Gradient boosting on histograms [1]_, stopped when valid log loss stops falling.

    Each tree splits the leaf that gains most.  A question about a category parts its values in two
    sets, ordered by what the tree has to mend [2]_; missing numbers go to the side that gains.

    Parameters
    ----------
    learning_rate : float, default=0.03
    max_trees : int, default=600
    max_leaves : int, default=15
        Leaves of each tree.
    min_leaf_weight : float, default=3.0
        Least sum of ``p (1 - p)`` over the cases of a leaf.
    l2 : float, default=1.0
        Penalty on the leaves' values.
    subsample, feature_share : float, default=0.8, 0.6
        Share of the cases and of the features that each tree sees; weighted cases all are seen.
    patience : int or None, default=40
        Trees without a better valid log loss before boosting stops; None to grow them all.
    random_state : int, optional
        Of the samples.

    References
    ----------
    .. [1] Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree.
    .. [2] Fisher (1958), On grouping for maximum homogeneity.
    """

    title = "LightGBM"
    family = "tree"
    views = frozenset({"features"})
    requires = ("lightgbm",)
    uses_weights = True
    space = {
        "learning_rate": ("log", 0.015, 0.15),
        "max_leaves": ("log int", 4, 64),
        "min_leaf_weight": ("log", 0.5, 30.0),
        "l2": ("log", 0.1, 30.0),
        "subsample": ("float", 0.5, 1.0),
        "feature_share": ("float", 0.3, 1.0),
    }

    def __init__(
        self,
        learning_rate: float = 0.03,
        max_trees: int = 600,
        max_leaves: int = 15,
        min_leaf_weight: float = 3.0,
        l2: float = 1.0,
        subsample: float = 0.8,
        feature_share: float = 0.6,
        patience: int | None = 40,
        random_state: int | None = None,
    ):
        self.learning_rate = learning_rate
        self.max_trees = max_trees
        self.max_leaves = max_leaves
        self.min_leaf_weight = min_leaf_weight
        self.l2 = l2
        self.subsample = subsample
        self.feature_share = feature_share
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
        """Boost on the fit cases while the valid cases gain from it."""
        self.encoder_ = Ordinal()
        x = _with_constant(self.encoder_.fit_transform(cases.features, y, weight))
        return self._boosted(x, y, weight, valid, valid_weight)

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Boost on cases on disk; of each number the bin is held in memory, a byte."""
        encoded = EncodedBlocks(Ordinal(), blocks)
        self.encoder_ = encoded.encoder_
        return self._boosted(rows_of(encoded), blocks.target, blocks.weight, valid, valid_weight)

    def _boosted(
        self,
        x: Any,
        y: np.ndarray,
        weight: np.ndarray | None,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None,
    ) -> Self:
        """Boost on encoded cases, or on what gives LightGBM their rows."""
        import lightgbm

        self.names_ = self.encoder_.names_
        parameters = self._parameters(is_weighted=weight is not None)
        learnt = lightgbm.Dataset(
            x,
            y,
            weight=weight,
            categorical_feature=np.flatnonzero(self.encoder_.categorical_).tolist(),
            params=parameters,
        )
        watched = {}
        if self.patience is not None:
            valid_set = learnt.create_valid(self._encoded(valid[0]), valid[1], weight=valid_weight)
            watched["valid_sets"] = [valid_set]
            watched["callbacks"] = [lightgbm.early_stopping(self.patience, verbose=False)]
        self.booster_ = lightgbm.train(
            parameters, learnt, num_boost_round=self.max_trees, **watched
        )
        return self

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy that grows as many trees as the fitted ones did on average."""
        n_trees = round(float(np.mean([model.booster_.best_iteration for model in fitted])))
        return clone(self).set_params(max_trees=n_trees, patience=None)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "booster_" in state:
            # Up to the best of its trees, in the form that later versions read.
            state["booster_"] = self.booster_.model_to_string()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        import lightgbm

        super().__setstate__(state)
        if "booster_" in state:
            self.booster_ = lightgbm.Booster(model_str=state["booster_"])

    def _parameters(self, is_weighted: bool) -> dict[str, Any]:
        # A weighted case left out of a sample would be all of its cases at once.
        sampled = {} if is_weighted else {"bagging_fraction": self.subsample, "bagging_freq": 1}
        return sampled | {
            "objective": "binary",
            "metric": "binary_logloss",
            "learning_rate": self.learning_rate,
            "num_leaves": self.max_leaves,
            # Leaves are bounded by their weight, which counts cases that a row stands for.
            "min_data_in_leaf": 1,
            "min_sum_hessian_in_leaf": self.min_leaf_weight,
            "lambda_l2": self.l2,
            "feature_fraction": self.feature_share,
            "seed": self.random_state or 0,
            "num_threads": 1,
            "deterministic": True,
            "force_row_wise": True,  # otherwise it measures which is faster, and sums differ
            "feature_pre_filter": False,
            "verbosity": -1,
        }

    def _encoded(self, cases: Cases) -> np.ndarray:
        return _with_constant(self.encoder_.transform(cases.features))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.booster_.predict(self._encoded(cases), num_threads=1))

    def explain(self) -> Explanation:
        """Rank features by the gain of their questions."""
        gain = self.booster_.feature_importance("gain")[: len(self.names_)]
        return Explanation.importances(
            self.names_,
            gain / max(gain.sum(), 1e-12),
            Sentence("Share of the gain, over all trees, that questions about the feature bring."),
        )


def _with_constant(x: np.ndarray) -> np.ndarray:
    # Without a column there is still a base rate: a constant lets it be learnt.
    return x if x.shape[1] else np.zeros((len(x), 1))
