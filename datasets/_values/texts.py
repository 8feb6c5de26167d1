"""Columns of texts: cleaned, matched, and cut to their different values."""

import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NO_VALUE = (
    "", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan",
    "null",
)  # fmt: skip

_MARKS_OF_TEXTS = {'="': (r'^="(.*)"$',), "'": (r"^'(.*)'$", r"^'([-+\d].*)$")}

# Share of a column's values that makes it numbers, or moments, with some unreadable cells.
MOSTLY = 0.9

_OTHER_THAN_ASCII = r"[^\x00-\x7f]"
# All digits there are stand below.
_PLANES = 0x20000


def clean(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take blanks from both ends, and make missing what stands for no value.

    What tells a spreadsheet that a cell is a text goes as well: ``="07"``, ``'07`` and ``'07'``.
    """
    texts = pc.utf8_trim_whitespace(texts)
    for begin, patterns in _MARKS_OF_TEXTS.items():
        if pc.any(pc.starts_with(texts, begin)).as_py():
            for pattern in patterns:
                texts = pc.replace_substring_regex(texts, pattern, r"\1")
    none = pc.is_in(texts, value_set=pa.array(NO_VALUE, texts.type))
    return pc.if_else(none, pa.scalar(None, texts.type), texts)


def matches(texts: pa.Array | pa.ChunkedArray, pattern: str) -> np.ndarray:
    """Tell which texts match a pattern (RE2); missing ones do not."""
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(found, dtype=bool)


def different(texts: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, np.ndarray]:
    """Give the different texts, and for each cell the number of its own, -1 where missing."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    encoded = texts.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return encoded.dictionary, np.asarray(codes, dtype=np.int64)


def spelled(texts: pa.Array) -> pa.Array:
    """Write signs of one meaning in one way, as in a typographic minus as a hyphen."""
    if not matches(texts, _OTHER_THAN_ASCII).any():
        return texts
    spelling = _spelling()
    return pa.array(
        [None if text is None else text.translate(spelling) for text in texts.to_pylist()],
        texts.type,
    )


@cache
def _spelling() -> dict[int, str | None]:
    """Give one spelling to signs of one meaning.

    Digits of every script, full-width marks, minus signs and dashes that stand for one, blanks of
    every width, apostrophes of every shape.
    """
    digits = (chr(point) for point in range(128, _PLANES) if chr(point).isdecimal())
    return str.maketrans(
        {
            **{digit: str(unicodedata.decimal(digit)) for digit in digits},
            **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d", "-"),
            **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
            **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000", " "),
            **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
            **{"，": ",", "．": ".", "％": "%", "＄": "$", "￥": "¥", "（": "(", "）": ")"},
            **{"＋": "+", "：": ":", "／": "/", "٫": ".", "٬": ",", "،": ",", "٪": "%", "·": "."},
            # Marks that say in which direction to write.
            **dict.fromkeys("\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\u200b\ufeff"),
        }
    )


def group_of(parts: pa.Array, name: str) -> pa.Array:
    """Give a named group of what a pattern found; empty where it took no part."""
    return pc.fill_null(pc.struct_field(parts, name), "")
