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


def diversity(
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    weights: Sequence[np.ndarray] | None = None,
) -> Diversity:
    """Measure the diversity of two or more members, as a mean over folds.

    Parameters
    ----------
    folds : sequence of (ndarray, ndarray)
        Of each fold the members' P(target = 1), shape (n_valid, n_members), and the outcomes,
        shape (n_valid,).
    weights : sequence of ndarray, optional
        Of each fold how many cases each stands for, shape (n_valid,).

    References
    ----------
    Kuncheva, Whitaker (2003), "Measures of diversity in classifier ensembles and their
    relationship with the ensemble accuracy", Machine Learning 51.
    """
    of_folds = [None] * len(folds) if weights is None else [w / w.mean() for w in weights]
    weighed = list(zip(folds, of_folds, strict=True))
    disagreements = np.mean([_disagreements(p, w) for (p, _), w in weighed], axis=0)
    correlations = np.mean([_correlations(p - y[:, None], w) for (p, y), w in weighed], axis=0)
    first, second = np.triu_indices(len(correlations), 1)
    of_pairs = correlations[first, second]
    most, least = int(np.argmax(of_pairs)), int(np.argmin(of_pairs))
    return Diversity(
        float(disagreements[first, second].mean()),
        float(of_pairs.mean()),
        (int(first[most]), int(second[most]), float(of_pairs[most])),
        (int(first[least]), int(second[least]), float(of_pairs[least])),
    )


def _disagreements(p: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    yes = decide(p, DEFAULT).astype(float)
    both = yes.T @ (yes if weight is None else weight[:, None] * yes)
    n_yes = np.diag(both)
    return (n_yes[:, None] + n_yes[None, :] - 2 * both) / len(p)


def _correlations(errors: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    away = errors - np.average(errors, axis=0, weights=weight)
    if weight is not None:
        away = np.sqrt(weight)[:, None] * away
    spread = np.sqrt(np.square(away).sum(axis=0))
    # Errors that never vary (one outcome, one answer) go along with nothing.
    varies = spread > 1e-12 * len(errors)
    away = np.where(varies, away, 0.0) / np.where(varies, spread, 1.0)
    return away.T @ away
