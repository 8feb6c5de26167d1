"""The rows of a table that are not in its sample, read as those were and written to disk."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.errors import DataError
from .._values.texts import clean
from .amounts import notation_of_amounts, read_amounts
from .blocks import Block
from .given_split import given_split, side_of
from .hashed_rows import SampledTable, hashes, placed
from .outcomes import Values, bound_of
from .read_again import TableReading, Unread
from .roles_again import moments_of, names_of, outcomes_of, texts_of


@dataclass
class FurtherRows:
    """Reads the rows of a table that are not in its sample.

    Parameters
    ----------
    sample : SampledTable
    reading : TableReading
        How the sample was read.
    target, positive, negative : str
    group, time, split, weight : str
        Columns, or empty.
    date_order : str

    Attributes
    ----------
    n_without_outcome, n_without_weight : int
        Rows left out so far.
    unread : Unread
        Cells of the whole table that could not be read so far, and count as missing.
    """

    sample: SampledTable
    reading: TableReading
    target: str
    positive: str
    negative: str
    group: str
    time: str
    split: str
    weight: str
    date_order: str
    n_without_outcome: int = 0
    n_without_weight: int = 0
    unread: Unread = field(default_factory=Unread)

    def __post_init__(self) -> None:
        # Cells that could not be read were counted as missing, and told, where the sample holds
        # some; a column that has none there must have none at all.
        of_sample = Unread()
        self.reading.features(self.sample.table, 1, self.sample.label, of_sample)
        self._may_be_unread = set(of_sample.counts)
        self._positive, self._negative = self._both_named()
        if self.weight:
            texts = texts_of(self.weight, self.sample.table.column(self.weight), self.sample.label)
            self._amounts = notation_of_amounts(
                texts, commas_part_cells=self.sample.commas_part_cells
            )
        self._sides: dict[str, int] = {}
        if self.split:
            column = self.sample.table.column(self.split)
            names = sorted(set(names_of(self.split, column, self.sample.label, "split")))
            self._sides = dict(zip(names, given_split(names), strict=True))

    def _both_named(self) -> tuple[str, str]:
        """Name yes and no: in a block, unlike in the sample, one of them may be missing."""
        given = self.positive, self.negative
        if all(given) or not any(given) or any(bound_of(value) for value in given):
            return given
        texts = clean(pc.cast(self.sample.table.column(self.target), pa.large_string()))
        counted = texts.drop_null().value_counts()
        values = Values(
            [each.as_py()["values"] for each in counted],
            [each.as_py()["counts"] for each in counted],
        )
        named = values.key_of(given[0] or given[1])
        other = next(values.shown(key) for key in values.found if key != named)
        return (given[0] or other, given[1] or other)

    def read(
        self, blocks: Iterator[Block]
    ) -> Iterator[tuple[pd.DataFrame, np.ndarray, *tuple[np.ndarray | None, ...]]]:
        """Give features, outcomes, moments, sides and weights of the rows, block by block.

        Raises
        ------
        DataError
            If a row holds what the sample does not; names the row.
        """
        times = {column.name: column for column in self.reading.columns}
        for first, block in placed(blocks):
            chosen = hashes(block, first, self.group) >= np.uint64(self.sample.below)
            if not chosen.any():
                continue
            table = block.table
            where = f"{block.label}, rows {first + 1:,} to {first + table.num_rows:,}"
            outcome = outcomes_of(
                self.target, table.column(self.target), where, self._positive, self._negative
            )
            self.n_without_outcome += int((outcome[chosen] < 0).sum())
            chosen &= outcome >= 0
            weight = None
            if self.weight:
                weight = self._weights_of(table.column(self.weight), first, block.label)
                self.n_without_weight += int((chosen & ~(weight > 0)).sum())
                chosen &= weight > 0
                weight = weight[chosen]
            time = None
            if self.time:
                time = moments_of(
                    self.time, table.column(self.time), where, times.get(self.time),
                    self.date_order,
                )[chosen]  # fmt: skip
            side = None
            if self.split:
                side = self._sides_of(table.column(self.split), first, block.label, where)[chosen]
            features = self._features(table, first, block.label)[chosen].reset_index(drop=True)
            yield features, outcome[chosen], time, side, weight

    def _weights_of(self, column: pa.ChunkedArray, first: int, label: str) -> np.ndarray:
        return read_amounts(
            texts_of(self.weight, column, label), self._amounts, self.weight, "weight", label,
            lambda row: f"row {first + row + 1:,}",
        )  # fmt: skip

    def _sides_of(self, column: pa.ChunkedArray, first: int, label: str, where: str) -> np.ndarray:
        codes, names = pd.factorize(names_of(self.split, column, where, "split"))
        sides = [side_of(name, self._sides) for name in names]
        if None in sides:
            unknown = sides.index(None)
            row = first + int(np.argmax(codes == unknown)) + 1
            raise DataError(
                f"column {self.split!r} of {label} holds {names[unknown]!r} in row {row:,}, which "
                f"is no part of the split of the sample of {len(self.sample.numbers):,} rows.  "
                "Mend the cell, or hold more rows (--rows)."
            )
        return np.array(sides)[codes]

    def _features(self, table: pa.Table, first: int, label: str) -> pd.DataFrame:
        unread = Unread()
        try:
            features = self.reading.features(table, first + 1, label, unread)
        except DataError as error:
            raise DataError(
                f"the sample of {len(self.sample.numbers):,} rows is read in one way, and other "
                f"rows cannot be ('fitted' means the sample): {error}"
            ) from error
        for name, n in unread.counts.items():
            if name not in self._may_be_unread:
                raise self._contradicts(table, first, label, name, unread.examples[name])
            self.unread.counts[name] += n
        for name in features.select_dtypes("number"):
            if not np.isinf(features[name].to_numpy()).any():
                continue
            row = first + int(np.argmax(np.isinf(features[name].to_numpy()))) + 1
            raise DataError(
                f"column {name!r} of {label} holds a number without bounds in row {row:,}.  Leave "
                "the cell empty where the value is not known, or leave the column out: --drop "
                f"{name!r}"
            )
        return features

    def _contradicts(
        self, table: pa.Table, first: int, label: str, name: str, example: str
    ) -> DataError:
        texts = pc.cast(table.column(name), pa.large_string())
        at = pc.index(pc.starts_with(pc.utf8_trim_whitespace(texts), example.strip()), True).as_py()
        kind = next(column.kind for column in self.reading.columns if column.name == name)
        return DataError(
            f"column {name!r} of {label} is a {kind} in the sample of {len(self.sample.numbers):,} "
            f"rows, and holds {example!r} in row {first + at + 1:,}.  Mend the cell, or say what "
            f"the column is: --category {name!r}; or leave it out: --drop {name!r}"
        )
