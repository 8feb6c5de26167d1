"""Segments in words: their table, and how their number was chosen."""

from collections.abc import Mapping

import numpy as np

from ...bench.language.sentence import AFTER_A_COMMA, Sentence, Text, joined
from ...bench.model import Explanation


def rated(sizes: np.ndarray, rates: np.ndarray, chosen: Text) -> Explanation:
    """Put segments into a table, the largest first.

    Parameters
    ----------
    sizes : ndarray, shape (n_segments,)
        Fit cases in each.
    rates : ndarray, shape (n_segments,)
    chosen : str
        How their number was chosen.
    """
    rows = tuple(
        (Sentence("segment {number}", number=number), float(size), float(rate))
        for number, (size, rate) in enumerate(zip(sizes, rates, strict=True), start=1)
    )
    return Explanation(
        "table",
        Sentence(
            "Segments of the fit cases, found without a look at the outcome.  Their rates are "
            "drawn towards that of all cases.  {chosen}",
            chosen=chosen,
        ),
        (Sentence("segment"), Sentence("fit cases"), Sentence("positive")),
        rows,
        Sentence("the segments and their rates"),
    )


def chosen_by(tried: Mapping[int, float]) -> Text:
    """Say how the number of segments was chosen."""
    if not tried:
        return Sentence("Their number was given.")
    return Sentence(
        "Their number was chosen on valid cases.  Log loss there by number of segments: {tried}.",
        tried=joined(
            AFTER_A_COMMA,
            [
                Sentence("{loss:.4f} with {n}", loss=loss, n=number)
                for number, loss in tried.items()
            ],
        ),
    )
