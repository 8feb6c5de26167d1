"""Shares and log odds from noisy counts, drawn towards what says nothing where noise is large."""

import numpy as np

# Cases of both outcomes together that are added for each case of noise: benchmarks/privacy.py.
_CAUTION = 40.0


def shares_of(counts: np.ndarray, scale: float) -> np.ndarray:
    """Give the shares of the values among each outcome's cases.

    They are drawn towards those of both outcomes together, the more the larger the noise is: a
    value of few cases says little then.

    Parameters
    ----------
    counts : ndarray of int, shape (2, n_values)
        By outcome, with noise; what is negative counts as 0.
    scale : float
        Of the noise, in cases.
    """
    counts = np.maximum(counts, 0)
    pooled = counts.sum(axis=0) + 1.0
    prior = (1.0 + _CAUTION * scale) * pooled / pooled.sum()
    return (counts + prior) / (counts.sum(axis=1, keepdims=True) + prior.sum())


def shares_given(counts: np.ndarray, scale: float) -> np.ndarray:
    """Give the shares of the values among the cases of each outcome and value of a parent.

    They are drawn towards those of the outcome, whatever the parent's value.

    Parameters
    ----------
    counts : ndarray of int, shape (2, n_parent, n_values)
    scale : float
    """
    over_parents = shares_of(counts.sum(axis=1), scale * np.sqrt(counts.shape[1]))
    counts = np.maximum(counts, 0)
    weight = 1.0 + _CAUTION * scale
    above = counts + weight * over_parents[:, None, :]
    return above / (counts.sum(axis=2, keepdims=True) + weight)


def base_log_odds(tables: list[np.ndarray]) -> float:
    """Give the log odds of yes: of the numbers of cases by outcome, the median over noisy tables.

    Parameters
    ----------
    tables : list of ndarray of int, shape (2, ...)
        Negative counts and all: noise evens out in their sums.
    """
    totals = [table.reshape(2, -1).sum(axis=1) for table in tables]
    n_no, n_yes = np.maximum(np.median(totals, axis=0), 1.0)
    return float(np.log(n_yes / n_no))
