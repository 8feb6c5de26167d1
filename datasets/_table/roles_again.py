"""Columns with a role in a further file: ids, moments and outcomes, read as those were before."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.errors import DataError
from .._values.dates import DateNotation, DoubtfulDates, find_dates
from .._values.number_notation import NumberNotation
from .._values.numbers import find_numbers
from .._values.texts import clean, different
from .outcomes import Values, bound_of
from .read_again import ColumnReading, read_moments
from .yes_no import NO, YES


def names_of(name: str, array: pa.ChunkedArray, where: str, role: str) -> np.ndarray:
    """Read a column that names something, as texts; none may be missing.

    Raises
    ------
    DataError
    """
    texts = texts_of(name, array, where)
    if texts.null_count:
        row = int(np.argmax(np.asarray(pc.is_null(texts)))) + 1
        raise DataError(
            f"column {name!r} of {where} is missing in {texts.null_count:,} of {len(texts):,} "
            f"rows, first in row {row:,}; as {role} it must be there in each.  Fill it, or take "
            "these rows out."
        )
    values, codes = different(texts)
    return np.array(values.to_pylist(), dtype=object)[codes]


def moments_of(
    name: str, array: pa.ChunkedArray, where: str, known: ColumnReading | None, order: str
) -> np.ndarray:
    """Read moments, datetime64[s]; none may be missing.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
    where : str
        What errors name.
    known : ColumnReading, optional
        How the column was read before.
    order : str
        Of dates that do not tell it themselves.

    Raises
    ------
    DataError
    """
    kind = array.type
    if known is None and (types.is_timestamp(kind) or types.is_date(kind)):
        known = ColumnReading(name, "date")
    if known is None:
        found = find_dates(texts_of(name, array, where), order)
        if not isinstance(found, DateNotation):
            why = found.why if isinstance(found, DoubtfulDates) else "its cells are no dates"
            raise DataError(
                f"column {name!r} of {where} cannot be the time: {why}, such as "
                f"{str(array[0].as_py())!r}.  Write each moment as 2024-12-31 or 2024-12-31 17:05."
            )
        known = ColumnReading(name, "date", (found,))
        array = pc.cast(array, pa.large_string())
    values = read_moments(known, array, where)
    lost = np.isnat(values)
    if lost.any():
        row = int(np.argmax(lost))
        raise DataError(
            f"column {name!r} of {where} holds {str(array[row].as_py())!r} in row {row + 1:,}, "
            "which is no moment.  Write it as the others are, or take the row out."
        )
    return values


def outcomes_of(
    name: str, array: pa.ChunkedArray, where: str, positive: str, negative: str
) -> np.ndarray:
    """Read outcomes, int8: 1, 0, or -1 where the cell is empty.

    Unlike a target, they may all be the same.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
    where : str
    positive, negative : str
        What meant yes and no in the data that the model was fitted on; may be empty.

    Raises
    ------
    DataError
        If a value means neither.
    """
    texts = texts_of(name, array, where)
    if any(bound_of(value) for value in (positive, negative)):
        return _by_bounds(texts, positive, negative, name, where)
    words, codes = different(texts)
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    values = Values(words.to_pylist(), counts)
    yes, no = (values.key_of(value) if value else None for value in (positive, negative))
    meant = []
    for key in values.keys:
        if key in (yes, no):
            meant.append(int(key == yes))
        elif (positive and negative) or (key not in YES | NO and key != "-1"):
            told = ", ".join(filter(None, (positive, negative))) or "yes, no, 1, 0, true, false"
            if (positive or negative) and not (positive and negative) and len(values.found) == 2:
                meant.append(int(not positive))  # the other of two values
                continue
            raise DataError(
                f"column {name!r} of {where} holds {values.shown(key)!r}, and nothing says whether "
                f"that means yes or no.  Write one of: {told}."
            )
        else:
            meant.append(int(key in YES))
    return np.array([*meant, -1], dtype=np.int8)[codes]


def _by_bounds(
    texts: pa.ChunkedArray, positive: str, negative: str, name: str, where: str
) -> np.ndarray:
    notation = find_numbers(texts)
    if not isinstance(notation, NumberNotation):
        raise DataError(
            f"column {name!r} of {where} is to be {positive or negative}, and holds no numbers."
        )
    numbers = notation.read(texts)
    yes, no = (bound_of(value) for value in (positive, negative))
    made = np.full(len(numbers), -1, dtype=np.int8)
    known = ~np.isnan(numbers)
    if yes is not None:
        made[known] = yes.holds(numbers[known])
    if no is not None:
        below = no.holds(numbers)
        made[known & below] = 0
        made[known & ~below & (made != 1)] = 1 if yes is None else -1
    return made


def texts_of(name: str, array: pa.ChunkedArray, where: str) -> pa.ChunkedArray:
    """Give the cells of a column with a role as texts.

    Raises
    ------
    DataError
        If they are lists or the like.
    """
    try:
        return clean(pc.cast(array, pa.large_string()))
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise DataError(
            f"column {name!r} of {where} holds cells of type {array.type}, which cannot have a "
            "role.  Write it as text or number."
        ) from error
