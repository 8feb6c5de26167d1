"""Columns that say for how many cases a row stands: weights and trials."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...bench.errors import DataError
from .._values.number_notation import NumberNotation
from .._values.numbers import find_numbers


def notation_of_amounts(texts: pa.ChunkedArray, *, commas_part_cells: bool) -> NumberNotation:
    """Find how a column of amounts is written; the plain way where nothing tells."""
    found = find_numbers(texts, commas_part_cells=commas_part_cells)
    return found if isinstance(found, NumberNotation) else NumberNotation()


def read_amounts(
    texts: pa.ChunkedArray,
    notation: NumberNotation,
    name: str,
    role: str,
    label: str,
    place: Callable[[int], str],
) -> np.ndarray:
    """Read numbers of cases, float64: NaN where missing, none negative.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray
    notation : NumberNotation
    name, role, label : str
        Of the column, what it says, and of the file.
    place : callable
        Names the place of a row, from 0 on, in the file.

    Raises
    ------
    DataError
    """
    numbers = notation.read(texts)
    wrong = np.asarray(pc.is_valid(texts)) & ~(numbers >= 0) | np.isinf(numbers)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"column {name!r} of {label} holds {str(texts[row].as_py())!r} in {place(row)}; as "
            f"{role} it must be a number of cases, 0 or more.  Mend the cell, or empty it: rows "
            f"without {role} are left out."
        )
    return numbers
