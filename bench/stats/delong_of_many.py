"""DeLong of many scores of the same few cases, at once."""

import math

import numpy as np


def delong_of_many(
    y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """ROC AUC of each row of scores, and how much each case moved it: see ``delong_influence``.

    One call for all rows costs little more than one for a single row where cases are few.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
        Two of each at least.
    p : ndarray, shape (n_rows, n_cases)
        Scores; ties count one half.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.

    Returns
    -------
    auc : ndarray, shape (n_rows,)
    influence : ndarray, shape (n_rows, n_cases)
    """
    n_rows, n = p.shape
    yes = y == 1
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    # Shares of the outcome's weight, in cases, as ``delong_influence`` has them.
    mass = np.ones(n) if weight is None else weight
    mass = np.where(yes, n_yes / mass[yes].sum(), n_no / mass[~yes].sum()) * mass
    order = np.argsort(p, axis=1, kind="stable")
    rising = np.take_along_axis(p, order, axis=1)
    is_new = np.ones((n_rows, n), dtype=bool)
    is_new[:, 1:] = rising[:, 1:] != rising[:, :-1]
    tie = np.empty((n_rows, n), dtype=np.intp)
    np.put_along_axis(tie, order, np.cumsum(is_new, axis=1) - 1, axis=1)
    at = tie + n * np.arange(n_rows)[:, None]
    beaten_by = []
    for of in (mass * ~yes, mass * yes):
        tied = np.bincount(at.ravel(), np.tile(of, n_rows), n_rows * n).reshape(n_rows, n)
        below = np.cumsum(tied, axis=1) - tied / 2
        beaten_by.append(np.take_along_axis(below, tie, axis=1))
    rank = np.where(yes, beaten_by[0] / n_no, 1 - beaten_by[1] / n_yes)
    auc = rank[:, yes] @ mass[yes] / n_yes
    scale = np.where(yes, math.sqrt(n_yes * (n_yes - 1)), math.sqrt(n_no * (n_no - 1)))
    return auc, mass * (rank - auc[:, None]) / scale
