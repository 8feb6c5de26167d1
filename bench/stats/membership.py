"""Membership inference: what a model's answers tell of who was among the cases learnt from."""

import math
from dataclasses import dataclass

import numpy as np

from .clustered import error_of
from .delong import delong_influence
from .intervals import freedom_of, logit_interval

FALSE_ALARMS = 0.01
_LEAST = 100  # of so few others none may be taken for a member


@dataclass(frozen=True)
class Attack:
    """What an attack on a model's answers finds out.

    ``auc`` is its ROC AUC between members and others, with an interval; ``found`` the share of
    members that it names where ``FALSE_ALARMS`` of the others are named, too; NaN where there are
    too few others to say.
    """

    auc: float
    low: float
    high: float
    found: float


def loss_attack(
    members: np.ndarray,
    others: np.ndarray,
    unit: np.ndarray | None = None,
) -> Attack:
    """Attack by the loss [1]_: the surer a model is of a case's outcome, the likelier a member.

    A weak attack, which needs nothing but the model's answers: what it finds is there, what it
    does not find others may [2]_.

    Parameters
    ----------
    members, others : ndarray, shapes (n_members,) and (n_others,)
        What the model says of the outcome that occurred: of cases that it learnt from, and of
        cases that it did not.
    unit : ndarray of int, shape (n_members + n_others,), optional
        Whom each case is about, members first; from 0 on.

    References
    ----------
    .. [1] Yeom, Giacomelli, Fredrikson, Jha (2018), "Privacy risk in machine learning: analyzing
       the connection to overfitting", IEEE Computer Security Foundations Symposium.
    .. [2] Carlini et al. (2022), "Membership inference attacks from first principles", IEEE
       Symposium on Security and Privacy: why the share found at few false alarms is told.
    """
    is_member = np.arange(len(members) + len(others)) < len(members)
    auc, moved = delong_influence(is_member.astype(np.int8), np.concatenate([members, others]))
    error = error_of(moved, unit)
    n_units = len(moved) if unit is None else len(np.unique(unit))
    moved = moved if unit is None else np.bincount(unit, weights=moved)
    low, high = (math.nan, math.nan)
    if math.isfinite(error):
        low, high = logit_interval(auc, error**2, freedom_of(moved, n_units - 1))
    return Attack(auc, low, high, _found(members, others))


def _found(members: np.ndarray, others: np.ndarray) -> float:
    if len(others) < _LEAST or not len(members):
        return math.nan
    most = int(FALSE_ALARMS * len(others))
    limit = np.sort(others)[len(others) - 1 - most]
    return float(np.mean(members > limit))
