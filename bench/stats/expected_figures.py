"""Figures that probabilities expect of themselves: what is so if each of them is right.

No outcome enters.  They follow from the scores alone, so they say nothing about whether what the
scores are made of still means what it meant [1]_.

References
----------
.. [1] Garg, Balakrishnan, Lipton, Neyshabur, Sedghi (2022), "Leveraging unlabeled data to predict
   out-of-distribution performance", ICLR: without assumptions nothing can be estimated.
"""

import numpy as np
from scipy.special import xlogy


def expected_log_loss(p: np.ndarray) -> np.ndarray:
    """Give the log loss that each probability expects of itself, shape (n_cases,)."""
    return -xlogy(p, p) - xlogy(1 - p, 1 - p)


def expected_auc(p: np.ndarray) -> tuple[float, np.ndarray]:
    """ROC AUC if each case is positive with its own probability, and how much each case moves it.

    Each case counts as ``p`` positive and ``1 - p`` negative cases of the same score.  With
    probabilities of 0 and 1 only, and other scores, this is DeLong's.

    Returns
    -------
    auc : float
        NaN where nothing is positive, or nothing negative.
    influence : ndarray, shape (n_cases,)
        The root of the sum of their squares is the standard error.
    """
    yes, no = p, 1 - p
    if yes.sum() == 0 or no.sum() == 0:
        return float("nan"), np.full(len(p), np.nan)
    values, tie = np.unique(p, return_inverse=True)
    yes_tied, no_tied = (np.bincount(tie, of, len(values)) for of in (yes, no))
    below = ((np.cumsum(no_tied) - no_tied / 2) / no.sum())[tie]
    above = (1 - (np.cumsum(yes_tied) - yes_tied / 2) / yes.sum())[tie]
    auc = float(yes @ below / yes.sum())
    return auc, yes * (below - auc) / yes.sum() + no * (above - auc) / no.sum()
