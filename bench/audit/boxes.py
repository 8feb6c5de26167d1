"""Branch and bound over all confusion matrices: boxes of base rate, recall and specificity.

A box is kept as long as the ends of all figures over it meet what is claimed, and is halved
otherwise (Moore 1966, Interval Analysis).  What no box is left of, no matrix gives; the reverse is
not claimed: a search that comes to its end without a proof says "possible".
"""

from collections.abc import Callable, Mapping

import numpy as np

Ends = tuple[np.ndarray, np.ndarray]
Figures = Callable[[np.ndarray, np.ndarray], Mapping[str, Ends]]

_MOST_BOXES = 30_000
_NARROWEST = 1e-7
_MOST_TO_SPAN, _NARROW = 20_000, 1e-5
# What floats can lose on the way; never counted against a claim.
_LOST = 1e-11


def search(
    figures: Figures,
    claimed: Mapping[str, tuple[float, float]],
    rates: tuple[float, float] = (0.0, 1.0),
    n: int | None = None,
) -> bool:
    """Look for a confusion matrix whose figures lie in the claimed ranges.

    Parameters
    ----------
    figures : callable
        Gives each figure's ends over boxes; see ``averages.ends_of``.
    claimed : mapping of str to (float, float)
        By figure, between what it lies.
    rates : tuple of float
        Between what the base rate lies.
    n : int, optional
        Number of cases: only whole counts are looked at.

    Returns
    -------
    bool
        False only if it is proved that there is none.
    """
    low, high = _all(rates)
    while True:
        if n is not None:
            low, high = _to_whole(low, high, n)
        low, high = _meeting(figures, claimed, low, high)
        if not low.shape[1]:
            return False
        middle = (low + high) / 2
        points = _nearest_whole(middle, n) if n is not None else middle
        if _meeting(figures, claimed, points, points, lost=0.0)[0].shape[1]:
            return True
        if low.shape[1] > _MOST_BOXES or (high - low).max(axis=0).min() < _NARROWEST:
            return True
        low, high = _halved(low, high)


def span(
    figures: Figures,
    name: str,
    claimed: Mapping[str, tuple[float, float]],
    rates: tuple[float, float] = (0.0, 1.0),
    n: int | None = None,
) -> tuple[float, float] | None:
    """Bound a figure from both sides where others lie in claimed ranges; None where nothing does.

    Parameters as in ``search``.
    """
    low, high = _all(rates)
    while True:
        if n is not None:
            low, high = _to_whole(low, high, n)
        low, high = _meeting(figures, claimed, low, high)
        if not low.shape[1]:
            return None
        if low.shape[1] > _MOST_TO_SPAN or (high - low).max() < _NARROW:
            least, most = figures(low, high)[name]
            return float(least.min()), float(most.max())
        low, high = _halved(low, high)


def greatest(
    figures: Figures,
    weights: Mapping[str, float],
    rates: tuple[float, float],
    enough: float,
) -> float:
    """Bound a weighted sum of figures from above, over all matrices, until the bound is enough.

    Parameters
    ----------
    weights : mapping of str to float
    rates : tuple of float
        Between what the base rate lies.
    enough : float
        Stop once the sum is known to be below.

    Returns
    -------
    float
        No sum is greater; above ``enough`` if no such bound was found.
    """
    low, high = _all(rates)
    while True:
        ends = figures(low, high)
        top = sum(
            weight * ends[name][int(weight > 0)] for name, weight in weights.items() if weight
        )
        kept = np.atleast_1d(top) >= enough
        if not kept.any():
            return enough + _LOST
        low, high = low[:, kept], high[:, kept]
        if low.shape[1] > _MOST_BOXES or (high - low).max() < _NARROWEST:
            return float(np.max(top))
        low, high = _halved(low, high)


def _all(rates: tuple[float, float]) -> Ends:
    return np.array([[rates[0]], [0.0], [0.0]]), np.array([[rates[1]], [1.0], [1.0]])


def _meeting(
    figures: Figures,
    claimed: Mapping[str, tuple[float, float]],
    low: np.ndarray,
    high: np.ndarray,
    lost: float = _LOST,
) -> Ends:
    """Keep the boxes over which every figure can be as claimed."""
    ends = figures(low, high)
    kept = np.ones(low.shape[1], bool)
    for name, (least, most) in claimed.items():
        kept &= (ends[name][0] <= most + lost) & (ends[name][1] >= least - lost)
    return low[:, kept], high[:, kept]


def _halved(low: np.ndarray, high: np.ndarray) -> Ends:
    """Cut each box in two, across its longest side."""
    side = (high - low).argmax(axis=0)
    at = np.arange(low.shape[1])
    middle = (low[side, at] + high[side, at]) / 2
    left, right = high.copy(), low.copy()
    left[side, at] = right[side, at] = middle
    return np.hstack([low, right]), np.hstack([left, high])


def _to_whole(low: np.ndarray, high: np.ndarray, n: int) -> Ends:
    """Shrink boxes to the whole counts within them, and drop those that hold none."""
    low, high = low.copy(), high.copy()
    low[0], high[0] = np.ceil(low[0] * n - 1e-6) / n, np.floor(high[0] * n + 1e-6) / n
    kept = low[0] <= high[0]
    low, high = low[:, kept], high[:, kept]
    one = low[0] == high[0]
    positives = np.round(low[0] * n)
    for row, cases in ((1, positives), (2, n - positives)):
        whole = one & (cases > 0)
        count = np.where(whole, cases, 1)
        low[row] = np.where(whole, np.ceil(low[row] * count - 1e-6) / count, low[row])
        high[row] = np.where(whole, np.floor(high[row] * count + 1e-6) / count, high[row])
    kept = (low <= high).all(axis=0)
    return low[:, kept], high[:, kept]


def _nearest_whole(points: np.ndarray, n: int) -> np.ndarray:
    """Round points to whole counts."""
    rate = np.round(points[0] * n)
    cases = np.stack([rate, n - rate])
    shares = np.round(points[1:] * cases) / np.maximum(cases, 1)
    return np.vstack([rate / n, shares])
