"""Full-grown trees, known by their answers: each is 0 or 1, and they add up."""

import numpy as np

# The same cases may be asked of two fits, which makes a sum of promises less sure than it looks.
_MOST_ERRORS = 4.0


def full_grown(y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Say who answers as a tree does that was grown until each leaf was of one outcome.

    Such a tree promises 0 or 1 to everybody, and as often 1 as cases are positive, since each
    promise is the outcome of a few fit cases.  Nearest neighbours do so, too.  Labels that somebody
    cut from probabilities as a rule do not add up: a threshold seldom calls just as many as are
    positive.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
        Of cases that the fits have not seen.
    p : ndarray, shape (n_entries, n_cases)
    weight : ndarray, shape (n_cases,), optional

    Returns
    -------
    ndarray of bool, shape (n_entries,)
        False where a p is NaN.
    """
    off = (p - y) * (1.0 if weight is None else weight)
    adds_up = np.abs(off.sum(axis=1)) <= _MOST_ERRORS * np.sqrt(np.square(off).sum(axis=1))
    return ((p == 0) | (p == 1)).all(axis=1) & adds_up
