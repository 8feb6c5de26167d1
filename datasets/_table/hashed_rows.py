"""Which rows of a table stand in its sample: those with the smallest hashes, whole groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.errors import DataError
from .._values.texts import clean
from .arrow_table import RawTable
from .blocks import Block


@dataclass(frozen=True, eq=False)
class SampledTable(RawTable):
    """A sample of a table's rows.

    Parameters
    ----------
    numbers : ndarray of int, shape (n_rows,)
        The number of each in the whole table, from 0 on.
    delimiter : str
        What separates the cells of a text; empty of another file.
    n_all : int
        Rows of the whole table.
    below : int
        In the sample are the rows whose hash is smaller.
    """

    numbers: np.ndarray
    delimiter: str
    n_all: int
    below: int

    @property
    def commas_part_cells(self) -> bool:
        """Whether commas separate the cells."""
        return self.delimiter == ","

    def place(self, row: int) -> str:
        """Say where a row stands."""
        return f"row {self.numbers[row] + 1:,}"

    def places(self, rows) -> dict[int, str]:
        """Say where rows stand."""
        return {row: self.place(row) for row in sorted(rows)}

    def line_with(self, name: str) -> int:
        """Find no line: the text is not held."""
        return 0


def hashes(block: Block, first: int, group: str) -> np.ndarray:
    """Hash each row by its number, or by its group, uint64, shape (n_rows,).

    Parameters
    ----------
    block : Block
    first : int
        The number of its first row in the whole table, from 0 on.
    group : str
        A column, or empty.

    Raises
    ------
    DataError
        If a row has no group.
    """
    if not group:
        numbers = np.arange(first, first + block.table.num_rows, dtype=np.uint64)
        return pd.util.hash_array(numbers)
    texts = clean(pc.cast(block.table.column(group), pa.large_string()))
    if texts.null_count:
        row = first + int(np.argmax(np.asarray(pc.is_null(texts)))) + 1
        raise DataError(
            f"column {group!r} of {block.label} is missing in row {row:,}; as group it must say of "
            "every case whom it is about.  Fill it, or take such rows out."
        )
    return pd.util.hash_array(texts.to_numpy(zero_copy_only=False).astype(object))


class Sampler:
    """Keeps the rows with the smallest hashes, at most so many and no part of a group.

    As hashes go by chance, so does the sample, and the same table gives the same one.

    Parameters
    ----------
    most : int
    group : str
        The column that says whom a row is about, or empty.
    """

    def __init__(self, most: int, group: str) -> None:
        self._most, self._group = most, group
        self._tables: list[pa.Table] = []
        self._hashes: list[np.ndarray] = []
        self._numbers: list[np.ndarray] = []
        self._n_kept = 0
        self._below = 1 << 64
        self.n_all = 0

    def add(self, block: Block) -> None:
        """Look at some rows."""
        found = hashes(block, self.n_all, self._group)
        kept = (
            np.flatnonzero(found < self._below) if self._below < 1 << 64 else np.arange(len(found))
        )
        if len(kept):
            self._tables.append(block.table.take(pa.array(kept)))
            self._hashes.append(found[kept])
            self._numbers.append(self.n_all + kept)
            self._n_kept += len(kept)
        self.n_all += len(found)
        if self._n_kept > 2 * self._most:
            self._compact()

    def _compact(self) -> None:
        """Forget the rows with the largest hashes."""
        found = np.concatenate(self._hashes)
        values, size = np.unique(found, return_counts=True)
        fits = int(np.searchsorted(np.cumsum(size), self._most, side="right"))
        if fits == len(values):
            return
        if fits == 0:
            raise DataError(
                f"a sample of {self._most:,} rows holds not even one group: the first that was "
                f"drawn has {size[0]:,} rows or more.  Ask for more rows (--rows), or name another "
                "group."
            )
        self._below = int(values[fits])
        kept = found < self._below
        bounds = np.cumsum([0, *map(len, self._hashes)])
        parts = [kept[low:high] for low, high in zip(bounds, bounds[1:], strict=False)]
        self._tables = [
            table.filter(pa.array(part)) for table, part in zip(self._tables, parts, strict=True)
        ]
        self._hashes, self._numbers = (
            [values[part] for values, part in zip(of, parts, strict=True)]
            for of in (self._hashes, self._numbers)
        )
        self._n_kept = int(kept.sum())

    def finish(self) -> tuple[pa.Table, np.ndarray, int]:
        """Give the rows kept, their numbers, and the hash that all of them are below."""
        if self._n_kept > self._most:
            self._compact()
        table = pa.concat_tables(self._tables, promote_options="permissive")
        return table, np.concatenate(self._numbers), self._below


def placed(blocks: Iterator[Block]) -> Iterator[tuple[int, Block]]:
    """Give each block with the number of its first row in the whole table, from 0 on."""
    first, names = 0, None
    for block in blocks:
        if names is not None and block.table.column_names != names:
            raise DataError(
                f"parts of a table have the same columns; {block.label} has others than the parts "
                "before it.  Export them alike, or move it away."
            )
        names = block.table.column_names
        yield first, block
        first += block.table.num_rows
