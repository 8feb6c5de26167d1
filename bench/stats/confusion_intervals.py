"""Intervals of what is computed from confusion matrices, also where few cases are called.

A bootstrap cannot draw what was not seen: where no positive case was found, none is in any draw.
The limits here are Jeffreys', whose half a case on either side stands for what was not seen yet.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse, special

from .intervals import LEVEL

Interval = tuple[float, float]

_UNKNOWN = (math.nan, math.nan)
_OUTSIDE = np.array([0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
_DRAWS = 1000
_DENSE = 4  # times as many numbers as cases are still quicker than a sparse matrix
_CELLS = np.eye(4)
# Successes, and trials, by cell: true positives, false positives, false negatives, true negatives.
_SHARES = {
    "accuracy": ((1, 0, 0, 1), (1, 1, 1, 1)),
    "acted": ((1, 1, 0, 0), (1, 1, 1, 1)),
    "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "recall": ((1, 0, 0, 0), (1, 0, 1, 0)),
    "specificity": ((0, 0, 0, 1), (0, 1, 0, 1)),
    # Those found among all that are positive or called: F1 follows from it.
    "f1": ((1, 0, 0, 0), (1, 1, 1, 0)),
}


def jeffreys_interval(share: float, trials: float) -> Interval:
    """Interval of a share of independent trials: Jeffreys', which reaches 0 and 1 where all agree.

    Parameters
    ----------
    share, trials : float
        The trials need not be a whole number.

    References
    ----------
    Brown, Cai, DasGupta (2001), "Interval estimation for a binomial proportion", Statistical
    Science 16.
    """
    hits = share * trials
    low, high = special.betaincinv(hits + 0.5, trials - hits + 0.5, _OUTSIDE)
    return 0.0 if share <= 0 else float(low), 1.0 if share >= 1 else float(high)


class Confusions:
    """The confusion matrices of an entry's folds, and how much their cells vary over units.

    A figure is a mean over folds.  How far it could have come out elsewhere follows from how much
    each unit (a case, or a group of them) moved it.  A share is worth as many independent trials as
    would vary as much as it does [1]_, and has the interval of so many.

    Parameters
    ----------
    counts : ndarray, shape (n_folds, 4)
        True positives, false positives, false negatives and true negatives, or their weight as
        multiples of a fold's mean.
    squares : ndarray, shape (n_folds, 4)
        The weights of these cases, squared and added; the counts where each counts once.
    moments : ndarray, shape (4 * n_folds, 4 * n_folds)
        Of each two of these counts, fold by fold, the sum of their products over units.
    tests_a_case : float, default=1
        How often a case is tested, as a mean.

    References
    ----------
    .. [1] Korn, Graubard (1998), "Confidence intervals for proportions with small expected number
       of positive counts estimated from survey data", Survey Methodology 24.
    """

    def __init__(
        self,
        counts: np.ndarray,
        squares: np.ndarray,
        moments: np.ndarray,
        tests_a_case: float = 1.0,
    ) -> None:
        self._counts, self._squares = np.asarray(counts, dtype=float), squares.ravel()
        self._moments = moments
        self._tests_a_case = tests_a_case
        self._shares: dict[str, tuple[float, Interval, np.ndarray]] = {}

    def intervals(self, names: Iterable[str]) -> dict[str, Interval]:
        """Give the 95 % intervals of figures; NaN where one is not defined in some fold.

        Parameters
        ----------
        names : iterable of str
            Of ``"accuracy"``, ``"balanced_accuracy"``, ``"precision"``, ``"recall"``, ``"f1"``,
            ``"mcc"`` and ``"acted"``, the share of cases decided yes.
        """
        of = {"balanced_accuracy": self._balanced_accuracy, "f1": self._f1, "mcc": self._mcc}
        return {name: of[name]() if name in of else self._share(name)[1] for name in names}

    def _share(self, name: str) -> tuple[float, Interval, np.ndarray]:
        """Give a share's mean over folds, its interval, and how far each cell's cases move it."""
        if name not in self._shares:
            self._shares[name] = self._computed(name)
        return self._shares[name]

    def _computed(self, name: str) -> tuple[float, Interval, np.ndarray]:
        hits, trials = (np.array(mask, dtype=float) for mask in _SHARES[name])
        of_fold = self._counts @ trials
        if not of_fold.all():
            return math.nan, _UNKNOWN, np.full(self._counts.size, math.nan)
        share = float((self._counts @ hits / of_fold).mean())
        if name == "f1":
            # Of the mean F1 that is shown: the mean of the shares would be another figure.
            f1 = float((2 * (self._counts @ hits) / (self._counts @ (hits + trials))).mean())
            share = f1 / (2 - f1)
        parts = (len(self._counts) * of_fold)[:, None]
        moves = ((hits - share * trials) / parts).ravel()
        worth = self._worth(share, moves, (trials / parts).ravel())
        if 0 < share < 1:
            worth *= self._known(hits, trials - hits)
        return share, jeffreys_interval(share, worth), moves

    def _worth(self, share: float, moves: np.ndarray, counted: np.ndarray) -> float:
        """Count the independent trials that a share is worth; no more than there are."""
        variance = self._products(moves, moves)
        if variance == 0 or not 0 < share < 1:
            # All agree: nothing tells how alike a group is by itself, so that it counts once.
            return 1 / self._products(counted, counted)
        independent = 1 / float(np.square(counted) @ self._squares)
        return min(share * (1 - share) / variance, independent)

    def _known(self, *cells: np.ndarray) -> float:
        """Say how much of a spread is known, as a factor, from the units that hold such cases.

        Few groups with a positive case vary less than new ones would.  1 where cases are units,
        as Jeffreys' limits allow for few of these.
        """
        factors = [1.0]
        for mask in cells:
            everywhere = np.tile(mask, len(self._counts))
            total = float(everywhere @ self._counts.ravel())
            if total > 0:
                n_units = total**2 / self._products(everywhere, everywhere)
                n_cases = total**2 / float(everywhere @ self._squares) / self._tests_a_case
                factors.append(n_units / (n_units + 1) * (n_cases + 1) / n_cases)
        return min(factors)

    def _products(self, first: np.ndarray, second: np.ndarray) -> float:
        """Sum over units the product of what they add to two figures, each linear in the counts."""
        return float(first @ self._moments @ second)

    def _f1(self) -> Interval:
        low, high = self._share("f1")[1]
        return 2 * low / (1 + low), 2 * high / (1 + high)

    def _balanced_accuracy(self) -> Interval:
        """Put the interval together from those of its two shares.

        References
        ----------
        Zou, Donner (2008), "Construction of confidence limits about effect measures: a general
        approach", Statistics in Medicine 27.
        """
        (a, of_a, moves_a), (b, of_b, moves_b) = map(self._share, ("recall", "specificity"))
        spread = self._products(moves_a, moves_a) * self._products(moves_b, moves_b)
        # Of cases, those of one outcome say nothing of the other's; of groups, they may.
        together = self._products(moves_a, moves_b) / math.sqrt(spread) if spread > 0 else 0.0
        together *= self._known(*_CELLS[:3])

        def reach(end: int) -> float:
            first, second = a - of_a[end], b - of_b[end]
            return math.sqrt(max(0.0, first**2 + second**2 + 2 * together * first * second))

        return (a + b - reach(0)) / 2, (a + b + reach(1)) / 2

    def _mcc(self) -> Interval:
        """Take the outer percentiles of the correlation in draws of the confusion matrix.

        The draws are Dirichlet's, with half a case more in each cell.
        """
        of_fold = self._counts.sum(axis=1, keepdims=True)
        shares = (self._counts / of_fold).mean(axis=0)
        positive, negative = shares[0] + shares[2], shares[1] + shares[3]
        if positive == 0 or negative == 0:
            return _UNKNOWN
        moves = _gradient_of_mcc(shares)
        moves = moves - moves @ shares
        parts = 1 / (len(self._counts) * of_fold)
        independent = 1 / float(np.square(np.repeat(parts, 4)) @ self._squares)
        moved = (parts * moves).ravel()
        variance = self._products(moved, moved)
        spread = float(np.square(moves) @ shares)
        worth = independent
        if variance > 0:
            found, called, missed, _ = _CELLS
            # Of the two shares that it is made of, precision and recall.
            worth = spread / variance * self._known(found, called) * self._known(found, missed)
            worth = min(worth, independent)
        rng = np.random.default_rng(0)
        drawn = rng.standard_gamma((worth * shares + 0.5)[:, None], (4, _DRAWS))
        low, high = np.quantile(_mcc_of(drawn), _OUTSIDE)
        value = float(np.mean(_mcc_of(self._counts.T)))
        return min(float(low), value), max(float(high), value)


def confusions(
    folds: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    *,
    apart: bool,
    tests_a_case: float = 1.0,
    weights: Sequence[np.ndarray | None] = (),
) -> Confusions:
    """Count an entry's confusion matrices.

    Parameters
    ----------
    folds : sequence of tuple of ndarray
        Of the test cases of each fold: their outcomes and the decisions on them, both 0 or 1, and
        the unit of each, numbered over all folds.
    apart : bool
        Whether every case that is tested is a unit of its own.
    tests_a_case : float, default=1
        As in ``Confusions``.
    weights : sequence of ndarray or None, optional
        Of each fold how many cases each stands for.
    """
    # A true positive is 1 - 1, a false negative 3 - 1: as the cells are numbered.
    cells = [np.where(decided == 1, 1 - y, 3 - y) for y, decided, _ in folds]
    cell = np.concatenate([of_fold + 4 * number for number, of_fold in enumerate(cells)])
    weight = np.ones(len(cell))
    if weights and weights[0] is not None:
        weight = np.concatenate([of_fold / of_fold.mean() for of_fold in weights])
    counts, squares = (
        np.bincount(cell, by, 4 * len(folds)).reshape(-1, 4) for by in (weight, weight**2)
    )
    if apart:
        return Confusions(counts, squares, np.diag(squares.ravel()))
    unit = np.concatenate([units for _, _, units in folds])
    return Confusions(counts, squares, _moments(unit, cell, weight, counts.size), tests_a_case)


def _moments(unit: np.ndarray, cell: np.ndarray, weight: np.ndarray, width: int) -> np.ndarray:
    n_units = int(unit.max()) + 1
    if n_units * width <= _DENSE * len(unit):
        of_units = np.bincount(unit * width + cell, weight, n_units * width)
        of_units = of_units.reshape(n_units, width)
        return of_units.T @ of_units
    # Repeated plans have many folds: most units are tested in few of them.
    of_units = sparse.csr_matrix((weight, (unit, cell)), shape=(n_units, width))
    return (of_units.T @ of_units).toarray()


def _mcc_of(cells: np.ndarray) -> np.ndarray:
    """Compute the correlation of matrices of shape (4, n); 0 where a row or column is empty."""
    tp, fp, fn, tn = cells
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return np.where(
        product > 0, (tp * tn - fp * fn) / np.sqrt(np.where(product > 0, product, 1)), 0
    )


def _gradient_of_mcc(shares: np.ndarray) -> np.ndarray:
    """Differentiate the correlation by each cell; 0 where it is not defined."""
    tp, fp, fn, tn = shares
    sides = np.array([tp + fp, tp + fn, tn + fp, tn + fn])
    if not sides.all():
        return np.zeros(4)
    root = math.sqrt(sides.prod())
    value = (tp * tn - fp * fn) / root
    inverse = 1 / sides
    of_sides = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]]) @ inverse
    return np.array([tn, -fn, -fp, tp]) / root - value / 2 * of_sides
