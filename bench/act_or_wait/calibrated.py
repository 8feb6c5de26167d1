"""Probabilities after each event, calibrated event by event where outcomes are known."""

from collections.abc import Callable

import numpy as np

from ..metrics.calibrators import sigmoid

_LEAST_OF_EITHER = 20


def calibrated(p: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Learn one sigmoid an event, from the visits that get there.

    A model fitted on whole visits does not know that a visit goes on.  Events that too few visits
    of either outcome reach use the map of the event before; the first ones the identity.

    Parameters
    ----------
    p : ndarray, shape (n_visits, n_events)
        P(target = 1) after each event, NaN after a visit's last.
    y : ndarray of 0 and 1, shape (n_visits,)

    Returns
    -------
    callable
        Maps arrays of any number of visits and the same events.
    """
    maps: list[Callable[[np.ndarray], np.ndarray]] = []
    latest: Callable[[np.ndarray], np.ndarray] = _as_it_is
    for of_event in p.T:
        rows = np.flatnonzero(~np.isnan(of_event))
        if np.bincount(y[rows], minlength=2).min() >= _LEAST_OF_EITHER:
            latest = sigmoid(of_event[rows], y[rows])
        maps.append(latest)

    def apply(raw: np.ndarray) -> np.ndarray:
        made = np.full(raw.shape, np.nan)
        for event, truer in enumerate(maps):
            rows = np.flatnonzero(~np.isnan(raw[:, event]))
            if len(rows):
                made[rows, event] = truer(raw[rows, event])
        return made

    return apply


def _as_it_is(p: np.ndarray) -> np.ndarray:
    return p
