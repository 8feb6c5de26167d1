"""CatBoost: boosting of symmetric trees that learns what a category's values say as it goes."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import clone

from ..bench.cases import Cases, is_numeric, texts
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ..bench.one_case import NotPlainError, Row, number_of, row_of, text_of
from ._boosting_steps import BoostingSteps, stopped

# Some programs write the largest double for "none"; CatBoost reads single precision.
_LARGEST = 1e30
_MISSING = b"(missing)"
_FEWER_NEWTON_STEPS = 3  # where each goes through many cases


class CatBoost(Model):
    """Gradient boosting of symmetric trees [1]_, stopped when valid log loss stops falling.

    All leaves of one depth ask the same question.  A category's value is read as the outcome's rate
    among the cases that come before in a random order, so that no fit case sees its own; two or
    three categories are combined where it helps.  Of more than 100,000 fit cases it grows half as
    many trees, each a step twice as long, and waits half as long for progress; and it looks for the
    leaves' values in three Newton steps, not ten.

    Parameters
    ----------
    learning_rate : float, default=0.05
    max_trees : int, default=600
    depth : int, default=6
        Questions of each tree.
    l2 : float, default=3.0
        Penalty on the leaves' values.
    subsample : float, default=0.8
        Share of the cases that each tree sees; weighted cases all are seen.
    patience : int or None, default=40
        Trees without a better valid log loss before boosting stops; with None it grows
        ``max_trees`` and watches nothing.
    random_state : int, optional
        Of the orders and the samples.

    References
    ----------
    .. [1] Prokhorenkova, Gusev, Vorobev, Dorogush, Gulin (2018), CatBoost: unbiased boosting with
       categorical features.
    """

    title = "CatBoost"
    family = "tree"
    views = frozenset({"features"})
    requires = ("catboost",)
    uses_weights = True
    space = {
        "learning_rate": ("log", 0.02, 0.15),
        "depth": ("int", 3, 8),
        "l2": ("log", 0.5, 30.0),
        "subsample": ("float", 0.5, 1.0),
    }

    def __init__(
        self,
        learning_rate: float = 0.05,
        max_trees: int = 600,
        depth: int = 6,
        l2: float = 3.0,
        subsample: float = 0.8,
        patience: int | None = 40,
        random_state: int | None = None,
    ):
        self.learning_rate = learning_rate
        self.max_trees = max_trees
        self.depth = depth
        self.l2 = l2
        self.subsample = subsample
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
        from catboost import CatBoostClassifier

        # A weighted case left out of a sample would be all of its cases at once.
        sampled: dict[str, Any] = {"bootstrap_type": "No"}
        if weight is None:
            sampled = {"bootstrap_type": "Bernoulli", "subsample": self.subsample}
        given = BoostingSteps(self.learning_rate, self.max_trees, self.patience)
        self.steps_ = given.for_cases(len(y))
        self.names_ = list(cases.features.columns)
        self.is_number_ = [is_numeric(column) for _, column in cases.features.items()]
        self.base_rate_ = float(np.average(y, weights=weight))
        self.importances_ = np.zeros(len(self.names_))
        self.estimator_ = None
        if not any(column.nunique(dropna=False) > 1 for _, column in cases.features.items()):
            return self  # CatBoost refuses a table in which nothing varies
        self.estimator_ = CatBoostClassifier(
            iterations=self.steps_.max_trees,
            learning_rate=self.steps_.learning_rate,
            depth=self.depth,
            l2_leaf_reg=self.l2,
            **sampled,
            random_seed=self.random_state or 0,
            thread_count=1,
            allow_writing_files=False,
            logging_level="Silent",
        )
        if self.steps_ != given:
            self.estimator_.set_params(leaf_estimation_iterations=_FEWER_NEWTON_STEPS)
        watched = {}
        if self.patience is not None:
            watched["eval_set"] = self._pool(valid[0], valid[1], valid_weight)
            watched["early_stopping_rounds"] = self.steps_.patience
        self.estimator_.fit(self._pool(cases, y, weight), **watched)
        if self.estimator_.tree_count_:
            self.importances_ = self.estimator_.get_feature_importance() / 100
        return self

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy that goes as far, in such steps, as the fitted ones did on average."""
        counts = [model.estimator_.tree_count_ if model.estimator_ else 0 for model in fitted]
        return clone(self).set_params(**asdict(stopped([one.steps_ for one in fitted], counts)))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if state.get("estimator_") is not None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "model.cbm")
                self.estimator_.save_model(str(path))
                state["estimator_"] = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        from catboost import CatBoostClassifier

        super().__setstate__(state)
        if state.get("estimator_") is not None:
            blob = state["estimator_"].tobytes()
            self.estimator_ = CatBoostClassifier().load_model(blob=blob)

    def _pool(
        self, cases: Cases, y: np.ndarray | None = None, weight: np.ndarray | None = None
    ) -> Any:
        from catboost import FeaturesData, Pool

        numbers, words = self._told_apart(cases)
        return Pool(
            FeaturesData(num_feature_data=numbers, cat_feature_data=words),
            label=y,
            weight=weight,
        )

    def _told_apart(self, cases: Cases) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Give the numbers, float32, and the categories, as bytes; None where there are none."""
        row = row_of(cases.features)
        if row is not None:
            try:
                return self._of_row(row)
            except NotPlainError:
                pass
        columns = [cases.features[name] for name in self.names_]
        numbers = [
            np.clip(column.to_numpy(dtype=float, na_value=np.nan), -_LARGEST, _LARGEST)
            for column, is_number in zip(columns, self.is_number_, strict=True)
            if is_number
        ]
        words = [
            np.array([_bytes_of(value) for value in texts(column)], dtype=object)
            for column, is_number in zip(columns, self.is_number_, strict=True)
            if not is_number
        ]
        return (
            np.column_stack(numbers).astype(np.float32) if numbers else None,
            np.column_stack(words) if words else None,
        )

    def _of_row(self, row: Row) -> tuple[np.ndarray | None, np.ndarray | None]:
        told = list(zip(self.names_, self.is_number_, strict=True))
        numbers = [number_of(row[name]) for name, is_number in told if is_number]
        words = [_bytes_of(text_of(row[name])) for name, is_number in told if not is_number]
        clipped = np.clip(np.array([numbers], dtype=float), -_LARGEST, _LARGEST)
        return (
            clipped.astype(np.float32) if numbers else None,
            np.array([words], dtype=object) if words else None,
        )

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        if self.estimator_ is None:
            return two_columns(np.full(len(cases), self.base_rate_))
        return two_columns(self.estimator_.predict_proba(self._pool(cases))[:, 1])

    def explain(self) -> Explanation:
        """Rank features by how far predictions move when their value changes."""
        numbers_first = [
            *(n for n, number in zip(self.names_, self.is_number_, strict=True) if number),
            *(n for n, number in zip(self.names_, self.is_number_, strict=True) if not number),
        ]
        return Explanation.importances(
            numbers_first,
            self.importances_,
            Sentence(
                "How far predictions move, on average, when the answers to questions about "
                "the feature change, as a share of all features' sum."
            ),
        )


def _bytes_of(text: object) -> bytes:
    return text.encode() if isinstance(text, str) else _MISSING
