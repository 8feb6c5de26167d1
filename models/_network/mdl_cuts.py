"""Where to cut a number so that its bins tell the outcome: the minimum description length rule."""

import heapq

import numpy as np


def mdl_cuts(
    x: np.ndarray, y: np.ndarray, most: int, weight: np.ndarray | None = None
) -> np.ndarray:
    """Cut where a shorter description of the outcomes pays for the cut itself [1]_.

    The best of all cuts halves the numbers, then the best of each half, as long as the gain in
    entropy is more than the cut costs to write down.  A number that tells nothing on its own is
    not cut at all.

    Parameters
    ----------
    x : ndarray of shape (n_cases,)
        Numbers, none missing.
    y : ndarray of shape (n_cases,)
        Outcomes, 0 or 1.
    most : int
        Bins at most; of more, the cuts that gain most are kept.
    weight : ndarray of shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    ndarray of shape (n_cuts,)
        Ascending, each half-way between two neighbouring numbers.

    References
    ----------
    .. [1] Fayyad, Irani (1993), Multi-interval discretization of continuous-valued attributes for
       classification learning.
    """
    values, group = np.unique(x, return_inverse=True)
    yes = y if weight is None else weight * y
    n_yes = np.concatenate([[0], np.cumsum(np.bincount(group, yes, len(values)))])
    n_all = np.concatenate([[0], np.cumsum(np.bincount(group, weight, minlength=len(values)))])
    # A part is a range of distinct values; the most gainful cut is made first.
    waiting = [_best_cut(0, len(values), n_all, n_yes)]
    cuts: list[float] = []
    while waiting and len(cuts) < most - 1:
        gain, cut, low, high = heapq.heappop(waiting)
        if gain < 0:
            cuts.append(_half_way(values[cut - 1], values[cut]))
            heapq.heappush(waiting, _best_cut(low, cut, n_all, n_yes))
            heapq.heappush(waiting, _best_cut(cut, high, n_all, n_yes))
    return np.sort(np.array(cuts))


def _half_way(low: float, high: float) -> float:
    # Between two neighbouring doubles there is none, and the upper one must not fall below its cut.
    middle = low + (high - low) / 2
    return float(middle if middle < high else low)


def _best_cut(
    low: int, high: int, n_all: np.ndarray, n_yes: np.ndarray
) -> tuple[float, int, int, int]:
    """Give minus the gain in bits (0 where no cut pays), the cut, and the part that it halves."""
    if high - low < 2:
        return 0.0, low, low, high
    n, yes = n_all[high] - n_all[low], n_yes[high] - n_yes[low]
    if n < 2:  # weights may stand for less than a case
        return 0.0, low, low, high
    left, left_yes = n_all[low + 1 : high] - n_all[low], n_yes[low + 1 : high] - n_yes[low]
    whole = _bits(n, yes)
    bits_left, bits_right = _bits(left, left_yes), _bits(n - left, yes - left_yes)
    best = int(np.argmin(bits_left + bits_right))
    kinds, kinds_left = _n_outcomes(n, yes), _n_outcomes(left[best], left_yes[best])
    kinds_right = _n_outcomes(n - left[best], yes - left_yes[best])
    entropies = kinds * whole / n
    entropies -= kinds_left * bits_left[best] / left[best]
    entropies -= kinds_right * bits_right[best] / (n - left[best])
    price = np.log2(n - 1.0) + np.log2(3.0**kinds - 2.0) - entropies
    gain = whole - bits_left[best] - bits_right[best]
    return (-float(gain) if gain > price else 0.0), low + 1 + best, low, high


def _bits(n: np.ndarray | float, yes: np.ndarray | float) -> np.ndarray:
    """Entropy of the outcomes of ``n`` cases times ``n``."""
    share = np.clip(np.asarray(yes / n, dtype=float), 1e-300, 1.0)
    rest = np.clip(1.0 - share, 1e-300, 1.0)
    return -n * (share * np.log2(share) + rest * np.log2(rest))


def _n_outcomes(n: float, yes: float) -> int:
    # Differences of weights are rounded.
    least = 1e-9 * n
    return int(yes > least) + int(n - yes > least)
