"""Ratios: a model that is shown ratios, totals and differences of its columns beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..cases import numbers
from ..language.sentence import Sentence
from .added import MOST_ADDED, MOST_PAIRED, Added
from .derived import Derived, derivable, numeric_columns
from .gainful import Beside


class Ratios(Added):
    """Adds ratios, products, differences and totals of columns, where they help the model.

    Candidates are worked out from each case's own row.  Those are added that small boosted trees
    gain most from on both halves of the fit cases, ten at most.  The model itself is then fitted
    on two thirds of the fit cases, with them and without: if it predicts the last third no better
    with them, none is added.

    Attributes
    ----------
    added_ : tuple of Derived
        What is added; may be empty.
    """

    word, said = "ratios", "with ratios"

    def _found(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None, seed: int
    ) -> tuple[Derived, ...]:
        columns = numeric_columns(features)
        beside = Beside(features, y, weight, seed)
        candidates = derivable(columns, beside.paired(list(columns), MOST_PAIRED))
        if not candidates:
            return ()
        made = np.column_stack([each.of(columns) for each in candidates])
        return tuple(candidates[j] for j in beside.best(made, MOST_ADDED))

    def _of(self, added: Sequence[Derived], features: pd.DataFrame) -> Mapping[str, np.ndarray]:
        needed = {name for each in added for name in each.columns}
        columns = {name: numbers(features[name]) for name in needed}
        return {each.name: each.of(columns) for each in added}

    def _reading(self) -> Sentence:
        return Sentence(
            "Columns that were worked out from others of the same case, {n}; they are looked for "
            "anew in each fold, and none is added where the model predicts no better with them.",
            n=len(self.added_),
        )
