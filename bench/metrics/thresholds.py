"""The decision threshold, chosen on valid cases by one of several rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

DEFAULT = 0.5


def decide(p: np.ndarray, threshold: float) -> np.ndarray:
    """Decide yes where P(target = 1) is at least the threshold; 1 and 0, shape (n_cases,)."""
    return (p >= threshold).astype(np.int8)


@dataclass(frozen=True, eq=False)
class Sweep:
    """All the decisions that some threshold gives on valid cases, from the fewest yes on.

    The first decides no everywhere; then yes from each distinct score on.  A threshold lies
    midway to the next lower score (to 0 below the lowest), so that new cases near the border fall
    where the nearest known case did.

    Parameters
    ----------
    threshold, hits, false_alarms : ndarray, shape (n_distinct + 1,)
        Hits and false alarms: positive and negative cases decided yes, or their weight.
    n_yes, n_no : int or float
        Positive and negative cases, or their weight.
    """

    threshold: np.ndarray
    hits: np.ndarray
    false_alarms: np.ndarray
    n_yes: float
    n_no: float

    @property
    def acted(self) -> np.ndarray:
        """Cases decided yes."""
        return self.hits + self.false_alarms


Merit = Callable[[Sweep], np.ndarray]


def sweep(y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None) -> Sweep:
    """Try every threshold on valid cases.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_valid,)
    p : ndarray, shape (n_valid,)
        P(target = 1).
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for.
    """
    order = np.argsort(-p)
    scores = p[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    if weight is None:
        hits = np.cumsum(y[order], dtype=np.int64)[last_of_tie]
        false_alarms = last_of_tie + 1 - hits
    else:
        hits, false_alarms = (
            np.cumsum((weight * (y == outcome))[order])[last_of_tie] for outcome in (1, 0)
        )
    from_score = scores[last_of_tie]
    below = np.append(from_score[1:], 0.0)
    middle = (from_score + below) / 2
    # Between neighbouring floats there is no middle, and the lower one must stay below.
    threshold = np.where(middle > below, middle, from_score)
    nowhere = np.nextafter(max(scores[0], 1.0), 2.0)
    return Sweep(
        np.append(nowhere, threshold),
        np.append(0, hits),
        np.append(0, false_alarms),
        hits[-1].item(),
        false_alarms[-1].item(),
    )


def best_thresholds(
    y: np.ndarray, p: np.ndarray, merits: Sequence[Merit], weight: np.ndarray | None = None
) -> list[float]:
    """Choose the threshold of the greatest merit, for each of some merits.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_valid,)
    p : ndarray, shape (n_valid,)
        P(target = 1).
    merits : sequence of callable
        ``(sweep) -> ndarray``, one number for each threshold of the sweep; -inf where the
        threshold is not allowed.
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for.

    Returns
    -------
    list of float
        Of equally good ones the nearest to 0.5; 0.5 itself where only one outcome occurs, which
        teaches nothing about a trade between the two.
    """
    tried = sweep(y, p, weight)
    if tried.n_yes == 0 or tried.n_no == 0:
        return [DEFAULT] * len(merits)
    chosen = []
    for merit in merits:
        of_each = merit(tried)
        best = tried.threshold[of_each == of_each.max()]
        chosen.append(float(best[np.argmin(np.abs(best - DEFAULT))]))
    return chosen


def best_threshold(
    y: np.ndarray, p: np.ndarray, merit: Merit, weight: np.ndarray | None = None
) -> float:
    """Choose the threshold of the greatest merit; see ``best_thresholds``."""
    return best_thresholds(y, p, [merit], weight)[0]


def f1(tried: Sweep) -> np.ndarray:
    """Merit: F1.

    References
    ----------
    Lipton, Elkan, Naryanaswamy (2014), "Optimal thresholding of classifiers to maximize F1
    measure", ECML PKDD.
    """
    return 2 * tried.hits / (tried.acted + tried.n_yes)


def youden(tried: Sweep) -> np.ndarray:
    """Merit: recall less the share of false alarms.

    References
    ----------
    Youden (1950), "Index for rating diagnostic tests", Cancer 3.
    """
    return tried.hits / tried.n_yes - tried.false_alarms / tried.n_no


def least_cost(false_positive: float, false_negative: float) -> Merit:
    """Merit: what wrong decisions cost, as a negative number.

    References
    ----------
    Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
    """
    return lambda tried: (
        -false_positive * tried.false_alarms - false_negative * (tried.n_yes - tried.hits)
    )


def most_profit(value: float, action: float) -> Merit:
    """Merit: the value of the hits less the cost of acting on every case decided yes."""
    return lambda tried: value * tried.hits - action * tried.acted


def within_budget(share: float) -> Merit:
    """Merit: as many cases as possible, but no more than a share of all."""

    def merit(tried: Sweep) -> np.ndarray:
        most = share * (tried.n_yes + tried.n_no)
        return np.where(tried.acted <= most, tried.acted, -np.inf)

    return merit


def least_precision(precision: float) -> Merit:
    """Merit: recall, where the precision is reached; no yes at all where it never is."""

    def merit(tried: Sweep) -> np.ndarray:
        return np.where(tried.hits >= precision * tried.acted, tried.hits, -np.inf)

    return merit


def least_recall(recall: float) -> Merit:
    """Merit: the fewest cases acted on that reach the recall."""

    def merit(tried: Sweep) -> np.ndarray:
        return np.where(tried.hits >= recall * tried.n_yes, -tried.acted, -np.inf)

    return merit
