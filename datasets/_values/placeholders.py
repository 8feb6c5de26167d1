"""Words and signs that people and programs write into numbers and dates where nothing is known."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# In small letters.  In a column of words they may be words, and stay.
_SIGNS = "- -- --- \u2013 \u2014 . .. ... ? ?? * _ n.a. nat nil none null \\n s/d n/d nd nr nc n.d."
_WORDS = (
    "(null)", "(blank)", "(empty)", "(none)", "(not set)", "[null]", "<null>", "<unknown>",
    "missing", "unknown", "not available", "not applicable", "undefined", "blank", "no data",
    "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#nv", "#wert!", "#bezug!",
    "k.a.", "k. a.", "keine angabe", "unbekannt", "inconnu", "brak", "b.d.", "desconocido",
    "б/д", "н/д", "нет данных", "无", "無", "未知", "不详", "不明", "なし", "없음",
    "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000", "00-00-0000", "0000/00/00",
)  # fmt: skip
PLACEHOLDERS = (*_SIGNS.split(), *_WORDS)


def placeholders(texts: pa.ChunkedArray) -> np.ndarray:
    """Tell which cells hold no value, if the column holds numbers or dates."""
    words = pc.utf8_lower(pc.cast(texts, pa.large_string()))
    return np.asarray(pc.is_in(words, value_set=pa.array(PLACEHOLDERS, words.type)))
