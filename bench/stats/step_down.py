"""Many comparisons on shared draws: which differences stand, however many were looked at."""

import numpy as np


def step_down(statistics: np.ndarray, null: np.ndarray, level: float) -> tuple[np.ndarray, ...]:
    """Test many statistics against the largest that chance gives among them.

    The largest is compared with the draws of the maximum over all; each next one with those over
    what is left.  Comparisons that go up and down together, as those of one leader do, cost less
    than by a correction that counts them as unrelated.

    Parameters
    ----------
    statistics : ndarray, shape (n,)
        Sizes of differences in standard errors; not negative.
    null : ndarray, shape (n, n_draws)
        The same in draws in which there is no difference.
    level : float
        Such as 0.95.

    Returns
    -------
    p_values : ndarray, shape (n,)
        Adjusted: those at most ``1 - level`` stand together.
    reach : ndarray, shape (n,)
        Of each one's simultaneous interval, in standard errors: below its statistic just where it
        stands.

    References
    ----------
    Romano, Wolf (2005), "Stepwise multiple testing as formalized data snooping", Econometrica 73.
    Westfall, Young (1993), Resampling-based multiple testing, algorithm 2.8.
    """
    order = np.argsort(-statistics, kind="stable")
    largest = np.maximum.accumulate(null[order][::-1], axis=0)[::-1]
    ordered = statistics[order]
    exceeded = (largest >= ordered[:, None]).sum(axis=1)
    p_sorted = np.maximum.accumulate((exceeded + 1) / (null.shape[1] + 1))
    reach_sorted = np.quantile(largest, level, axis=1, method="higher")
    stands = p_sorted <= 1 - level
    if not stands.all():
        first = int(np.argmin(stands))
        # Those left are tested no further: all have the reach of the first that does not stand.
        reach_sorted[first:] = max(reach_sorted[first], ordered[first])
    p_values, reach = np.empty(len(order)), np.empty(len(order))
    p_values[order], reach[order] = p_sorted, reach_sorted
    return p_values, reach
