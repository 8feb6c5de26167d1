"""The rate of positive cases in each segment, and how many segments are worth telling apart."""

from collections.abc import Mapping

import numpy as np

_LEAST = 1e-6  # a probability, so that no case costs more than 14 nats


def smoothed_rates(member: np.ndarray, y: np.ndarray, prior_cases: float) -> np.ndarray:
    """Give each segment's rate of positive cases, drawn towards that of all.

    Parameters
    ----------
    member : ndarray, shape (n_cases, n_segments)
        How much of each case is in each segment; rows add up to 1.
    y : ndarray, shape (n_cases,)
        Outcomes.
    prior_cases : float
        So many cases of the overall rate are added to each segment.
    """
    return (member.T @ y + prior_cases * y.mean()) / (member.sum(axis=0) + prior_cases)


def losses(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the log loss of each case, shape (n_cases,)."""
    p = np.clip(np.where(y == 1, p, 1 - p), _LEAST, 1.0)
    return -np.log(p)


def chosen_number(of_cases: Mapping[int, np.ndarray]) -> int:
    """Choose a number of segments: more of them only where the valid cases say so.

    Parameters
    ----------
    of_cases : mapping of int to ndarray, shape (n_valid,)
        By number of segments, rising: the log loss of each valid case.

    Returns
    -------
    int
        The first; a later one in its place if its mean loss is lower than that of the one chosen so
        far by more than the standard error of their difference.
    """
    numbers = iter(of_cases)
    chosen = next(numbers)
    for number in numbers:
        gain = of_cases[chosen] - of_cases[number]
        if len(gain) > 1 and gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)):
            chosen = number
    return chosen


def by_size(segment: np.ndarray, n_segments: int) -> np.ndarray:
    """Give each segment's place when they are sorted by size, the largest first.

    Parameters
    ----------
    segment : ndarray of int, shape (n_cases,)
    n_segments : int

    Returns
    -------
    ndarray of int, shape (n_segments,)
    """
    order = np.argsort(-np.bincount(segment, minlength=n_segments), kind="stable")
    place = np.empty(n_segments, dtype=np.int64)
    place[order] = np.arange(n_segments)
    return place
