"""Rows as a client of a service writes them, read as the rows of a table of one's own were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bench.content_columns import TEXT, VECTOR
from ..bench.deploy.columns import FeatureColumn, require_columns
from ..bench.deploy.manifest import Manifest
from ..bench.deploy.predictor import Predictor
from ..bench.errors import DataError
from ..bench.metrics.thresholds import decide
from ..bench.serve.row_columns import FeatureRows, RowColumn, RowReader, row_column
from ..datasets._table.read_again import ColumnReading, TableReading, Unread
from ..datasets._values.counted_times import CountedTime
from ..datasets._values.durations import DurationNotation
from .table_reading import TABLE, reading_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_WHERE = "the request"


@dataclass(frozen=True)
class TableRows:
    """Rows of a table of one's own.

    Parameters
    ----------
    reading : TableReading
        How its columns were read.
    fitted : sequence of FeatureColumn
        What was made of them.
    """

    reading: TableReading
    fitted: Sequence[FeatureColumn]

    @property
    def columns(self) -> Sequence[RowColumn]:
        """The columns."""
        made = {column.name: column for column in self.fitted}
        return [_row_column(column, made.get(column.name)) for column in self.reading.columns]

    @property
    def unused(self) -> Sequence[str]:
        """Columns of the table that were not read, the target among them."""
        return self.reading.unused

    def features(self, values: Mapping[str, Sequence[Any]], n_rows: int) -> "pd.DataFrame":
        """Make the features.

        Parameters
        ----------
        values : mapping of str to sequence of length n_rows
        n_rows : int

        Raises
        ------
        DataError
            If a value is not such as it was when the model was fitted.
        """
        import pyarrow as pa

        table = pa.table(
            {column.name: _array(column, values[column.name]) for column in self.reading.columns}
        )
        unread = Unread()
        features = self.reading.features(table, 1, _WHERE, unread)
        for name in unread.counts:
            raise DataError(
                f"column {name!r}: {unread.examples[name]!r} cannot be read as it was when the "
                "model was fitted.  Write it as the others, or null where it is not known."
            )
        return features


class ScoredTable:
    """Scores data frames that hold the columns of the table that a model was fitted on.

    Parameters
    ----------
    path : str
        A file that ``intentbench train`` wrote.
    plugins : sequence of str or Path
        As of ``Predictor.load``.
    """

    def __init__(self, path: str, plugins: Sequence[Any] = ()):
        self._predictor = Predictor.load(path, plugins)
        self._reader = reader_of(self._predictor.manifest, path)

    def __call__(self, table: "pd.DataFrame") -> "pd.DataFrame":
        """Give ``probability`` and ``decision`` of each row, with the same index.

        Raises
        ------
        DataError
            If a column is missing, unknown, or not such as it was.
        """
        import pandas as pd

        names = [column.name for column in self._reader.columns]
        require_columns(names, list(table.columns), "the table", self._reader.unused)
        values = {name: _plain_values(table[name]) for name in names}
        p = self._predictor.predict_proba(self._reader.features(values, len(table)))[:, 1]
        decided = decide(p, self._predictor.manifest.threshold.threshold).astype(np.int64)
        return pd.DataFrame({"probability": p, "decision": decided}, index=table.index)


def reader_of(manifest: Manifest, path: str) -> RowReader:
    """Say how the rows that a client writes are read for a model.

    Parameters
    ----------
    manifest : Manifest
    path : str
        Of its file; what errors name.

    Raises
    ------
    RequestError
        If the file does not say it in the words of this version.
    """
    if manifest.reading.get("data") == TABLE:
        return TableRows(reading_of(manifest, path), manifest.columns)
    return FeatureRows(manifest.columns)


def _plain_values(column: "pd.Series") -> list[Any]:
    """Give a column's values as JSON would have them, None where one is missing."""
    if column.dtype.kind == "M":  # a date, as any notation of dates reads it
        column = column.dt.strftime("%Y-%m-%d %H:%M:%S")
    return column.astype(object).where(column.notna(), None).tolist()


def _row_column(column: ColumnReading, fitted: FeatureColumn | None) -> RowColumn:
    written = ", ".join(filter(None, (notation.name for notation in column.notations)))
    if column.kind == "date":
        is_counted = any(isinstance(notation, CountedTime) for notation in column.notations)
        return RowColumn(column.name, "number" if is_counted else "date", is_counted, written)
    has_durations = any(isinstance(notation, DurationNotation) for notation in column.notations)
    reads_texts = column.kind not in ("category", TEXT, VECTOR)
    if fitted is None or fitted.kind != column.kind or has_durations:
        return RowColumn(column.name, column.kind, reads_texts, written)
    about = row_column(fitted, reads_texts=reads_texts)
    said = "; ".join(filter(None, (about.about, written)))
    return RowColumn(column.name, column.kind, about.reads_texts, said, about.example)


def _array(column: ColumnReading, values: Sequence[Any]) -> "pa.Array":
    import pyarrow as pa

    if column.kind == VECTOR:
        return pa.array(values, pa.list_(pa.float64()))
    if column.kind in ("category", TEXT):
        return pa.array([None if v is None else str(v) for v in values], pa.large_string())
    texts = [isinstance(value, str) for value in values if value is not None]
    if all(texts):
        return pa.array(values, pa.large_string())
    if any(texts):
        raise DataError(
            f"column {column.name!r} of {_WHERE} holds texts in some rows and numbers in others.  "
            "Write all of one request alike."
        )
    return pa.array(values, pa.bool_() if isinstance(_first(values), bool) else pa.float64())


def _first(values: Sequence[Any]) -> Any:
    return next(value for value in values if value is not None)
