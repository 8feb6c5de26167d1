"""New cases on their way in: scored, and put into the bins that they are compared by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import is_numeric, texts
from ..content_columns import content_kind
from ..deploy.columns import FeatureColumn
from ..deploy.reference import Distribution, Reference


@dataclass(frozen=True, eq=False)
class NewCases:
    """Cases of one file.

    Parameters
    ----------
    file, sha256 : str
        Its name and content.
    p : ndarray, shape (n_cases,)
        P(target = 1), by the file of the model.
    codes : mapping of str to ndarray of int, shape (n_cases,)
        By column: the bin of each case, -1 where the value is missing.
    unseen : mapping of str to ndarray of bool, shape (n_cases,)
        By column of categories: whether its value was never seen.
    id, group : ndarray of str, shape (n_cases,), optional
        What labels name a case by, and whom it is about.
    time : ndarray of datetime64[s], shape (n_cases,), optional
        When it was scored.
    """

    file: str
    sha256: str
    p: np.ndarray
    codes: dict[str, np.ndarray]
    unseen: dict[str, np.ndarray]
    id: np.ndarray | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.p)


class Coding:
    """Puts blocks of new cases into bins; keeps a small number for each cell, and no value.

    Parameters
    ----------
    reference : Reference
    columns : sequence of FeatureColumn
        As the model was fitted on them.
    """

    def __init__(self, reference: Reference, columns: Sequence[FeatureColumn]):
        self._columns = reference.columns
        self._seen = {
            column.name: pd.Index(column.categories)
            for column in columns
            if column.categories is not None
        }
        self._codes: dict[str, list[np.ndarray]] = {each.name: [] for each in self._columns}
        self._unseen: dict[str, list[np.ndarray]] = {name: [] for name in self._seen}
        self._p: list[np.ndarray] = []

    def add(self, features: pd.DataFrame, p: np.ndarray) -> None:
        """Take some cases in."""
        for column in self._columns:
            self._codes[column.name].append(_coded(column, features[column.name]))
        for name, seen in self._seen.items():
            self._unseen[name].append(_never_seen(seen, features[name]))
        self._p.append(p)

    def codes(self) -> dict[str, np.ndarray]:
        """Give the bins of all cases, by column."""
        return {name: np.concatenate(parts) for name, parts in self._codes.items()}

    def unseen(self) -> dict[str, np.ndarray]:
        """Tell which cases hold a value that was never seen, by column."""
        return {name: np.concatenate(parts) for name, parts in self._unseen.items()}

    def p(self) -> np.ndarray:
        """Give P(target = 1) of all cases."""
        return np.concatenate(self._p) if self._p else np.empty(0)


def _coded(column: Distribution, values: pd.Series) -> np.ndarray:
    if column.kind == "number" and not (is_numeric(values) or content_kind(values)):
        values = pd.to_numeric(values)  # objects of a list of records
    return column.codes(values).astype(np.int16)


def _never_seen(seen: pd.Index, values: pd.Series) -> np.ndarray:
    read = texts(values) if not is_numeric(values) else values.astype("string")
    return ~read.isna().to_numpy() & (seen.get_indexer(read) < 0)
