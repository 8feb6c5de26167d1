"""A sample of a large table's cases: whole groups, drawn by chance over all of the time."""

from dataclasses import replace

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .column import Note
from .counted import Counted

FEWEST = 100
_SEED = 0  # the same file gives the same sample


def sampled(counted: Counted, group: np.ndarray | None, most: int) -> Counted:
    """Keep so many cases of a table, and no part of a group.

    Cases, or groups, are drawn by chance whatever their outcomes and times are: the base rate, the
    span of time and the number of cases a group has are those of the table.

    Parameters
    ----------
    counted : Counted
    group : ndarray of shape (n_rows,), optional
        Of all rows.
    most : int
        Cases to keep, at most.

    Raises
    ------
    DataError
        If the first group that is drawn has more cases than that.
    """
    n = len(counted.rows)
    if n <= most:
        return counted
    rng = np.random.default_rng(_SEED)
    if group is None:
        kept = np.sort(rng.choice(n, most, replace=False))
        said = Sentence("A sample: {n:,} of {of:,} cases, drawn by chance", n=most, of=n)
    else:
        names, code, size = np.unique(group[counted.rows], return_inverse=True, return_counts=True)
        order = rng.permutation(len(names))
        chosen = order[np.cumsum(size[order]) <= most]
        if not len(chosen):
            raise DataError(
                f"a sample of {most:,} rows holds not even one group: the first that was drawn has "
                f"{size[order[0]]:,} cases.  Ask for more rows, or name another group."
            )
        kept = np.flatnonzero(np.isin(code, chosen))
        said = Sentence(
            "A sample: {n:,} of {of:,} cases, all those of {groups:,} of {of_groups:,} groups "
            "drawn by chance",
            n=len(kept),
            of=n,
            groups=len(chosen),
            of_groups=len(names),
        )
    return replace(
        counted,
        rows=counted.rows[kept],
        outcome=counted.outcome[kept],
        weight=None if counted.weight is None else counted.weight[kept],
        notes=[Note(said), *counted.notes],
    )
