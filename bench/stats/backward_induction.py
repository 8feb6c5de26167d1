"""Backward induction: what waiting is worth, event by event, from the last one to the first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

_SMALLEST_P = 1e-4
_KNOT_SHARES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)


@dataclass(frozen=True, eq=False)
class Worth:
    """What waiting at one event is worth: piecewise linear in the log odds, linear in the rest.

    Parameters
    ----------
    knots : ndarray
        In log odds, where the slope may change.
    centre, scale : ndarray
        Of the columns.
    weights : ndarray
        Intercept first.
    """

    knots: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray

    def __call__(self, p: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Give the worth, shape (n,), from P of shape (n,) and more columns of shape (n, k)."""
        x = (_columns(p, more, self.knots) - self.centre) / self.scale
        # Not a matrix product: BLAS rounds a row differently beside other rows.
        return self.weights[0] + (x * self.weights[1:]).sum(axis=1)


def worth_of_waiting(
    gains: np.ndarray, p: np.ndarray, more: Sequence[np.ndarray], ridge: float
) -> list[Worth | None]:
    """Learn what waiting is worth after each event, when all that follows is decided best.

    At the last event waiting brings nothing.  Before that, it brings what comes out at the next
    event, and nothing where the visit ends: the mean of that, given what is known, is regressed
    event by event, backwards.  For a finite horizon one pass is exact up to the regression [1]_.
    A visit in which one waits keeps the value that it had, not the regressed one, so that errors of
    the regression decide, and are not added up [2]_.

    Parameters
    ----------
    gains : ndarray, shape (n_visits, n_events)
        Of acting now; NaN after a visit's end.
    p : ndarray, shape (n_visits, n_events)
        P(target = 1).
    more : sequence of n_events ndarrays, each of shape (n_visits, k)
        What is known besides.
    ridge : float
        Penalty on standardised coefficients, in visits.

    Returns
    -------
    list of Worth
        By event; of the last one, None.

    References
    ----------
    .. [1] Ernst, Geurts, Wehenkel (2005), "Tree-based batch mode reinforcement learning", Journal
       of Machine Learning Research 6.
    .. [2] Longstaff, Schwartz (2001), "Valuing American options by simulation: a simple
       least-squares approach", Review of Financial Studies 14.
    """
    n_events = gains.shape[1]
    value = np.where(np.isnan(gains[:, -1]), 0.0, np.maximum(gains[:, -1], 0.0))
    learnt: list[Worth | None] = [None] * n_events
    for event in range(n_events - 2, -1, -1):
        rows = np.flatnonzero(~np.isnan(gains[:, event]))
        worth = _fitted(p[rows, event], more[event][rows], value[rows], ridge)
        acts = gains[rows, event] > np.maximum(worth(p[rows, event], more[event][rows]), 0.0)
        value[rows] = np.where(acts, gains[rows, event], value[rows])
        learnt[event] = worth
    return learnt


def _fitted(p: np.ndarray, more: np.ndarray, value: np.ndarray, ridge: float) -> Worth:
    knots = np.unique(np.quantile(_log_odds(p), _KNOT_SHARES))
    x = _columns(p, more, knots)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-9, spread, np.inf)
    z = (x - centre) / scale
    gram = z.T @ z + ridge * np.eye(z.shape[1])
    weights = np.linalg.solve(gram, z.T @ (value - value.mean()))
    return Worth(knots, centre, scale, np.concatenate([[value.mean()], weights]))


def _columns(p: np.ndarray, more: np.ndarray, knots: np.ndarray) -> np.ndarray:
    odds = _log_odds(p)
    hinges = np.maximum(odds[:, None] - knots, 0.0)
    return np.column_stack([odds, hinges, p, more])


def _log_odds(p: np.ndarray) -> np.ndarray:
    return logit(np.clip(p, _SMALLEST_P, 1 - _SMALLEST_P))
