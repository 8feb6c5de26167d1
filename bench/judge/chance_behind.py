"""Chances: how probable it is that an entry is further behind the best than it may be."""

from collections.abc import Sequence

import numpy as np

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from .scoring import Scores


def chances_behind(scores: Scores, key: Key, rows: Sequence[int]) -> dict[int, float]:
    """Say of each entry how probable it is that the best is ahead of it by more than the margin.

    Who the best is differs from draw to draw.  Differences are spread in the draws as the verdict
    spreads them: by the test cases, and by what training adds.  The prior is flat, as if each entry
    had a quality of its own; where many are alike the chance is therefore too large, and hardly
    ever too small.

    Parameters
    ----------
    scores : Scores
        With what training adds.
    key : Key
        Of the figure.
    rows : sequence of int
        The entries of a table.

    Returns
    -------
    dict of int to float
        By row; of those alone that have a figure.
    """
    sign = -1.0 if METRICS[key.metric].minimize else 1.0
    values = sign * scores.by_fold[key].mean(axis=1)
    known = [row for row in rows if not np.isnan(values[row])]
    if not known or scores.training is None:
        return {}
    drawn = sign * scores.draws[key][known]
    drawn = drawn[:, ~np.isnan(drawn).any(axis=0)]
    if not drawn.shape[1]:
        return {}
    drawn = drawn - drawn.mean(axis=1, keepdims=True)
    margin = METRICS[key.metric].rope
    chances = {}
    for number, row in enumerate(known):
        ahead = (values[known] - values[row])[:, None]
        wider = np.sqrt(1 + scores.training[row, known])[:, None]
        best = (ahead + wider * (drawn - drawn[number])).max(axis=0)
        chances[row] = float((best > margin).mean())
    return chances
