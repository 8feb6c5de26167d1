"""Intervals and comparisons: how far a figure, or a difference, could be due to chance."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

LEVEL = 0.95
_Z = float(stats.norm.ppf(0.5 + LEVEL / 2))


def percentile_interval(
    value: float,
    draws: np.ndarray,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    freedom: float = math.inf,
) -> tuple[float, float]:
    """Interval between the outer percentiles of the bootstrap draws.

    Parameters
    ----------
    value : float
        The figure itself.  The interval is stretched to hold it, which matters only where the
        bootstrap is biased.
    draws : ndarray, shape (n_draws,)
        NaN where the metric was not defined (a draw without positive cases, say): such draws say
        nothing and are left out.  If none is left, the interval is ``bounds``.
    bounds : tuple of float
        Least and greatest possible value.
    freedom : float
        Degrees of freedom: the cases, or groups, of the rarer outcome, less one.  The bootstrap
        knows a spread no better than from so many; the percentiles are moved out until the
        interval of a mean would be Student's.

    References
    ----------
    Efron, Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
    Hesterberg (2015), "What teachers should know about the bootstrap", The American Statistician
    69: the expanded percentile interval.
    """
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return bounds
    outside = 0.5 - LEVEL / 2
    if math.isfinite(freedom):
        freedom = max(freedom, 1.0)
        reach = stats.t.ppf(1 - outside, freedom) * math.sqrt((freedom + 1) / freedom)
        outside = float(stats.norm.sf(reach))
    low, high = np.quantile(known, [outside, 1 - outside])
    return _holding(value, float(low), float(high), bounds)


def raised_interval(
    value: float, draws: np.ndarray, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> tuple[float, float]:
    """Interval of a figure that chance raises, and that resampling raises once more.

    A calibration error is a sum of absolute differences: noise in a bin adds to it.  Resampling
    adds noise to what is noisy already, so percentiles of the draws lie above the truth, and
    mirrored at the figure they lie below it too often.  The interval reaches as far from the
    figure as the outer percentile of the draws, to both sides, and is moved down by half of what
    resampling adds on average.  ``make validity`` shows how often it holds the truth; a true error
    close to 0 lies below it too often with fewer than some thousand cases.

    Parameters are those of ``percentile_interval``.
    """
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return bounds
    reach = float(np.quantile(known, 0.5 + LEVEL / 2)) - value
    middle = value - max(0.0, float(known.mean()) - value) / 2
    return _holding(value, middle - reach, middle + reach, bounds)


def normal_interval(
    value: float, variance: float, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> tuple[float, float]:
    """Interval of a figure that is normally distributed with this variance."""
    reach = _Z * math.sqrt(variance)
    return _holding(value, value - reach, value + reach, bounds)


def logit_interval(value: float, variance: float, freedom: float) -> tuple[float, float]:
    """Interval of a share, such as ROC AUC, whose log odds follow a Student distribution.

    Near 1 a share has less room above than below, and the normal interval reaches too high.  On the
    scale of log odds both sides are alike, and no end leaves the range.

    Parameters
    ----------
    value, variance : float
        Of the share; with 0 or 1, or without variance, the interval has no width.
    freedom : float
        The cases of the rarer outcome, less one.

    References
    ----------
    Pepe (2003), "The statistical evaluation of medical tests for classification and prediction",
    section 5.2: the interval of the AUC on the logit scale.
    """
    if variance == 0 or not 0 < value < 1:
        return value, value
    error = math.sqrt(variance) / (value * (1 - value))
    reach = error * float(stats.t.ppf(0.5 + LEVEL / 2, max(freedom, 1.0)))
    low, high = special.expit(special.logit(value) + np.array([-reach, reach]))
    return float(low), float(high)


def delong_influence(y: np.ndarray, p: np.ndarray) -> tuple[float, np.ndarray]:
    """ROC AUC, and how much each case moved it.

    The squares of the influences add up to DeLong's variance of the AUC.  Influences of one case
    on several folds can be added before they are squared, which gives the variance of a mean over
    folds that share cases.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
    p : ndarray, shape (n_cases,)
        Scores; ties count one half.

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
    rank = stats.rankdata(p)
    beaten = (rank[yes] - stats.rankdata(p[yes])) / n_no
    beating = 1 - (rank[~yes] - stats.rankdata(p[~yes])) / n_yes
    auc = float(beaten.mean())
    # Each outcome's sample variance over its number of cases, with the n - 1 of a sample.
    influence[yes] = (beaten - auc) / math.sqrt(n_yes * (n_yes - 1))
    influence[~yes] = (beating - auc) / math.sqrt(n_no * (n_no - 1))
    return auc, influence


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


def _holding(
    value: float, low: float, high: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    low, high = (min(max(end, bounds[0]), bounds[1]) for end in (low, high))
    return min(low, value), max(high, value)
