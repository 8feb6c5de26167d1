"""Which values of the data may be told to a reader: those that enough cases have in common.

A report is sent on more easily than the data that it is made of.  A value that few cases have can
name one of them.
"""

import numpy as np

LEAST_TOLD = 10  # cases that have a value which is told
OTHERS = "others"  # stands for all values that are not


def told_range(values: np.ndarray) -> tuple[float, float]:
    """Say from where to where numbers lie, without telling a single case's.

    ``LEAST_TOLD`` of them lie at or beyond each end, and an end that fewer share is rounded to
    three digits.  Where there are not so many, both ends are the median, to one digit.

    Parameters
    ----------
    values : ndarray of float, shape (n_cases,)
        None of them missing, at least one.
    """
    values = np.sort(values)
    few = len(values) < 2 * LEAST_TOLD
    beyond = (len(values) + 1) // 2 if few else LEAST_TOLD
    ends = values[[beyond - 1, len(values) - beyond]]
    digits = 1 if few else 3
    shared = [np.count_nonzero(values == end) >= LEAST_TOLD for end in ends]
    low, high = (
        float(end) if is_shared else float(f"{end:.{digits}g}")
        for end, is_shared in zip(ends, shared, strict=True)
    )
    return low, high
