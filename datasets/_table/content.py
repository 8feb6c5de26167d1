"""Columns of texts and of vectors: read as such where the user or their type says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.content_columns import TEXT, VECTOR, BadVectorError, TextArray, vectors_of_arrow
from ...bench.language.sentence import Sentence
from .._values.texts import clean
from .column import Column, ColumnReader, Note, UnfitContent
from .static_embeddings import StaticEmbeddings

# A column of so few different cells is a category: each has cases enough to be learnt by itself.
_FEW_VALUES, _MANY_CELLS = 30, 10
_SEVERAL_WORDS = 1.5


def is_list(kind: pa.DataType) -> bool:
    """Tell whether cells are lists of numbers."""
    if not (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)):
        return False
    return types.is_floating(kind.value_type) or types.is_integer(kind.value_type)


def is_vector(kind: pa.DataType) -> bool:
    """Tell whether cells are vectors without anybody's saying so: lists of fractions."""
    return is_list(kind) and types.is_floating(kind.value_type)


def read_text(name: str, array: pa.ChunkedArray) -> Column:
    """Read a column as texts.

    Raises
    ------
    UnfitContent
        If its cells are no texts.
    """
    kind = array.type
    if types.is_dictionary(kind):
        array = pc.cast(array, kind.value_type)
        kind = array.type
    if types.is_null(kind):
        array = pc.cast(array, pa.large_string())
    elif not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        raise UnfitContent(f"its cells are of type {kind}")
    texts = clean(pc.cast(array, pa.large_string()))
    reader = ColumnReader(name, texts, keep=True)
    reader.examples = ()  # nobody's words are shown
    if (column := reader.trivial()) is not None:
        return column
    start = texts.drop_null().slice(0, 5000)
    words = pc.mean(pc.add(pc.count_substring(start, " "), 1)).as_py()
    is_ascii = pc.all(pc.string_is_ascii(start)).as_py()
    n_present = len(texts) - reader.n_missing
    if reader.n_distinct <= _FEW_VALUES and n_present >= _MANY_CELLS * reader.n_distinct:
        reader.note(
            Sentence(
                "{name!r} is read as texts, as asked, and holds {n} different ones, which are "
                "better told apart as a category: --category {name!r}",
                name=name,
                n=reader.n_distinct,
            )
        )
    elif is_ascii and words < _SEVERAL_WORDS:
        reader.note(
            Sentence(
                "{name!r} is read as texts, as asked, and holds hardly more than a word in each "
                "cell; if they are codes, --category {name!r} reads them as such",
                name=name,
            )
        )
    return reader.column(TEXT, TextArray(texts.to_pylist()))


def by_embeddings(column: Column, embedded: StaticEmbeddings) -> Column:
    """Read texts by static embeddings: their vectors stand in the place of their words."""
    said = Sentence(
        "{name!r} is read by the embeddings in {folder}, SHA-256 {sha256}",
        name=column.name,
        folder=Path(embedded.folder).name,
        sha256=embedded.sha256,
    )
    values = embedded.of(pa.array(column.values, pa.large_string()))
    return replace(column, values=values, notes=(*column.notes, Note(said)))


def read_vectors(name: str, array: pa.ChunkedArray, *, asked: bool) -> Column:
    """Read a column as vectors.

    Parameters
    ----------
    name : str
    array : pyarrow.ChunkedArray
    asked : bool
        Whether the user calls it so; otherwise it is left out where it holds none.

    Raises
    ------
    UnfitContent
        If it holds none, and the user calls it so.
    """
    if not is_list(array.type):
        raise UnfitContent(f"its cells are of type {array.type}")
    n_missing = array.null_count
    if n_missing == len(array):
        return Column(name, "empty", n_missing, 0, (), why=Sentence("every cell is missing"))
    try:
        values = vectors_of_arrow(array)
    except BadVectorError as error:
        if asked:
            raise UnfitContent(error.why, error.row) from None
        why = Sentence("lists of several lengths, or with numbers missing or without bounds")
        return Column(name, "unclear", n_missing, 0, (), why=why)
    known = values.vectors[~values.isna()]
    n_distinct = len(np.unique(known, axis=0)) if len(known) else 0
    if n_distinct == 1 and not n_missing:
        why = Sentence("the same in every row")
        return Column(name, "constant", n_missing, 1, (), why=why)
    written = Sentence("{n:,} numbers each", n=known.shape[1])
    said = Sentence("{name!r} holds lists of numbers and is read as vectors", name=name)
    notes = () if asked else (Note(said),)
    return Column(name, VECTOR, n_missing, n_distinct, (), values, notes=notes, written=written)
