"""The columns of a row as a client writes them, and what turns rows into features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from ..content_columns import TEXT, VECTOR
from ..deploy.columns import FeatureColumn


@dataclass(frozen=True)
class RowColumn:
    """A column of a row.

    Parameters
    ----------
    name : str
    kind : {"number", "boolean", "category", "date", "text", "vector"}
    reads_texts : bool, default=False
        Whether a number, a boolean or a date may stand as the text that a file has for it.
    about : str, default=""
        What was seen of it when the model was fitted.
    example : object, default=None
    """

    name: str
    kind: str
    reads_texts: bool = False
    about: str = ""
    example: Any = None


class RowReader(Protocol):
    """What turns the values of rows into the features that a model reads.

    ``columns`` must be there in each row, ``unused`` may.
    """

    @property
    def columns(self) -> Sequence[RowColumn]:
        """The columns."""

    @property
    def unused(self) -> Sequence[str]:
        """Names of columns that are not read."""

    def features(self, values: Mapping[str, Sequence[Any]], n_rows: int) -> pd.DataFrame:
        """Make features of each column's values; raises ``DataError`` where they cannot be read."""


@dataclass(frozen=True)
class FeatureRows:
    """Rows that hold the very features of a model, typed.

    Parameters
    ----------
    fitted : sequence of FeatureColumn
    """

    fitted: Sequence[FeatureColumn]

    @property
    def columns(self) -> Sequence[RowColumn]:
        """The columns."""
        return [row_column(column) for column in self.fitted]

    @property
    def unused(self) -> Sequence[str]:
        """None: a column that the model does not know is an error."""
        return ()

    def features(self, values: Mapping[str, Sequence[Any]], n_rows: int) -> pd.DataFrame:
        """Make the features.

        Parameters
        ----------
        values : mapping of str to sequence of length n_rows
        n_rows : int
        """
        made = {column.name: _typed(column, values[column.name]) for column in self.fitted}
        return pd.DataFrame(made, index=pd.RangeIndex(n_rows))


def row_column(fitted: FeatureColumn, *, reads_texts: bool = False) -> RowColumn:
    """Describe a column by what was fitted."""
    about, example = "", None
    if fitted.kind == "boolean":
        about, example = "yes or no", True
    elif fitted.kind == "number":
        example = 0.0
        if fitted.low is not None:
            about = f"from {fitted.low:g} to {fitted.high:g} when the model was fitted"
            example = fitted.low
    elif fitted.kind == TEXT:
        example = "words"
    elif fitted.kind == VECTOR:
        about, example = f"{fitted.width:,} numbers", [0.0] * fitted.width
    elif fitted.categories:
        shown = ", ".join(map(repr, fitted.categories[:5]))
        about = f"{len(fitted.categories):,} values when the model was fitted, such as {shown}"
        example = fitted.categories[0]
    if fitted.n_missing == 0:
        about += "; never missing then" if about else "never missing when the model was fitted"
    return RowColumn(fitted.name, fitted.kind, reads_texts, about, example)


def _typed(column: FeatureColumn, values: Sequence[Any]) -> pd.Series:
    if column.kind in (TEXT, VECTOR):
        return pd.Series(values, dtype=object)
    if column.kind == "category":
        return pd.Series([None if value is None else str(value) for value in values], dtype="str")
    return pd.Series([None if value is None else float(value) for value in values], dtype=float)
