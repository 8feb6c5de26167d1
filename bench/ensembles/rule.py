"""Rule: a way to combine the predictions of several members."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Combination:
    """A rule that has learnt.

    Parameters
    ----------
    weights : ndarray, shape (n_members,)
        How much each member counts: equal for voting and ranks, coefficients for stacking, for
        boosted stacking the share of the log loss that hangs on it.
    valid : ndarray, shape (n_valid,)
        P(target = 1) of the valid cases, to choose a threshold on.
    predict : callable
        ``(p of shape (n_cases, n_members)) -> P(target = 1) of shape (n_cases,)``.
    note : str
        What the reader must know of how it was learnt; empty if all is as described.
    """

    weights: np.ndarray
    valid: np.ndarray
    predict: Predict
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A way to combine members.

    ``learn(p, y, group, weight)`` sees the members' predictions for valid cases, shape (n_valid,
    n_members), their outcomes, whom each case is about (None without groups), and how many cases
    each stands for, as a multiple of the mean (None without weights): the valid cases are the
    sample that penalties are set against.  Test cases are not among its arguments, so nothing can
    be learnt from them.  A ``usual`` rule combines every
    member set; a ``choosy`` one never asks a member of weight 0.
    """

    name: str
    title: str
    learn: Callable[[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray | None], Combination]
    usual: bool = True
    choosy: bool = False
