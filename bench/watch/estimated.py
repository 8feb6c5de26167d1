"""Figures without labels: what they are if the scores are as right as they were, and only then."""

from dataclasses import dataclass

import numpy as np

from ..metrics.thresholds import decide
from ..stats.clustered import error_of, mean_of
from ..stats.expected_figures import expected_auc, expected_log_loss

_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Estimated:
    """A figure and its 95 % interval, from the scores alone."""

    title: str
    value: float
    low: float
    high: float


def estimated(p: np.ndarray, group: np.ndarray | None, threshold: float) -> tuple[Estimated, ...]:
    """Estimate figures of new cases from their scores.

    Parameters
    ----------
    p : ndarray, shape (n_cases,)
    group : ndarray of int, shape (n_cases,), optional
    threshold : float
        At which cases are decided yes.
    """
    loss, rate = mean_of(expected_log_loss(p), group), mean_of(p, group)
    auc, influence = expected_auc(p)
    acted = decide(p, threshold).astype(float)
    share = mean_of(acted, group)
    made = [
        _estimated("Share that is positive", rate.value, rate.error),
        _estimated("ROC AUC", auc, error_of(influence, group)),
        _estimated("Log loss", loss.value, loss.error),
        _estimated("Share decided yes", share.value, share.error),
    ]
    for title, of in (("Precision", acted), ("Recall", p)):
        if of.sum() > 0:
            ratio = float(p @ acted / of.sum())
            moved = of * ((p if title == "Precision" else acted) - ratio) / of.sum()
            made.append(_estimated(title, ratio, error_of(moved, group)))
    return tuple(made)


def _estimated(title: str, value: float, error: float) -> Estimated:
    reach = _NORMAL * error
    upper = float("inf") if title == "Log loss" else 1.0
    return Estimated(title, value, max(0.0, value - reach), min(upper, value + reach))
