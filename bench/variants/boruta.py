"""Boruta: columns that a forest finds more useful than shuffled copies of all of them."""

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import ExtraTreesClassifier

from .selected import Selected, encoded_by_column

_ROUNDS, _TREES, _LEAF = 20, 60, 5
_MOST_CASES = 4000
_LEVEL = 0.05


class Boruta(Selected):
    """Keeps columns that beat the best of all shuffled columns more often than chance would [1]_.

    In each of twenty rounds a forest is grown on the columns and on a shuffled copy of each; a
    column scores if its fall in impurity is larger than that of every copy.  It is kept if it
    scores more often than by a toss of a coin, at 5 % over all columns.

    References
    ----------
    .. [1] Kursa, Rudnicki (2010), Feature selection with the Boruta package.  Journal of
       Statistical Software 36.
    """

    word, said = "boruta", "by Boruta"

    def telling(
        self,
        features: pd.DataFrame,
        y: np.ndarray,
        weight: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Let columns and shuffled copies compete."""
        parts = encoded_by_column(features, y, weight)
        owner = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
        x = np.nan_to_num(np.hstack(parts), nan=-1e6)
        hits = np.zeros(len(parts))
        for seed in rng.integers(2**31, size=_ROUNDS):
            rows = rng.permutation(len(y))[:_MOST_CASES]
            shown = x[rows]
            shuffled = np.column_stack([column[rng.permutation(len(rows))] for column in shown.T])
            forest = ExtraTreesClassifier(
                _TREES,
                min_samples_leaf=_LEAF,
                max_features=0.5,
                random_state=int(seed),
            ).fit(np.hstack([shown, shuffled]), y[rows], None if weight is None else weight[rows])
            falls = forest.feature_importances_
            ours = np.zeros(len(parts))
            np.maximum.at(ours, owner, falls[: len(owner)])
            hits += ours > falls[len(owner) :].max()
        p_values = stats.binom.sf(hits - 1, _ROUNDS, 0.5)
        return p_values <= _LEVEL / len(parts)
