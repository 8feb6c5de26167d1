"""Groups of columns that share their information: losing one of them, a model reads the others."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from .coarse import Coarse

SHARED = 0.5  # Cramér's V from which columns are taken together
_MOST_COMPARED = 300


def column_groups(features: pd.DataFrame, steps: Mapping[str, Coarse]) -> list[tuple[str, ...]]:
    """Put columns together that tell nearly the same; no outcome is looked at.

    Parameters
    ----------
    features : DataFrame of shape (n_cases, n_columns)
    steps : mapping of str to Coarse
        Of each column.

    Returns
    -------
    list of tuple of str
        Each column stands in one group, in the order of the table.  The mean Cramér's V between
        the columns that are joined, read in steps, is at least ``SHARED``.  Of more than 300
        columns none are joined.

    References
    ----------
    Cramér (1946), "Mathematical methods of statistics", section 21.9, of the coefficient.
    """
    names = list(features)
    if not 1 < len(names) <= _MOST_COMPARED:
        return [(name,) for name in names]
    apart = 1 - cramers_v([steps[name].codes(features[name]) for name in names])
    joined = linkage(squareform(apart, checks=False), "average")
    cluster = fcluster(joined, 1 - SHARED, "distance")
    groups: dict[int, list[str]] = {}
    for name, number in zip(names, cluster, strict=True):
        groups.setdefault(int(number), []).append(name)
    return [tuple(group) for group in groups.values()]


def cramers_v(codes: Sequence[np.ndarray]) -> np.ndarray:
    """Compute Cramér's V of all pairs of coded columns, shape (n_columns, n_columns).

    A column of one value only shares nothing.
    """
    told = [np.unique(column, return_inverse=True)[1] for column in codes]
    width = np.array([column.max() + 1 for column in told])
    start = np.concatenate([[0], np.cumsum(width)[:-1]])
    n = len(told[0])
    marks = np.zeros((n, int(width.sum())), dtype=np.float32)
    for first, column in zip(start, told, strict=True):
        marks[np.arange(n), first + column] = 1
    share = marks.mean(axis=0, dtype=float)
    together = (marks.T @ marks).astype(float) / n
    surprise = np.square(together - np.outer(share, share)) / np.outer(share, share)
    of_pairs = np.add.reduceat(np.add.reduceat(surprise, start, axis=0), start, axis=1)
    least = np.minimum.outer(width, width) - 1
    v = np.sqrt(np.clip(of_pairs / np.maximum(least, 1), 0, 1)) * (least > 0)
    np.fill_diagonal(v, 1.0)
    return v
