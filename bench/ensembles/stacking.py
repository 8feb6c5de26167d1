"""Stacking: a logistic regression on the members' log odds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ..metrics.metrics import SMALLEST_P
from ..metrics.penalised_logistic import penalised_logistic
from .combiners import SMALLEST_MEMBER_P, StackedOdds, log_odds

_MOST_PARTS = 5
_PENALTIES = 10.0 ** np.arange(3.0, -1.0, -0.5)
# Keeps the intercept finite where a part of the cases holds one outcome only.
_INTERCEPT_PENALTY = 1e-3
_SMALLEST_OF_RATE = 0.1


@dataclass(frozen=True, eq=False)
class Stacked:
    """A fitted stacker.

    Parameters
    ----------
    odds : StackedOdds
        The regression.
    penalty : float
        As chosen within the valid cases.
    out_of_sample : ndarray, shape (n_valid,)
        P(target = 1) of each valid case from a fit to the other parts.
    """

    odds: StackedOdds
    penalty: float
    out_of_sample: np.ndarray

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients of the members' log odds, shape (n_members,)."""
        return self.odds.coefficients


def smallest_p(y: np.ndarray, weight: np.ndarray | None) -> float:
    """Give the smallest probability that is believed: 1 in 1000, of weighted rare cases less.

    Of clicks among impressions all honest probabilities are smaller than that.
    """
    if weight is None:
        return SMALLEST_MEMBER_P
    rate = float(np.average(y, weights=weight))
    return min(SMALLEST_MEMBER_P, _SMALLEST_OF_RATE * min(rate, 1 - rate))


def stack(
    p: np.ndarray, y: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> Stacked:
    """Fit a penalised logistic regression on log odds, its penalty chosen by cross-validation.

    The penalty pulls each coefficient to ``1 / n_members``, so that with few cases stacking
    becomes the mean of the members' log odds instead of a constant.

    Parameters
    ----------
    p : ndarray, shape (n_valid, n_members)
    y : ndarray of 0 and 1, shape (n_valid,)
        With which ``n_parts`` is at least 2.
    group : ndarray, shape (n_valid,), optional
        Cases of one group stand in one part of the cross-validation.
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for, as a multiple of the mean.

    References
    ----------
    Wolpert (1992), "Stacked generalization", Neural Networks 5; Ting, Witten (1999), "Issues in
    stacked generalization", Journal of Artificial Intelligence Research 10.
    """
    smallest = smallest_p(y, weight)
    x = log_odds(p, smallest)
    out_of_sample = np.empty((len(_PENALTIES), len(y)))
    for fit, rest in parts(y, group):
        for row, beta in enumerate(_path(x[fit], y[fit], of_rows(weight, fit))):
            out_of_sample[row, rest] = expit(beta[0] + x[rest] @ beta[1:])
    happened = np.where(y == 1, out_of_sample, 1 - out_of_sample)
    losses = -np.log(np.clip(happened, SMALLEST_P, 1.0))
    best = int(np.argmin(np.average(losses, axis=1, weights=weight)))
    beta = _path(x, y, weight, best + 1)[best]
    penalty = float(_PENALTIES[best])
    odds = StackedOdds(float(beta[0]), beta[1:], smallest)
    return Stacked(odds, penalty, out_of_sample[best])


def n_parts(y: np.ndarray, group: np.ndarray | None) -> int:
    """Count the parts of the cross-validation that these cases allow; it needs two."""
    return _n_parts(y, len(y) if group is None else len(np.unique(group)))


def _n_parts(y: np.ndarray, n_groups: int) -> int:
    return min(_MOST_PARTS, int(np.bincount(y, minlength=2).min()), n_groups)


def parts(y: np.ndarray, group: np.ndarray | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Deal groups (or cases) with equally many positive cases out evenly, at random."""
    who = np.arange(len(y)) if group is None else np.unique(group, return_inverse=True)[1]
    positives = np.bincount(who, weights=y)
    n = _n_parts(y, len(positives))
    chance = np.random.default_rng(0).permutation(len(positives))
    part = np.empty(len(positives), dtype=int)
    part[np.lexsort((chance, positives))] = np.arange(len(positives)) % n
    of_cases = part[who]
    for number in range(n):
        yield np.flatnonzero(of_cases != number), np.flatnonzero(of_cases == number)


def of_rows(values: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """Pick rows of groups or weights, where there are any."""
    return None if values is None else values[rows]


def _path(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, n_steps: int | None = None
) -> list[np.ndarray]:
    """Fit under the first penalties (all), strongest first, each fit starting from the one before.

    Gives the intercept and the coefficients of each.
    """
    n_members = x.shape[1]
    design = np.column_stack([np.ones(len(y)), x])
    aim = np.append(0.0, np.full(n_members, 1 / n_members))
    fits = [aim]
    for penalty in _PENALTIES[:n_steps]:
        penalties = np.append(_INTERCEPT_PENALTY, np.full(n_members, penalty))
        fits.append(penalised_logistic(design, y, aim, penalties, fits[-1], weight))
    return fits[1:]
