"""XGBoost: regularised gradient boosting of trees."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import clone

from ..bench.cases import Cases
from ..bench.encoding import Ordinal
from ..bench.fit_blocks import FitBlocks
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, two_columns
from ..bench.tabular import TabularModel
from ._boosting_steps import BoostingSteps, stopped
from ._out_of_core.encoder_of_blocks import EncodedBlocks
from ._out_of_core.xgboost_matrix import quantile_matrix

if TYPE_CHECKING:
    from xgboost import XGBClassifier


class XGBoost(TabularModel):
    """Second-order gradient boosting, stopped when valid log loss stops falling.

    The method of [1]_.  Categories are read as codes by descending frequency.  Of more than 100,000
    fit cases it grows half as many trees, each a step twice as long, and waits half as long for
    progress.

    Parameters
    ----------
    learning_rate : float, default=0.05
    max_trees : int, default=500
    max_depth : int, default=4
        Questions from the root to a leaf, in each tree.
    min_leaf_weight : float, default=2.0
        Least sum of ``p (1 - p)`` over the cases of a leaf.
    subsample, feature_share : float, default=0.8
        Share of the cases and of the features that each tree sees; weighted cases all are seen.
    patience : int or None, default=30
        Trees without a better valid log loss before boosting stops; None to grow them all.
    random_state : int, optional
        Of the samples.

    References
    ----------
    .. [1] Chen, Guestrin (2016), XGBoost: a scalable tree boosting system.
    """

    title = "XGBoost"
    family = "tree"
    requires = ("xgboost",)
    uses_weights = True
    encoder = Ordinal
    space = {
        "learning_rate": ("log", 0.02, 0.2),
        "max_depth": ("int", 2, 9),
        "min_leaf_weight": ("log", 0.5, 30.0),
        "subsample": ("float", 0.5, 1.0),
        "feature_share": ("float", 0.3, 1.0),
    }

    def __init__(
        self,
        learning_rate: float = 0.05,
        max_trees: int = 500,
        max_depth: int = 4,
        min_leaf_weight: float = 2.0,
        subsample: float = 0.8,
        feature_share: float = 0.8,
        patience: int | None = 30,
        random_state: int | None = None,
    ):
        self.learning_rate = learning_rate
        self.max_trees = max_trees
        self.max_depth = max_depth
        self.min_leaf_weight = min_leaf_weight
        self.subsample = subsample
        self.feature_share = feature_share
        self.patience = patience
        self.random_state = random_state

    def estimator(self) -> "XGBClassifier":
        """Build the classifier."""
        # A weighted case left out of a sample would be all of its cases at once.
        subsample = 1.0 if self.is_weighted_ else self.subsample
        from xgboost import XGBClassifier

        return XGBClassifier(
            n_estimators=self.steps_.max_trees,
            learning_rate=self.steps_.learning_rate,
            max_depth=self.max_depth,
            min_child_weight=self.min_leaf_weight,
            subsample=subsample,
            colsample_bytree=self.feature_share,
            early_stopping_rounds=self.steps_.patience,
            eval_metric="logloss",
            tree_method="hist",
            n_jobs=1,
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
        self.is_weighted_ = weight is not None
        self.steps_ = self._steps(len(y))
        x = self.encode_fit_cases(cases, y, weight)
        watched = {}
        if self.patience is not None:
            watched["eval_set"] = [(self.encoded(valid[0]), valid[1])]
            watched["sample_weight_eval_set"] = None if valid_weight is None else [valid_weight]
        fitted = self.estimator().fit(x, y, sample_weight=weight, verbose=False, **watched)
        self.gains_ = fitted.feature_importances_
        self.booster_ = fitted.get_booster()
        if self.patience is not None:
            self.booster_ = self.booster_[: fitted.best_iteration + 1]
        return self

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Boost on cases on disk; of each number the bin is held in memory, a byte or two."""
        from xgboost import QuantileDMatrix, train

        self.is_weighted_ = blocks.weight is not None
        self.steps_ = self._steps(len(blocks.target))
        encoded = EncodedBlocks(self.encoder(), blocks)
        self.encoder_ = encoded.encoder_
        learnt = quantile_matrix(encoded)
        watched = {}
        if self.patience is not None:
            of_valid = QuantileDMatrix(
                self.encoded(valid[0]), valid[1], weight=valid_weight, ref=learnt, nthread=1
            )
            watched = {
                "evals": [(of_valid, "valid")],
                "early_stopping_rounds": self.steps_.patience,
            }
        parameters = self.estimator().get_xgb_params() | {"objective": "binary:logistic"}
        self.booster_ = train(
            parameters, learnt, self.steps_.max_trees, verbose_eval=False, **watched
        )
        gains = self.booster_.get_score(importance_type="gain")
        self.gains_ = np.array([gains.get(f"f{at}", 0.0) for at in range(encoded.n_columns)])
        self.gains_ /= max(self.gains_.sum(), 1e-12)
        if self.patience is not None:
            self.booster_ = self.booster_[: self.booster_.best_iteration + 1]
        return self

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy that goes as far, in such steps, as the fitted ones did on average."""
        n_trees = [model.booster_.num_boosted_rounds() for model in fitted]
        return clone(self).set_params(**asdict(stopped([one.steps_ for one in fitted], n_trees)))

    def _steps(self, n_cases: int) -> BoostingSteps:
        given = BoostingSteps(self.learning_rate, self.max_trees, self.patience)
        return given.for_cases(n_cases)

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        # Many times faster for a single case than through the classifier, and the same.
        return two_columns(self.booster_.inplace_predict(self.encoded(cases)))

    def __getstate__(self) -> dict[str, Any]:
        # Of XGBoost's own forms the one that later versions read.
        state = dict(super().__getstate__())
        if "booster_" in state:
            state["booster_"] = np.frombuffer(self.booster_.save_raw("ubj"), dtype=np.uint8)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        from xgboost import Booster

        super().__setstate__(state)
        if "booster_" in state:
            self.booster_ = Booster({"nthread": 1}, model_file=bytearray(state["booster_"]))

    def explain(self) -> Explanation:
        """Rank features by the gain of their questions."""
        return Explanation.importances(
            self.encoder_.names_,
            self.gains_,
            Sentence(
                "Mean gain in log loss of a question about the feature, as a share of all "
                "features' means.  It says nothing of how often the question is asked."
            ),
        )
