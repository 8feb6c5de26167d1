"""Which of many columns small boosted trees gain most from, beside the columns that there are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..encoding import Ordinal

_MOST_CASES = 12_000
_TREES = 120
_LIKE = 0.97  # rank correlation, from which one of two columns says what the other does
_RANKED = 2000  # cases by which that is told


def gains(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, categorical: Sequence[int], seed: int
) -> np.ndarray:
    """Give the share of the gain that questions about each column bring, shape (n_columns,).

    Trees of eight leaves, each of which sees three in ten of the columns, are boosted on each half
    of the cases: a column in which one half sees something by chance gains from that half alone.

    Parameters
    ----------
    x : ndarray, shape (n_cases, n_columns)
        Missing values are NaN.
    y : ndarray of int8, shape (n_cases,)
    weight : ndarray, shape (n_cases,), or None
    categorical : sequence of int
        Columns that hold codes.
    seed : int
    """
    import lightgbm

    parameters = {
        "objective": "binary", "learning_rate": 0.06, "num_leaves": 8, "min_data_in_leaf": 20,
        "feature_fraction": 0.3, "lambda_l2": 1.0, "seed": seed, "num_threads": 1,
        "deterministic": True, "force_row_wise": True, "verbosity": -1,
    }  # fmt: skip
    rows = np.random.default_rng(seed).permutation(len(y))[:_MOST_CASES]
    shares = []
    for half in (rows[::2], rows[1::2]):
        learnt = lightgbm.Dataset(
            x[half], y[half], weight=None if weight is None else weight[half],
            categorical_feature=[int(j) for j in categorical], params=parameters,
        )  # fmt: skip
        gain = lightgbm.train(parameters, learnt, _TREES).feature_importance("gain")
        shares.append(gain / max(gain.sum(), 1e-12))
    return np.minimum(*shares)


class Beside:
    """What small boosted trees gain from columns beside those that there are.

    Parameters
    ----------
    features : DataFrame
        Of the fit cases; the order of its columns decides nothing.
    y : ndarray of int8, shape (n_cases,)
    weight : ndarray, shape (n_cases,), or None
    seed : int
    """

    def __init__(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, seed: int
    ) -> None:
        self.y, self.weight, self.seed = y, weight, seed
        encoder = Ordinal()
        self.plain = encoder.fit_transform(features[sorted(features)], y, weight)
        self.names = encoder.names_
        self.coded = np.flatnonzero(encoder.categorical_)

    def paired(self, names: Sequence[str], most: int) -> list[str]:
        """Pick the columns that are worth taking two at a time: all, or those that gain most."""
        if len(names) <= most:
            return list(names)
        of_plain = gains(self.plain, self.y, self.weight, self.coded, self.seed)
        gain = dict(zip(self.names, of_plain, strict=True))
        return sorted(sorted(names, key=lambda name: -gain[name])[:most])

    def best(self, made: np.ndarray, most: int) -> list[int]:
        """Pick of made columns, shape (n_cases, n_columns), those that are gained most from."""
        both = np.hstack([self.plain, made])
        gain = gains(both, self.y, self.weight, self.coded, self.seed)
        return best_apart(made, gain[self.plain.shape[1] :], most)


def best_apart(x: np.ndarray, gain: np.ndarray, most: int) -> list[int]:
    """Pick the columns with the largest gains, none of which says the same as one before it.

    Parameters
    ----------
    x : ndarray, shape (n_cases, n_columns)
    gain : ndarray, shape (n_columns,)
        Columns without any are not picked.
    most : int
    """
    shown = np.nan_to_num(x[:_RANKED], nan=-1e30)
    picked: list[int] = []
    ranks: list[np.ndarray] = []
    for j in np.argsort(-gain, kind="stable"):
        if len(picked) == most or gain[j] <= 0:
            break
        rank = _ranks(shown[:, j])
        if all(abs(float(rank @ other)) < _LIKE for other in ranks):
            picked.append(int(j))
            ranks.append(rank)
    return picked


def _ranks(x: np.ndarray) -> np.ndarray:
    """Give mean ranks, centred and of length 1: their product is the rank correlation."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts + 1) / 2)[place]
    rank = rank - rank.mean()
    return rank / max(float(np.sqrt(rank @ rank)), 1e-12)
