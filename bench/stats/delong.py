"""DeLong: how much each case moves the ROC AUC."""

import math

import numpy as np


def delong_influence(
    y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None
) -> tuple[float, np.ndarray]:
    """ROC AUC, and how much each case moved it.

    The squares of the influences add up to DeLong's variance of the AUC.  Influences of one case
    on several folds can be added before they are squared, which gives the variance of a mean over
    folds that share cases.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
    p : ndarray, shape (n_cases,)
        Scores; ties count one half.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.  The cases given are the sample; those that they stand for
        are not taken as independent.

    Returns
    -------
    auc : float
    influence : ndarray, shape (n_cases,)
        Both NaN with fewer than two cases of an outcome: there is no variance then.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988), "Comparing the areas under two or more correlated
    receiver operating characteristic curves", Biometrics 44.  Computed from ranks as in Sun, Xu
    (2014), "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21.
    """
    yes = y == 1
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    influence = np.full(len(y), np.nan)
    if min(n_yes, n_no) < 2:
        return math.nan, influence
    # Ranks among all, less ranks among one's own outcome: the others below, and half of those tied.
    order = np.argsort(p)
    tie = np.empty(len(y), dtype=np.intp)
    tie[order] = np.cumsum(np.diff(p[order], prepend=p[order[:1]]) != 0)
    if weight is None:
        yes_tied, no_tied = np.bincount(tie, weights=yes), np.bincount(tie, weights=~yes)
        beaten = (np.cumsum(no_tied) - no_tied / 2)[tie[yes]] / n_no
        beating = 1 - (np.cumsum(yes_tied) - yes_tied / 2)[tie[~yes]] / n_yes
        auc = float(beaten.mean())
    else:
        # Shares of the outcome's weight, in cases: those of equal weight weigh 1.
        weight = np.where(yes, n_yes / weight[yes].sum(), n_no / weight[~yes].sum()) * weight
        yes_tied = np.bincount(tie, weights=weight * yes)
        no_tied = np.bincount(tie, weights=weight * ~yes)
        beaten = (np.cumsum(no_tied) - no_tied / 2)[tie[yes]] / n_no
        beating = 1 - (np.cumsum(yes_tied) - yes_tied / 2)[tie[~yes]] / n_yes
        auc = float(np.average(beaten, weights=weight[yes]))
    # Each outcome's sample variance over its number of cases, with the n - 1 of a sample.
    influence[yes] = (beaten - auc) / math.sqrt(n_yes * (n_yes - 1))
    influence[~yes] = (beating - auc) / math.sqrt(n_no * (n_no - 1))
    return auc, influence if weight is None else weight * influence
