"""Columns of texts: cleaned, matched, and cut to their different values."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NO_VALUE = (
    "", "#N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan",
    "null",
)  # fmt: skip

# Share of a column's values that makes it numbers, or moments, with some unreadable cells.
MOSTLY = 0.9

# Signs of one meaning in one spelling: full-width digits and marks, minus signs and dashes that
# stand for one, blanks of every width, apostrophes of every shape.
_SPELLING = str.maketrans(
    {
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
        **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000", " "),
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
        **{"，": ",", "．": ".", "％": "%", "＄": "$", "￥": "¥", "（": "(", "）": ")", "＋": "+",
           "：": ":", "／": "/"},
    }
)  # fmt: skip
_OTHER_THAN_ASCII = r"[^\x00-\x7f]"


def clean(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take blanks from both ends, and make missing what stands for no value."""
    texts = pc.utf8_trim_whitespace(texts)
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
    return pa.array(
        [None if text is None else text.translate(_SPELLING) for text in texts.to_pylist()],
        texts.type,
    )


def group_of(parts: pa.Array, name: str) -> pa.Array:
    """Give a named group of what a pattern found; empty where it took no part."""
    return pc.fill_null(pc.struct_field(parts, name), "")
