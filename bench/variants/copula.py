"""Copula: rows of a Gaussian copula, which knows each column and how two of them go together."""

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.covariance import ledoit_wolf

from .column_scores import Levels, looked_at
from .synthetic import Synthetic


class Copula(Synthetic):
    """Synthetic rows of a Gaussian copula are added to the fit cases [1]_.

    Each outcome has a copula of its own.  A column keeps the distribution that it has among the
    fit cases; columns go together as correlations of their normal scores say, shrunk as by Ledoit
    and Wolf.  Categories are put in the order of their shares, and a missing number is a value of
    a column beside it.

    References
    ----------
    .. [1] Patki, Wedge, Veeramachaneni (2016), The Synthetic Data Vault.  IEEE DSAA.
    """

    word, said = "copula", "with rows of a copula"

    def made(
        self, features: pd.DataFrame, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Draw the rows of either outcome."""
        outcomes, n_rows = np.unique(y, return_counts=True)
        parts = [_drawn(features[y == outcome], rng) for outcome in outcomes]
        return pd.concat(parts, ignore_index=True), np.repeat(outcomes, n_rows)


class CopulaAlone(Copula):
    """Synthetic rows of a Gaussian copula take the place of the fit cases."""

    word, said = "copula_alone", "of a copula's rows alone"
    alone = True


def _drawn(features: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Learn a copula, and draw as many rows from it."""
    columns = looked_at(features)
    levels = [
        part
        for column in columns.values()
        for part in ([column] if isinstance(column, Levels) else [column, column.missing])
        if part is not None
    ]
    scores = np.column_stack([part.scores() for part in levels])
    u = iter(stats.norm.cdf(rng.normal(size=scores.shape) @ _root(scores)).T)
    made = {}
    for name, column in columns.items():
        at = next(u)
        if isinstance(column, Levels):
            made[name] = column.values(column.at(at))
        else:
            is_missing = np.zeros(len(at), dtype=bool)
            if column.missing is not None:
                drawn = column.missing.values(column.missing.at(next(u)))
                is_missing = drawn.to_numpy(dtype=bool)
            made[name] = column.values(at, is_missing)
    return pd.DataFrame(made)


def _root(scores: np.ndarray) -> np.ndarray:
    """Give the symmetric root of the correlations, shape (n_scores, n_scores)."""
    spread = scores.std(axis=0)
    varies = spread > 0
    correlations = np.eye(len(spread))
    if len(scores) > 1 and varies.any():
        standard = (scores[:, varies] - scores[:, varies].mean(axis=0)) / spread[varies]
        found = ledoit_wolf(standard, assume_centered=True)[0]
        scale = np.sqrt(np.diag(found))
        correlations[np.ix_(varies, varies)] = found / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(correlations)
    return (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
