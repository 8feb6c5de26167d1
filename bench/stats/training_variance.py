"""Variance from training: how much of a difference other train cases could have changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Chosen by simulation; see ``training_ratio`` and docs/validity.md.
_OF_STABLE, _OF_UNSTABLE = 0.5, 1.0
_OF_CLUMPS = 0.1
_OF_TESTED, _SATURATED = 0.1, 0.05


@dataclass(frozen=True)
class Overlap:
    """How a plan's folds share cases, each number times the count of tested cases.

    Parameters
    ----------
    between_fits : float
        Mean over pairs of folds, a fold with itself included, of their squared overlap in what they
        fit, over the mean overlap of a fold with itself.
    test_with_fit : float
        Mean over the same pairs of the overlap of what one tests with what the other fits.
    n_fitted : float
        Cases that a fold fits, in the mean; of equal weight as many as tell as much.
    """

    between_fits: float
    test_with_fit: float
    n_fitted: float


def overlap(fits: np.ndarray, tests: np.ndarray) -> Overlap:
    """Measure how folds overlap.

    Parameters
    ----------
    fits, tests : ndarray, shape (n_folds, n_units)
        What each case (or group) weighs in what a fold fits, and in what it tests; rows add up
        to 1.
    """
    # As many cases of equal weight would have the variance of the mean over these.
    n_tested = 1 / np.square(tests.mean(axis=0)).sum()
    shared = fits @ fits.T
    own = float(np.diag(shared).mean())
    return Overlap(
        n_tested * float(np.square(shared).mean()) / own,
        n_tested * float((fits @ tests.T).mean()),
        1 / own,
    )


def instability(
    changes: Sequence[np.ndarray], influences: Sequence[np.ndarray], weights: Sequence[float]
) -> np.ndarray:
    """Measure how much of what each case says of a pair changes from one fit to another.

    Parameters
    ----------
    changes : sequence of ndarray, shape (n_entries, n_cases)
        By outcome.  How far the influence of a case on an entry's figure changes between two fits
        that have seen neither, over the root of what two unrelated fits would change.
    influences : sequence of ndarray, shape (n_entries, n_cases)
        By outcome, the influences themselves.
    weights : sequence of float
        Of the mean square over each outcome's cases.

    Returns
    -------
    ndarray, shape (n_entries, n_entries)
        For each pair from 0 (every fit says the same of a case) to 1 (no fit says what another
        does); 1 where it cannot be seen, as of an entry whose changes are NaN.
    """
    changed, said = (
        sum(weight * _square_differences(of) for weight, of in zip(weights, parts, strict=True))
        for parts in (changes, influences)
    )
    found = np.ones_like(said)
    np.divide(changed, said, out=found, where=said > 0)
    return np.clip(found, 0.0, 1.0)


def share_of_change(
    changes: Sequence[np.ndarray], parts: Sequence[np.ndarray], weights: Sequence[float]
) -> np.ndarray:
    """Measure what parts of the squared changes of a pair add up to.

    Parameters
    ----------
    changes, weights
        As in ``instability``.
    parts : sequence of ndarray, shape (n_entries, n_cases)
        By outcome, as in ``changes``.  With the product of a case's change and that of another case
        drawn at random, where the two change as one, and 0 elsewhere, the share is the size of
        clumps: of all cases those that change along with one.

    Returns
    -------
    ndarray, shape (n_entries, n_entries)
        For each pair from 0 to 1, in the mean over what changes; NaN where it cannot be seen.
    """
    total, shared = (
        sum(weight * of.mean(axis=1) for weight, of in zip(weights, by_outcome, strict=True))
        for by_outcome in ([np.square(of) for of in changes], parts)
    )
    total, shared = (of[:, None] + of for of in (total, shared))
    found = np.where(np.isnan(total), np.nan, 0.0)
    np.divide(shared, total, out=found, where=total > 0)
    return np.clip(found, 0.0, 1.0)


def _square_differences(rows: np.ndarray) -> np.ndarray:
    """Mean square of the difference of each pair of rows."""
    products = rows @ rows.T / rows.shape[1]
    squares = np.diag(products)
    return np.maximum(squares[:, None] + squares - 2 * products, 0.0)


def training_ratio(
    instability: np.ndarray,
    plan: Overlap,
    clumps: np.ndarray | float = 0.0,
    grown: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Estimate the variance that training adds to a mean over folds, over that of the test cases.

    Nobody can read it from the spread between folds, which holds the test cases' noise as well and
    has few degrees of freedom (Bengio, Grandvalet 2004).  But what one fit makes of a case and what
    another does is seen on hundreds of cases, and the two are of one origin: the variance of one
    fit's true figure is the mean square change of a case's influence over the number of fit cases,
    times a factor.  It is about half for logistic regressions and no more than one for neighbours
    and naive Bayes, whose errors even out from case to case.  A tree of few leaves goes wrong a
    leaf at a time: its splits settle slowly (as the cube root of the cases, not the square root,
    Bühlmann and Yu 2002), and whole clumps of cases change as one.  Over stumps, trees of 4 and 8
    leaves and of depth 3 and 5, with 600 to 12,000 cases of which 1 to 15 % are positive, the
    factor was .04 to .13 times the root of the clumps' size in fit cases, in 36 of 40 simulations.
    A full-grown tree ties cases of many leaves, and its errors even out over these: its factor was
    about .2 from 600 to 12,000 cases, and that of stable fits serves.  What a fold tests others
    have fitted, so that a case which is kind to a model is kind to it twice: that covariance
    saturates early as fits grow unstable.  The factors were chosen so that false alarms are about
    as frequent as promised.

    Parameters
    ----------
    instability : ndarray
        As ``instability`` gives it.
    plan : Overlap
    clumps, grown : ndarray of the same shape, or float
        Size of the clumps, and what changes of full-grown trees, as ``share_of_change`` gives them;
        NaN counts as none.

    Returns
    -------
    ndarray
        Of the same shape.

    References
    ----------
    Bühlmann, Yu (2002), "Analyzing bagging", Annals of Statistics 30: at what rate trees settle.
    Nadeau, Bengio (2003), "Inference for the generalization error", Machine Learning 52: the ratio
    of test to train cases, to which this comes down for one fold of unstable models.
    Bengio, Grandvalet (2004), "No unbiased estimator of the variance of k-fold cross-validation",
    Journal of Machine Learning Research 5.
    Bayle, Bayle, Janson, Mackey (2020), "Cross-validation confidence intervals for test error",
    Advances in Neural Information Processing Systems 33: for stable models nothing is added.
    Bates, Hastie, Tibshirani (2024), "Cross-validation: what does it estimate and how well does it
    do it?", Journal of the American Statistical Association 119: the covariance of what is tested
    with what is fitted.
    """
    saturated = np.minimum(1.0, instability / _SATURATED)
    uneven = instability * (1 - np.nan_to_num(grown))
    factor = _OF_STABLE + (_OF_UNSTABLE - _OF_STABLE) * uneven
    factor = np.fmax(factor, _OF_CLUMPS * np.sqrt(plan.n_fitted * clumps))
    return factor * instability * plan.between_fits + _OF_TESTED * saturated * plan.test_with_fit
