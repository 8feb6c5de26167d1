"""How near made-up rows lie to the rows that they were learnt from: whether they are copies."""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from ..encoding import ScaledOneHot
from ..language.sentence import Sentence
from ..model import Explanation

_MOST_FIT, _MOST_ASKED = 5000, 1000
_SAME, _NEAR = 1e-4, 0.05  # the former of rounding


def nearest_rows(
    fit: pd.DataFrame, made: pd.DataFrame, valid: pd.DataFrame, rng: np.random.Generator
) -> np.ndarray:
    """Compare made-up rows with real ones that were not learnt from.

    Both are asked how far away their nearest fit row is: in standardised numbers and categories,
    of at most 1,000 rows each among at most 5,000 fit rows.  A generator that repeats what it was
    shown lies nearer to that than other real rows do.

    Parameters
    ----------
    fit, made, valid : DataFrame
        With the same columns, and at least one row.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (3, 2)
        Of made-up and of valid rows the median of that distance, the share whose distance is below
        the 5 % quantile of valid rows, and the share at distance 0.
    """
    encoder = ScaledOneHot().fit(fit)
    shown = NearestNeighbors(n_neighbors=1).fit(encoder.transform(_some(fit, _MOST_FIT, rng)))
    of_made, of_valid = (
        shown.kneighbors(encoder.transform(_some(rows, _MOST_ASKED, rng)))[0][:, 0]
        for rows in (made[list(fit)], valid)
    )
    near = np.quantile(of_valid, _NEAR)
    return np.array([
        [np.median(of), np.mean(of < near), np.mean(of < _SAME)] for of in (of_made, of_valid)
    ]).T  # fmt: skip


def told(nearest: np.ndarray) -> Explanation:
    """Show what ``nearest_rows`` found."""
    measures = (
        Sentence("distance to the nearest fit row, median"),
        Sentence("share nearer to a fit row than 95 % of the valid rows"),
        Sentence("share that copies a fit row"),
    )
    return Explanation(
        "table",
        Sentence(
            "How near synthetic rows lie to the rows that they were learnt from, beside real rows "
            "that were not learnt from.  Where they lie much nearer, real cases are repeated."
        ),
        (Sentence("measure"), Sentence("synthetic rows"), Sentence("valid rows")),
        tuple((name, *row) for name, row in zip(measures, nearest.tolist(), strict=True)),
        title=Sentence("the synthetic rows"),
    )


def _some(rows: pd.DataFrame, most: int, rng: np.random.Generator) -> pd.DataFrame:
    return rows.iloc[np.sort(rng.permutation(len(rows))[:most])]
