"""Diversity: how differently the members of an ensemble err."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.thresholds import DEFAULT, decide


@dataclass(frozen=True)
class Diversity:
    """Of all pairs of members, on the valid cases.

    Parameters
    ----------
    disagreement : float
        Mean share of cases on which two members decide differently at 0.5.
    correlation : float
        Mean correlation of two members' errors (probability less outcome).
    most_alike, least_alike : tuple of (int, int, float)
        The pairs, by their position, whose errors correlate most and least, and how much.
    """

    disagreement: float
    correlation: float
    most_alike: tuple[int, int, float]
    least_alike: tuple[int, int, float]


def diversity(folds: Sequence[tuple[np.ndarray, np.ndarray]]) -> Diversity:
    """Measure the diversity of two or more members, as a mean over folds.

    Parameters
    ----------
    folds : sequence of (ndarray, ndarray)
        Of each fold the members' P(target = 1), shape (n_valid, n_members), and the outcomes,
        shape (n_valid,).

    References
    ----------
    Kuncheva, Whitaker (2003), "Measures of diversity in classifier ensembles and their
    relationship with the ensemble accuracy", Machine Learning 51.
    """
    disagreements = np.mean([_disagreements(p) for p, _ in folds], axis=0)
    correlations = np.mean([_correlations(p - y[:, None]) for p, y in folds], axis=0)
    first, second = np.triu_indices(len(correlations), 1)
    of_pairs = correlations[first, second]
    most, least = int(np.argmax(of_pairs)), int(np.argmin(of_pairs))
    return Diversity(
        float(disagreements[first, second].mean()),
        float(of_pairs.mean()),
        (int(first[most]), int(second[most]), float(of_pairs[most])),
        (int(first[least]), int(second[least]), float(of_pairs[least])),
    )


def _disagreements(p: np.ndarray) -> np.ndarray:
    yes = decide(p, DEFAULT).astype(float)
    both = yes.T @ yes
    n_yes = np.diag(both)
    return (n_yes[:, None] + n_yes[None, :] - 2 * both) / len(p)


def _correlations(errors: np.ndarray) -> np.ndarray:
    away = errors - errors.mean(axis=0)
    spread = np.sqrt(np.square(away).sum(axis=0))
    # Errors that never vary (one outcome, one answer) go along with nothing.
    varies = spread > 1e-12 * len(errors)
    away = np.where(varies, away, 0.0) / np.where(varies, spread, 1.0)
    return away.T @ away
