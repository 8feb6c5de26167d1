"""Model-based: columns that a forest needs to predict cases that it has not seen."""

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

from .selected import Selected, encoded_by_column

_TREES, _LEAF = 100, 5
_MOST_CASES = 5000
_ERRORS = 2.0


class ModelBased(Selected):
    """Keeps columns without which a forest predicts worse what it has not seen.

    A forest is grown on each half of the fit cases.  On the other half each column is given the
    values of other cases in turn [1]_: it is kept if that costs log loss by more than two standard
    errors.

    References
    ----------
    .. [1] Breiman (2001), Random forests.  Machine Learning 45.
    """

    word, said = "model_based", "by a forest"

    def telling(
        self,
        features: pd.DataFrame,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Ask the forest about cases with another's value."""
        parts = encoded_by_column(features, y, weight)
        first = np.cumsum([0, *(part.shape[1] for part in parts)])
        x = np.nan_to_num(np.hstack(parts), nan=-1e6)
        rows = rng.permutation(len(y))[:_MOST_CASES]
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        if any(y[half].min() == y[half].max() for half in halves):
            return np.ones(len(parts), dtype=bool)
        rises = np.vstack([
            _rises(x, y, weight, grown, asked, first, rng)
            for grown, asked in (halves, halves[::-1])
        ])  # fmt: skip
        errors = rises.std(axis=0, ddof=1) / np.sqrt(len(rises))
        return (errors > 0) & (rises.mean(axis=0) > _ERRORS * errors)


def _rises(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    grown: np.ndarray,
    asked: np.ndarray,
    first: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give what another's value costs each case that is asked, shape (n_asked, n_columns)."""
    forest = ExtraTreesClassifier(
        _TREES, min_samples_leaf=_LEAF, max_features=0.5, random_state=0
    ).fit(x[grown], y[grown], None if weight is None else weight[grown])
    before = _losses(forest, x[asked], y[asked])
    rises = []
    for low, high in zip(first[:-1], first[1:], strict=True):
        other = x[asked].copy()
        other[:, low:high] = other[rng.permutation(len(asked)), low:high]
        rises.append(_losses(forest, other, y[asked]) - before)
    found = np.column_stack(rises)
    return found if weight is None else found * weight[asked, None]


def _losses(forest: ExtraTreesClassifier, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = np.clip(forest.predict_proba(x)[np.arange(len(y)), y], 1e-3, 1.0)
    return -np.log(p)
