"""Features as the nodes of a discrete network read them: codes, and -1 for what is not known."""

from typing import Self

import numpy as np
import pandas as pd

from ...bench.cases import is_numeric
from ...bench.encoding import Bins
from ...bench.errors import ModelError
from ...bench.one_case import NotPlainError, is_missing, row_of
from .mdl_cuts import mdl_cuts

UNKNOWN = -1


class NetworkCodes:
    """Bins learnt on fit cases, with two ways to read a missing value.

    Where fit cases lack a column's value, that it is missing may tell something: missing is a bin
    of its own.  Where none does, nothing can be learnt of it; a new case without the value gets
    ``UNKNOWN``, and a network sums over what it could have been.

    Parameters
    ----------
    cuts : {"mdl", "tree", "quantile"}
        How numbers are cut: by description length, as a decision tree on the column would, or into
        equal shares.
    n_bins : int
        Most bins of a number, besides those for zero and missing.
    """

    def __init__(self, cuts: str, n_bins: int):
        self.cuts = cuts
        self.n_bins = n_bins

    def fit(self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Learn cuts and categories, and which columns were always known.

        Raises
        ------
        ModelError
            If ``cuts`` names no way to cut.
        """
        if self.cuts not in ("mdl", "tree", "quantile"):
            raise ModelError(f"cuts={self.cuts!r} is unknown; choose 'mdl', 'tree' or 'quantile'.")
        cuts = mdl_cuts if self.cuts == "mdl" else self.cuts
        self.bins_ = Bins(n_bins=self.n_bins, cuts=cuts).fit(features, y, weight)
        self.always_known_ = np.array(
            [not features[name].isna().any() for name in self.names_], dtype=bool
        )
        # A number's last bin is for missing ones; an empty bin would take a share of every prior.
        numeric = np.array([is_numeric(features[name]) for name in self.names_], dtype=bool)
        spare = np.flatnonzero(self.always_known_ & numeric)
        self.n_values_ = self.bins_.n_values_.copy()
        self.n_values_[spare] -= 1
        return self

    @property
    def names_(self) -> list[str]:
        """Names of the columns."""
        return self.bins_.names_

    @property
    def labels_(self) -> list[list[str]]:
        """Names of the values of each column."""
        return self.bins_.labels_

    def transform(self, features: pd.DataFrame) -> np.ndarray:
        """Give codes below ``n_values_``, or ``UNKNOWN``; int32, shape (n_cases, n_features)."""
        row = row_of(features)
        if row is not None:
            try:
                codes = self.bins_.of_row(row)
            except NotPlainError:
                pass
            else:
                missing = np.array([[is_missing(row[name]) for name in self.names_]], dtype=bool)
                codes[missing & self.always_known_] = UNKNOWN
                return codes
        codes = self.bins_.transform(features)
        # Of all columns at once: for a single case that is most of the work.
        missing = features[self.names_].isna().to_numpy(dtype=bool)
        codes[missing & self.always_known_] = UNKNOWN
        return codes
