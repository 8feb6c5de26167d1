"""Moderated variances: many variances, each from few folds, lend each other strength."""

import numpy as np
from scipy import optimize, special

# A variance below this share of the usual one is rounding, and its logarithm would rule the rest.
_SMALLEST_SHARE = 1e-4
_FEWEST = 3


def moderated(variances: np.ndarray, freedom: float) -> tuple[np.ndarray, float]:
    """Shrink variances towards what they have in common, and gain degrees of freedom by it.

    With three folds a variance between folds has two degrees of freedom, and nothing but a huge
    difference can be told from chance by it.  A table compares many pairs on the same folds.  Their
    true variances are taken as drawn from one scaled inverse chi-squared distribution, which is
    estimated from all of them: the more alike they are, the more it counts.

    Parameters
    ----------
    variances : ndarray, shape (n,)
        Of each pair.
    freedom : float
        Degrees of freedom of each.

    Returns
    -------
    variances : ndarray, shape (n,)
        Moderated.
    freedom : float
        Degrees of freedom of each: the given ones and those of the common distribution.  With
        fewer than three variances above zero, both are as given.

    References
    ----------
    Smyth (2004), "Linear models and empirical Bayes methods for assessing differential expression
    in microarray experiments", Statistical Applications in Genetics and Molecular Biology 3.
    """
    known = variances[variances > 0]
    if len(known) < _FEWEST:
        return variances, freedom
    known = np.maximum(known, _SMALLEST_SHARE * np.median(known))
    logs = np.log(known) - special.digamma(freedom / 2) + np.log(freedom / 2)
    beyond_chance = np.var(logs, ddof=1) - special.polygamma(1, freedom / 2)
    # At most as many as the variances themselves hold: pairs of one table share folds and leader.
    most = freedom * len(known)
    prior = min(_inverse_trigamma(beyond_chance), most) if beyond_chance > 0 else most
    common = np.exp(logs.mean() + special.digamma(prior / 2) - np.log(prior / 2))
    return (prior * common + freedom * variances) / (prior + freedom), prior + freedom


def _inverse_trigamma(value: float) -> float:
    """Give the degrees of freedom whose half has this trigamma."""
    low, high = 1e-3, 1e6
    if special.polygamma(1, high / 2) >= value:
        return high
    if special.polygamma(1, low / 2) <= value:
        return low
    return float(optimize.brentq(lambda d: special.polygamma(1, d / 2) - value, low, high))
