"""Which columns hang on which, chosen so that no single case decides it."""

from fractions import Fraction

import numpy as np

from .discrete_laplace import chosen

SENSITIVITY = 4  # of ``dependence``: see there


def dependence(codes: np.ndarray, y: np.ndarray, n_a: int, n_b: int) -> int:
    """Say by how many cases two columns depart from independence within the outcomes.

    The sum, over outcomes and pairs of values, of ``abs(n_ab - n_a * n_b / n)``, rounded down for
    each outcome.  A case that comes or goes changes n_ab by 1 in one cell, and n_a * n_b / n by
    ``D = (n - n_a) * (n - n_b) / (n * (n + 1)) < 1`` in that cell's row, in its column and in all
    other cells, each in sum; together the differences move by ``4 D``, so that this moves by 4 at
    most, in one outcome only.

    Parameters
    ----------
    codes : ndarray of int, shape (n_cases, 2)
    y : ndarray of 0 and 1, shape (n_cases,)
    n_a, n_b : int
        Values of the two columns.
    """
    found = 0
    for outcome in (0, 1):
        of_outcome = codes[y == outcome]
        n = len(of_outcome)
        if n:
            counts = np.zeros((n_a, n_b), dtype=np.int64)
            np.add.at(counts, (of_outcome[:, 0], of_outcome[:, 1]), 1)
            expected = np.outer(counts.sum(axis=1), counts.sum(axis=0))
            found += int(np.abs(n * counts - expected).sum()) // n
    return found


def private_parents(
    codes: np.ndarray,
    y: np.ndarray,
    n_codes: list[int],
    epsilon: Fraction,
    price: float,
) -> list[int]:
    """Choose for each column the one that it hangs on, or none, one after another.

    Parameters
    ----------
    codes : ndarray of int, shape (n_cases, n_columns)
    y : ndarray of 0 and 1, shape (n_cases,)
    n_codes : list of int
        Values of each column.
    epsilon : Fraction
        For all choices together.
    price : float
        Cases that a pair must bring for each count that it takes.

    Returns
    -------
    list of int
        By column; -1 where it hangs on none.  The first hangs on none.
    """
    n_columns = len(n_codes)
    parents, inside = [-1] * n_columns, [0]
    each = epsilon / max(n_columns - 1, 1)
    known = {
        (a, b): dependence(codes[:, [a, b]], y, n_codes[a], n_codes[b])
        - round(price * 2 * n_codes[a] * n_codes[b])
        for a in range(n_columns)
        for b in range(a)
    }
    while len(inside) < n_columns:
        outside = [column for column in range(n_columns) if column not in inside]
        pairs = [(column, parent) for column in outside for parent in inside]
        scores = [known[max(pair), min(pair)] for pair in pairs]
        # To hang on none brings nothing, and costs nothing.
        pairs += [(column, -1) for column in outside]
        scores += [0] * len(outside)
        column, parent = pairs[chosen(scores, each, SENSITIVITY)]
        parents[column] = parent
        inside.append(column)
    return parents
