"""The decision threshold, chosen on valid cases."""

import numpy as np

DEFAULT = 0.5


def decide(p: np.ndarray, threshold: float) -> np.ndarray:
    """Decide yes where P(target = 1) is at least the threshold; 1 and 0, shape (n_cases,)."""
    return (p >= threshold).astype(np.int8)


def best_f1_threshold(y: np.ndarray, p: np.ndarray) -> float:
    """Choose the threshold with the highest F1.

    All decisions that some threshold gives are tried: yes from each distinct score on.  The
    threshold lies midway to the next lower score (to 0 below the lowest), so that new cases near
    the border fall where the nearest known case did.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_valid,)
    p : ndarray, shape (n_valid,)
        P(target = 1).

    Returns
    -------
    float
        Of equally good ones the nearest to 0.5; 0.5 itself where only one outcome occurs, as F1
        then teaches nothing.

    References
    ----------
    Lipton, Elkan, Naryanaswamy (2014), "Optimal thresholding of classifiers to maximize F1
    measure", ECML PKDD.
    """
    n_yes = int(np.sum(y))
    if n_yes in (0, len(y)):
        return DEFAULT
    order = np.argsort(-p, kind="stable")
    scores = p[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = np.cumsum(y[order], dtype=np.int64)[last_of_tie]
    f1 = 2 * hits / (last_of_tie + 1 + n_yes)
    from_score = scores[last_of_tie]
    below = np.append(from_score[1:], 0.0)
    middle = (from_score + below) / 2
    # Between neighbouring floats there is no middle, and the lower one must stay below.
    threshold = np.where(middle > below, middle, from_score)
    best = threshold[f1 == f1.max()]
    return float(best[np.argmin(np.abs(best - DEFAULT))])
