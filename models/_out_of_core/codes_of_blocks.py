"""Codes of a discrete network's columns, learnt from cases on disk one column at a time."""

import numpy as np
import pandas as pd

from .._network.codes import NetworkCodes
from .rated_blocks import RatedBlocks


def codes_of_blocks(cuts: str, n_bins: int, blocks: RatedBlocks) -> tuple[NetworkCodes, np.ndarray]:
    """Learn cuts and categories, and give the codes of all fit cases.

    Parameters
    ----------
    cuts, n_bins : str, int
        As of ``NetworkCodes``.
    blocks : RatedBlocks

    Returns
    -------
    learnt : NetworkCodes
        What it would have learnt of the same cases in memory.
    codes : ndarray of int8 or int16, shape (n_cases, n_columns)
        A byte or two each: they are held in memory.
    """
    nothing = pd.DataFrame(index=pd.RangeIndex(2))
    whole = NetworkCodes(cuts, n_bins).fit(nothing, np.array([0, 1]))
    columns, n_values, known = [], [], []
    for name in blocks.names:
        column = blocks.column(name).to_frame()
        one = NetworkCodes(cuts, n_bins)
        if blocks.is_category(name):
            counted = blocks.counted(name)
            one.fit(counted.column.to_frame(), counted.y, counted.weight)
        else:
            one.fit(column, blocks.target, blocks.weight)
        kind = np.int8 if one.n_values_[0] < 127 else np.int16
        columns.append(one.transform(column)[:, 0].astype(kind))
        n_values.append(one.n_values_)
        known.append(one.always_known_)
        bins, of_one = whole.bins_, one.bins_
        bins.names_ += of_one.names_
        bins.labels_ += of_one.labels_
        for learnt in ("cuts_", "zero_", "categories_"):
            getattr(bins, learnt).update(getattr(of_one, learnt))
        bins.n_values_ = np.append(bins.n_values_, of_one.n_values_)
    if not columns:
        return whole, np.empty((blocks.n_cases, 0), np.int8)
    whole.n_values_, whole.always_known_ = np.concatenate(n_values), np.concatenate(known)
    return whole, np.column_stack(columns)
