"""Stepping: a policy is asked after each event, and is shown no later one."""

import numpy as np

from ..errors import ModelError
from ..policy import Policy, Visits


def stops_of(policy: Policy, visits: Visits) -> np.ndarray:
    """Say after which event a policy acts in each visit.

    Parameters
    ----------
    policy : Policy
        That has learnt.
    visits : Visits

    Returns
    -------
    ndarray of int, shape (n_visits,)
        The event, from 1; 0 where it never acts.

    Raises
    ------
    ModelError
        If an answer breaks the contract.
    """
    stop = np.zeros(len(visits.p), dtype=np.int64)
    for event in range(1, visits.n_events + 1):
        rows = np.flatnonzero((stop == 0) & visits.goes_on[:, event - 1])
        if len(rows):
            acts = np.asarray(policy.act(visits.seen(rows, event)))
            _check(acts, len(rows), type(policy).__name__)
            stop[rows[acts]] = event
    return stop


def _check(acts: np.ndarray, n_visits: int, name: str) -> None:
    if acts.shape != (n_visits,) or acts.dtype != bool:
        raise ModelError(
            f"{name}.act returned {acts.dtype} of the shape {acts.shape} for {n_visits} visits; it "
            f"must be bool of the shape ({n_visits},): True for each visit in which to act now."
        )


def promptness(stop: np.ndarray) -> np.ndarray:
    """Give 1 / event, and 0 for never: how stops are stored, among other cells' probabilities."""
    return np.divide(1.0, stop, out=np.zeros(len(stop)), where=stop > 0)


def stops_from(prompt: np.ndarray, n_events: int) -> np.ndarray:
    """Read stops back from promptness.

    Raises
    ------
    ValueError
        If one is no event that there is.
    """
    stop = np.zeros(len(prompt), dtype=np.int64)
    acted = prompt > 0
    stop[acted] = np.rint(np.minimum(1.0 / prompt[acted], n_events + 1))
    if (stop > n_events).any() or not np.array_equal(promptness(stop), prompt):
        raise ValueError("it holds a moment of acting that is none of the visit's events")
    return stop
