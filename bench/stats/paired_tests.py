"""Tests of paired differences between models, and the correction for how many there are."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .intervals import LEVEL


def bootstrap_p_value(draws: np.ndarray) -> float:
    """Two-sided p-value that a difference is zero, from its paired bootstrap draws.

    Twice the smaller share of draws on either side of zero: below 5 % just where the percentile
    interval leaves zero out.  One is added to counts, so that the least value is about
    2 / n_draws and never 0 (Davison, Hinkley 1997, section 4.2).  NaN if no draw is defined.
    """
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return math.nan
    fewer = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return min(1.0, 2 * (fewer + 1) / (len(known) + 1))


@dataclass(frozen=True)
class ResampledTest:
    """What ``resampled_t_test`` finds.

    Parameters
    ----------
    p_value : float
        Two-sided.
    interval : tuple of float
        95 % interval of the difference.
    error, freedom : float
        Standard error of the difference, and its degrees of freedom.
    """

    p_value: float
    interval: tuple[float, float]
    error: float
    freedom: float


def resampled_t_test(
    differences: np.ndarray,
    draws: np.ndarray,
    test_to_train: float,
    between: tuple[float, float] | None = None,
) -> ResampledTest:
    """Test the mean difference between two models over folds that were drawn by chance.

    Two things could have come out differently.  Other test cases: their variance is that of the
    paired bootstrap.  Other train cases: folds share most of theirs, and the correction of Nadeau
    and Bengio adds ``n_test / n_train`` times the variance between folds.  The bootstrap knows the
    first part from all cases; only the second hangs on a few folds, and the degrees of freedom
    are those of the sum (Satterthwaite 1946), not those of the folds alone.

    Parameters
    ----------
    differences : ndarray, shape (n_folds,)
        Of each fold; at least two.
    draws : ndarray, shape (n_draws,)
        Bootstrap draws of their mean; NaN where it is not defined.
    test_to_train : float
        Test cases of a fold over its train cases.
    between : tuple of float, optional
        Variance between folds and its degrees of freedom, where they are known better than from
        these differences alone; see ``moderated``.

    References
    ----------
    Nadeau, Bengio (2003), "Inference for the generalization error", Machine Learning 52.
    Satterthwaite (1946), "An approximate distribution of estimates of variance components",
    Biometrics Bulletin 2.
    """
    mean = float(np.mean(differences))
    defined = draws[~np.isnan(draws)]
    of_test = float(np.var(defined, ddof=1)) if len(defined) > 1 else 0.0
    spread, freedom = between or (float(np.var(differences, ddof=1)), len(differences) - 1)
    of_train = test_to_train * spread
    variance = of_test + of_train
    if variance == 0:
        return ResampledTest(1.0 if mean == 0 else 0.0, (mean, mean), 0.0, math.inf)
    freedom = freedom * (variance / of_train) ** 2 if of_train else math.inf
    error = math.sqrt(variance)
    reach = error * float(stats.t.ppf(0.5 + LEVEL / 2, freedom))
    p_value = 2 * float(stats.t.sf(abs(mean) / error, freedom))
    return ResampledTest(p_value, (mean - reach, mean + reach), error, freedom)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Adjust p-values for how many were computed; reject those at most 5 % as before.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal
    of Statistics 6.
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return adjusted
