"""The best possible policy, where the true probabilities are known."""

import numpy as np

from ..policy import Economics
from ..stats.backward_induction import worth_of_waiting

_RIDGE = 1e-3


def best_stops(learn: np.ndarray, asked: np.ndarray, economics: Economics) -> np.ndarray:
    """Say after which event the best policy acts: value iteration on what is truly known.

    What can be known of a visit is its true probability and, of a hidden process, where that
    probably stands.  Value iteration over these runs backwards from the last event; the mean over
    what comes next is taken by regression on visits of the same process, apart from those asked
    about.  No outcome is looked at.

    Parameters
    ----------
    learn, asked : ndarray, shape (n_visits, n_events, 1 + k)
        After each event P(target = 1), and whatever else decides what comes next; NaN after a
        visit's last event.
    economics : Economics

    Returns
    -------
    ndarray of int, shape (n_asked,)
        The event, from 1; 0 for never.
    """
    events = np.arange(1, learn.shape[1] + 1)
    p = learn[..., 0]
    more = [_columns(learn[:, event - 1]) for event in events]
    worth = worth_of_waiting(economics.gain(p, events), p, more, _RIDGE)
    stop = np.zeros(len(asked), dtype=np.int64)
    for event in events:
        p = asked[:, event - 1, 0]
        rows = np.flatnonzero((stop == 0) & ~np.isnan(p))
        waiting = worth[event - 1]
        least = 0.0 if waiting is None else waiting(p[rows], _columns(asked[rows, event - 1]))
        stop[rows[economics.gain(p[rows], event) > np.maximum(least, 0.0)]] = event
    return stop


def _columns(known: np.ndarray) -> np.ndarray:
    """Give the rest of what is known, its squares, and its products with the log odds."""
    p, rest = known[..., :1], known[..., 1:]
    clipped = np.clip(p, 1e-4, 1 - 1e-4)
    odds = np.log(clipped) - np.log1p(-clipped)
    return np.concatenate([rest, rest**2, rest * odds], axis=-1)
