"""Columns that are no numbers and no categories: texts, and vectors of numbers.

They are types of pandas columns, so that what a column is goes with it wherever rows are taken.
Models never see them: of each, numbers are learnt on fit cases (``Embedding``).
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import (
    ExtensionArray,
    ExtensionDtype,
    register_extension_dtype,
    take,
)

TEXT, VECTOR = "text", "vector"


class BadVectorError(Exception):
    """A vector that cannot stand in a column: the number of its row, from 0 on, and why."""

    def __init__(self, row: int, why: str):
        super().__init__(row, why)
        self.row, self.why = row, why


_LARGEST = 1e30  # as of other numbers: single precision holds it
_VECTOR_NAME = re.compile(r"vector\[([1-9]\d*)\]")


@register_extension_dtype
class TextDtype(ExtensionDtype):
    """Type of a column of texts: words that somebody wrote, not names of values."""

    name = TEXT
    type = str
    na_value = None

    @classmethod
    def construct_array_type(cls) -> "type[TextArray]":
        """Give the class of its columns."""
        return TextArray

    def __from_arrow__(self, array: pa.Array | pa.ChunkedArray) -> "TextArray":
        return TextArray(array.to_pylist())


@register_extension_dtype
class VectorDtype(ExtensionDtype):
    """Type of a column of vectors, each of ``width`` numbers."""

    type = np.ndarray
    na_value = None
    _metadata = ("width",)

    def __init__(self, width: int):
        self.width = width

    @property
    def name(self) -> str:
        """Its name, which says the width."""
        return f"vector[{self.width}]"

    @classmethod
    def construct_array_type(cls) -> "type[VectorArray]":
        """Give the class of its columns."""
        return VectorArray

    @classmethod
    def construct_from_string(cls, string: str) -> Self:
        """Read what ``name`` gives."""
        found = _VECTOR_NAME.fullmatch(string) if isinstance(string, str) else None
        if found is None:
            raise TypeError(f"cannot construct a 'VectorDtype' from {string!r}")
        return cls(int(found[1]))

    def __from_arrow__(self, array: pa.Array | pa.ChunkedArray) -> "VectorArray":
        return vectors_of_arrow(array, self.width)


class _ContentArray(ExtensionArray):
    """Values along the first axis of ``_values``; says what all such columns have in common."""

    _values: np.ndarray
    _absent: Any  # what stands in ``_values`` for a missing one

    def _of(self, values: np.ndarray) -> Self:
        made = object.__new__(type(self))
        made._values = values
        return made

    def __len__(self) -> int:
        return len(self._values)

    @property
    def nbytes(self) -> int:
        """Bytes of the values, without what they point to."""
        return self._values.nbytes

    def copy(self) -> Self:
        """Give a copy."""
        return self._of(self._values.copy())

    def take(self, indices: Sequence[int], *, allow_fill: bool = False, fill_value=None) -> Self:
        """Give the values at some places; at -1 a missing one where ``allow_fill`` is set."""
        if not allow_fill:
            return self._of(self._values.take(np.asarray(indices, dtype=np.intp), axis=0))
        return self._of(take(self._values, indices, allow_fill=True, fill_value=self._absent))

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        return to_concat[0]._of(np.concatenate([part._values for part in to_concat]))

    @classmethod
    def _from_factorized(cls, values: np.ndarray, original: Self) -> Self:
        return original._from_sequence(values, dtype=original.dtype)


class TextArray(_ContentArray):
    """A column of texts.

    Parameters
    ----------
    texts : sequence of str or None
        None, and whatever pandas calls missing, is a missing text.
    """

    _absent = None

    def __init__(self, texts: Sequence[Any]):
        self._values = np.empty(len(texts), dtype=object)
        for at, text in enumerate(texts):
            self._values[at] = text if isinstance(text, str) or not pd.isna(text) else None

    @classmethod
    def _from_sequence(cls, scalars, *, dtype=None, copy: bool = False) -> Self:
        return cls(list(scalars))

    @property
    def dtype(self) -> TextDtype:
        """The type."""
        return TextDtype()

    def __getitem__(self, item: Any) -> "str | None | TextArray":
        item = pd.api.indexers.check_array_indexer(self, item)
        found = self._values[item]
        return self._of(found) if isinstance(found, np.ndarray) else found

    def __setitem__(self, key: Any, value: Any) -> None:
        key = pd.api.indexers.check_array_indexer(self, key)
        self._values[key] = value._values if isinstance(value, TextArray) else value

    def __eq__(self, other: object) -> np.ndarray:
        return self._values == (other._values if isinstance(other, TextArray) else other)

    def isna(self) -> np.ndarray:
        """Tell which are missing."""
        return np.array([text is None for text in self._values], dtype=bool)

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return pa.array(self._values.tolist(), pa.large_string())


class VectorArray(_ContentArray):
    """A column of vectors.

    Parameters
    ----------
    vectors : ndarray, shape (n, width)
        Kept in single precision, as models of images and texts give them; a missing vector is NaN
        throughout.
    """

    _absent = np.nan

    def __init__(self, vectors: np.ndarray):
        vectors = np.asarray(vectors, dtype=np.float32)
        if vectors.ndim != 2 or not vectors.shape[1]:
            raise ValueError(f"vectors have shape (n, width), not {vectors.shape}")
        self._values = vectors

    @classmethod
    def _from_sequence(cls, scalars, *, dtype=None, copy: bool = False) -> Self:
        return cls.of_lists(scalars, dtype.width if isinstance(dtype, VectorDtype) else None)

    @classmethod
    def of_lists(cls, vectors: Sequence[Any], width: int | None = None) -> Self:
        """Make a column of lists or arrays of numbers, None where a vector is missing.

        Raises
        ------
        BadVectorError
            If one is no list of numbers, or not as ``vectors_of_arrow`` needs them.
        """
        known: list[np.ndarray | None] = []
        for row, vector in enumerate(vectors):
            if vector is None or (np.isscalar(vector) and pd.isna(vector)):
                known.append(None)
                continue
            try:
                known.append(np.asarray(vector, dtype=float))
            except (TypeError, ValueError):
                raise BadVectorError(row, "no list of numbers") from None
            if known[-1].ndim != 1:
                raise BadVectorError(row, "no list of numbers")
        return vectors_of_arrow(pa.array(known, pa.list_(pa.float64())), width)

    @property
    def dtype(self) -> VectorDtype:
        """The type."""
        return VectorDtype(self._values.shape[1])

    @property
    def vectors(self) -> np.ndarray:
        """The vectors, shape (n, width), float32; a missing one is NaN throughout."""
        return self._values

    def __getitem__(self, item: Any) -> "np.ndarray | None | VectorArray":
        item = pd.api.indexers.check_array_indexer(self, item)
        found = self._values[item]
        if found.ndim == 2:
            return self._of(found)
        return None if np.isnan(found).all() else found

    def __setitem__(self, key: Any, value: Any) -> None:
        key = pd.api.indexers.check_array_indexer(self, key)
        self._values[key] = value._values if isinstance(value, VectorArray) else value

    def __eq__(self, other: object) -> np.ndarray:
        if not isinstance(other, VectorArray):
            return np.zeros(len(self), dtype=bool)
        return (self._values == other._values).all(axis=1)

    def isna(self) -> np.ndarray:
        """Tell which are missing."""
        return np.isnan(self._values).all(axis=1)

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        width = self._values.shape[1]
        flat = pa.array(self._values.ravel())
        gaps = pa.array(self.isna())
        return pa.FixedSizeListArray.from_arrays(flat, width, mask=gaps)

    def as_texts(self) -> list[str | None]:
        """Give the digest of each as a text: to tell equal ones, not to be read."""
        return [
            None if absent else hashlib.blake2b(vector.tobytes(), digest_size=16).hexdigest()
            for vector, absent in zip(self._values, self.isna(), strict=True)
        ]


def vectors_of_arrow(array: pa.Array | pa.ChunkedArray, width: int | None = None) -> VectorArray:
    """Read a column of lists of numbers.

    Parameters
    ----------
    array : pyarrow.Array or ChunkedArray
        Lists of numbers; a null is a missing vector.
    width : int, optional
        Of all vectors; that of the first where it is not given.

    Raises
    ------
    BadVectorError
        If one has another length, or holds what is missing or infinite.
    """
    lengths = np.asarray(pc.fill_null(pc.list_value_length(array), -1))
    there = np.flatnonzero(lengths >= 0)
    if width is None:
        width = int(lengths[there[0]]) if len(there) else 1
    other = there[lengths[there] != width]
    if len(other):
        row = int(other[0])
        raise BadVectorError(row, f"a list of {lengths[row]:,} numbers, not of {width:,} as others")
    if not width:
        raise BadVectorError(int(there[0]), "an empty list")
    flat = pc.fill_null(pc.cast(pc.list_flatten(array), pa.float64()), np.nan)
    found = np.asarray(flat, dtype=np.float64).reshape(len(there), width)
    bad = np.flatnonzero(~(np.abs(found) < _LARGEST).all(axis=1))
    if len(bad):
        raise BadVectorError(
            int(there[bad[0]]), "a list with a number that is missing or without bounds"
        )
    values = np.full((len(lengths), width), np.nan, dtype=np.float32)
    values[there] = found
    return VectorArray(values)


def content_kind(column: pd.Series) -> str:
    """Say whether a column is a ``"text"`` or a ``"vector"``; empty of any other."""
    if isinstance(column.dtype, TextDtype):
        return TEXT
    return VECTOR if isinstance(column.dtype, VectorDtype) else ""


def without_content(features: pd.DataFrame) -> pd.DataFrame:
    """Give a table without its columns of texts and vectors; itself where it has none."""
    kept = [not content_kind(column) for _, column in features.items()]
    return features if all(kept) else features.loc[:, kept]
