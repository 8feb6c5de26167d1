"""SquaredHinge: a linear SVM's border, found by Newton steps over the cases inside the street."""

from typing import Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve

_MOST_STEPS = 60
_MOST_HALVINGS = 30


class SquaredHinge:
    """L2-regularised squared hinge loss, by the finite Newton method [1]_.

    The loss is ``w @ w / 2 + C * sum(weight * max(0, 1 - sign * score) ** 2)`` with an intercept
    that is penalised as the slopes are.  Where columns are a few hundred and cases many, a step,
    which solves for all cases inside the street at once, costs little, and some ten steps do.

    References
    ----------
    .. [1] Keerthi, DeCoste (2005), A modified finite Newton method for fast solution of large
       scale linear SVMs.  Journal of Machine Learning Research 6.
    """

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray,
        C: float,
        start: "SquaredHinge | None" = None,
        tolerance: float = 1e-4,
    ) -> Self:
        """Find the border.

        Parameters
        ----------
        x : ndarray of shape (n_cases, n_columns)
        y : ndarray of shape (n_cases,)
            1 for yes, else 0.
        weight : ndarray of shape (n_cases,)
            Of each case's loss.
        C : float
            Price of the loss against the width of the street.
        start : SquaredHinge, optional
            A fitted border to begin at, of another price for instance.
        tolerance : float, default=1e-4
            Fall of the loss, as a share of it, below which a step is the last.
        """
        sign, price = np.where(y == 1, 1.0, -1.0), C * weight
        w = np.zeros(x.shape[1] + 1) if start is None else np.append(start.slope_, start.intercept_)
        score = x @ w[:-1] + w[-1]
        loss = self._loss(w, price, sign, score)
        for _ in range(_MOST_STEPS):
            target = self._solved(x, sign, price, score)
            aim = x @ target[:-1] + target[-1]
            step, before = 1.0, loss
            for _ in range(_MOST_HALVINGS):
                tried = w + step * (target - w), score + step * (aim - score)
                loss = self._loss(tried[0], price, sign, tried[1])
                if loss <= before:
                    break
                step /= 2
            else:
                break
            w, score = tried
            if before - loss <= tolerance * before:
                break
        self.slope_, self.intercept_ = w[:-1], float(w[-1])
        return self

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Give the distances from the border, in units of half the street, shape (n_cases,)."""
        return x @ self.slope_ + self.intercept_

    @staticmethod
    def _loss(w: np.ndarray, price: np.ndarray, sign: np.ndarray, score: np.ndarray) -> float:
        return float(0.5 * w @ w + price @ np.maximum(0.0, 1.0 - sign * score) ** 2)

    @staticmethod
    def _solved(
        x: np.ndarray, sign: np.ndarray, price: np.ndarray, score: np.ndarray
    ) -> np.ndarray:
        """Solve for the slopes as if the cases inside the street stayed the same."""
        inside = np.flatnonzero(sign * score < 1)
        x = np.column_stack([x[inside], np.ones(len(inside))])
        pulls = 2.0 * price[inside]
        hessian = (x * pulls[:, None]).T @ x
        hessian[np.diag_indices_from(hessian)] += 1.0
        return cho_solve(cho_factor(hessian), x.T @ (pulls * sign[inside]))
