"""Columns that look like numbers or dates in a notation that is not read."""

import pyarrow as pa

from ...bench.language.speaking import marked
from .date_forms import MONTH_OF
from .number_notation import DRESSED, undressed
from .texts import matches, spelled

_HALF = 0.5
_LOOKED_AT = 5000
_ERAS = "令和|平成|昭和|民國|民国"
_MONTH = rf"(?i:{'|'.join(sorted(MONTH_OF, key=len, reverse=True))})"
_LIKE = {
    marked("clock times or durations"): r"^\d{1,3}:\d{2}(:\d{2})?([.,]\d+)?( ?[apAP]\.?[mM]\.?)?$",
    marked("days of a year that is not named"): (
        rf"^(\d{{1,2}}[-/ .]+{_MONTH}|{_MONTH}[-/ .]+\d{{1,2}})\.?$"
    ),
    marked("dates"): (
        rf"^(?:{_ERAS}|[RHS]\d{{1,2}}[./]\d)|^/?Date\(|"
        r"^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}$|"
        r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|^\d{1,2}[-/. ]+\pL\pL\pL+[-/., ]+\d{2,4}\b|"
        r"^\pL\pL\pL+\.? \d{1,2},? \d{4}\b|^\d{4}-\d{2}-\d{2}|^\d{4} ?[年년]"
    ),
    marked("ranges of numbers"): r"^[<>]?=? ?\d[\d.,]*[kKM]? ?(-|to|bis|~|\.\.) ?\d[\d.,]*[kKM]?$",
    marked("numbers with letters before them"): r"^\pL{1,4}[.:]? ?[-+]?\d[\d,.' ]*[.,]\d{1,2}$",
    marked("numbers in several units or notations"): DRESSED,
}
# All of them have one of these; the patterns above are dear to compile for a column of words.
_IN_ALL = rf"\d|^(?:{_ERAS})|^/?Date\("
# Versions, addresses of machines, telephone numbers.
_NAMES = r"^\d+(\.\d+){2,}$|^\+?\d[\d ()-]{8,}$"


def unread_notation(texts: pa.Array | pa.ChunkedArray) -> str:
    """Say what texts look like that were not read as such; empty if like neither.

    Parameters
    ----------
    texts : pyarrow array of strings
        Cleaned cells that are neither numbers nor dates in one notation.
    """
    start = texts.drop_null().slice(0, _LOOKED_AT)
    if not len(start):
        return ""
    start = spelled(start.combine_chunks() if isinstance(start, pa.ChunkedArray) else start)
    start = undressed(start)
    if matches(start, _IN_ALL).mean() < _HALF:
        return ""
    names = matches(start, _NAMES)
    for what, pattern in _LIKE.items():
        alike = matches(start, pattern) & ~names
        if what.startswith("numbers"):
            alike &= ~matches(start, r"^0\d+$|^\d+$")
        if alike.mean() >= _HALF:
            return what
    return ""
