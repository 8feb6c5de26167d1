"""Means over folds: what no mixture of confusion matrices gives.

The means lie in the convex hull of the figures that single matrices have.  A claim outside is cut
off by a plane: the best one is found by linear programming over many matrices, and holds only if
branch and bound proves that no matrix lies beyond it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from .boxes import Figures, greatest

# Matrices that the plane is fitted to: base rates, recalls and specificities, denser at the ends.
_SHARES = (1 - np.cos(np.linspace(0, np.pi, 19))) / 2
_ROUNDS = 4
_LEAST_GAP = 1e-6


def outside(
    figures: Figures,
    claimed: Mapping[str, tuple[float, float]],
    rates: Sequence[tuple[float, float]],
) -> bool:
    """Whether claimed ranges are proved to hold no mean over folds.

    Parameters
    ----------
    figures : callable
        Gives each figure's ends over boxes; see ``averages.ends_of``.
    claimed : mapping of str to (float, float)
        By figure, between what its mean lies.
    rates : sequence of (float, float)
        Between what the base rate of each fold lies; one for all where nothing is known of folds.
    """
    kinds = sorted(set(rates))
    shares = np.array([list(rates).count(kind) for kind in kinds]) / len(rates)
    names = list(claimed)
    least, most = (np.array([claimed[name][end] for name in names]) for end in (0, 1))
    seen = [_seen(figures, names, kind) for kind in kinds]
    weights, gap = _plane(least, most, seen, shares)
    if gap < _LEAST_GAP:
        return False
    # Half of the gap is left to the bound, which is never exact.
    sums = [float((points @ weights).max()) for points in seen]
    for part in (0.5, 0.9):
        bounds = [
            greatest(figures, dict(zip(names, weights, strict=True)), kind, top + part * gap)
            for kind, top in zip(kinds, sums, strict=True)
        ]
        ahead = np.where(weights > 0, weights * least, weights * most).sum()
        if ahead > shares @ bounds:
            return True
    return False


def _seen(figures: Figures, names: Sequence[str], kind: tuple[float, float]) -> np.ndarray:
    """Give the figures of many matrices, shape (n_matrices, n_figures)."""
    low, high = kind
    rates = [low] if low == high else low + (high - low) * _SHARES
    grid = np.stack(np.meshgrid(rates, _SHARES, _SHARES), axis=-1).reshape(-1, 3).T
    ends = figures(grid, grid)
    # Both printed values of a share of no cases.
    return np.vstack([np.column_stack([ends[name][end] for name in names]) for end in (0, 1)])


def _plane(
    least: np.ndarray, most: np.ndarray, seen: Sequence[np.ndarray], shares: np.ndarray
) -> tuple[np.ndarray, float]:
    """Find the plane that leaves the widest gap between a claim and all matrices seen."""
    n = len(least)
    # Unknowns: the positive and the negative parts of the weights, and the tops of the kinds.
    cost = np.concatenate([-least, most, shares])
    rows = []
    for at, points in enumerate(seen):
        tops = np.zeros((len(points), len(seen)))
        tops[:, at] = -1
        rows.append(np.hstack([points, -points, tops]))
    ends = [(0, 1)] * (2 * n) + [(None, None)] * len(seen)
    solved = linprog(cost, np.vstack(rows), np.zeros(sum(map(len, rows))), bounds=ends)
    weights = solved.x[:n] - solved.x[n : 2 * n]
    return weights, -solved.fun
