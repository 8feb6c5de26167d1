"""How stable a selection of features is from sample to sample."""

import math

import numpy as np


def selection_stability(kept: np.ndarray) -> tuple[float, float]:
    """Give the stability of a selection and its standard error [1]_.

    It is 1 where all samples give the same columns, and 0 in the mean where each picks as many at
    random.

    Parameters
    ----------
    kept : ndarray of bool, shape (n_samples, n_columns)

    Returns
    -------
    stability, error : float
        NaN of fewer than two samples, and where all or no columns are kept in all samples.

    References
    ----------
    .. [1] Nogueira, Sechidis, Brown (2018), On the stability of feature selection algorithms.  JMLR
       18(174): equation 4, and the variance of theorem 7.
    """
    kept = np.asarray(kept, dtype=float)
    n_samples, n_columns = kept.shape
    if n_samples < 2 or n_columns < 2:
        return math.nan, math.nan
    share = kept.mean(axis=0)
    chosen = share.mean()  # the mean share of columns that a sample keeps
    by_chance = chosen * (1 - chosen)
    if by_chance <= 0:
        return math.nan, math.nan
    spread = n_samples / (n_samples - 1) * (share * (1 - share)).mean()
    stability = 1 - spread / by_chance
    of_sample = kept.mean(axis=1)
    influence = (
        (kept * share).mean(axis=1)
        - of_sample * chosen
        + stability / 2 * (2 * chosen * of_sample - of_sample - chosen + 1)
    ) / by_chance
    variance = 4 / n_samples**2 * ((influence - influence.mean()) ** 2).sum()
    return float(stability), math.sqrt(variance)
