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
    return _in_steps(statistics, order, largest, level)


def behind_the_best(
    statistics: np.ndarray, centred: np.ndarray, errors: np.ndarray, level: float
) -> tuple[np.ndarray, ...]:
    """Test which entries are behind the best one; the others are a confidence set of the best.

    Whoever leads was picked by the figures that are now compared, so each draw picks its own leader
    too: where all are worth the same, the largest statistic is compared with how far, at most, the
    last of them falls behind whoever happens to lead.  An entry that is found to be behind is left
    out, and the same is asked of those that remain.  All entries that are worth as much as the best
    are in the set with probability ``level``.

    Parameters
    ----------
    statistics : ndarray, shape (n,)
        How far each is behind the leader, in standard errors of that difference; 0 for the leader.
    centred : ndarray, shape (n, n_draws)
        Each entry's figure in shared draws, less its mean; more is better.
    errors : ndarray, shape (n, n)
        Standard error of the difference of each pair over these draws; 0 for those that never
        differ.
    level : float
        Such as 0.95.

    Returns
    -------
    p_values, reach : ndarray, shape (n,)
        As in ``step_down``; those in the set have p-values above ``1 - level``.

    References
    ----------
    Hansen, Lunde, Nason (2011), "The model confidence set", Econometrica 79: the elimination of one
    model after the other, here by the distance to the leader, which is what a table shows.
    """
    order = np.argsort(-statistics, kind="stable")
    draw = np.arange(centred.shape[1])
    largest = np.empty((len(order), len(draw)))
    for step in range(len(order)):
        left = order[step:]
        figures = centred[left]
        leads = figures.argmax(axis=0)
        distance = figures[leads, draw] - figures
        unit = errors[np.ix_(left, left)][:, leads]
        np.divide(distance, unit, out=distance, where=unit > 0)
        largest[step] = np.where(unit > 0, distance, 0.0).max(axis=0)
    return _in_steps(statistics, order, largest, level)


def _in_steps(
    statistics: np.ndarray, order: np.ndarray, largest: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compare each statistic, in this order, with its own row of largest ones by chance."""
    ordered = statistics[order]
    exceeded = (largest >= ordered[:, None]).sum(axis=1)
    p_sorted = np.maximum.accumulate((exceeded + 1) / (largest.shape[1] + 1))
    reach_sorted = np.quantile(largest, level, axis=1, method="higher")
    stands = p_sorted <= 1 - level
    if not stands.all():
        first = int(np.argmin(stands))
        # Those left are tested no further: all have the reach of the first that does not stand.
        reach_sorted[first:] = max(reach_sorted[first], ordered[first])
    p_values, reach = np.empty(len(order)), np.empty(len(order))
    p_values[order], reach[order] = p_sorted, reach_sorted
    return p_values, reach
