"""Bytes to UTF-8 text, with what had to be assumed."""

import codecs

import numpy as np

from ...bench.errors import DataError

_MARKS = {  # longest first: the mark of UTF-32 begins with that of UTF-16
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
ENCODING_NAMES = {
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp1252": "Windows-1252 (Latin-1)",
}
# First bytes of the pairs in which most of Chinese is written: by GB 2312 and by Big5 the first
# level, that of the common characters, and before it that of punctuation and wide letters.
_COMMON = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}
_PUNCTUATION = (0xA1, 0xA3)
_PLAUSIBLE = 0.8
_MOST_LOOKED_AT = 1 << 22


def decode(content: bytes, label: str, encoding: str = "") -> tuple[bytes, list[str]]:
    """Give the text as UTF-8 without a byte order mark, and notes on what was assumed.

    Parameters
    ----------
    content : bytes
    label : str
        The file, for messages.
    encoding : str
        As the user named it; found out by default.

    Raises
    ------
    DataError
        If it holds NUL bytes, or is not in the encoding that its first bytes announce or the user
        names.
    """
    if encoding:
        content, notes = _decode_as_asked(content, label, encoding), []
    else:
        content, notes = _decode(content, label)
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise DataError(
            f"{label}, line {line}: a NUL byte, which no text holds.  The file is damaged or not "
            "a text; save it again as UTF-8."
        )
    return content, notes


def check_encoding(encoding: str) -> None:
    """Refuse an encoding that nobody knows.

    Raises
    ------
    DataError
    """
    try:
        known = not encoding or isinstance("".encode(encoding), bytes)
    except (LookupError, ValueError):
        known = False
    if not known:
        raise DataError(
            f"there is no encoding {encoding!r}.  Usual ones are utf-8, utf-16, gb18030, big5, "
            "cp1252, cp1251 and shift_jis."
        )


def _decode_as_asked(content: bytes, label: str, encoding: str) -> bytes:
    name = codecs.lookup(encoding).name
    try:
        return content.decode("utf-8-sig" if name == "utf-8" else name).encode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{label}, line {line}: not in {encoding}, as was asked.  Name another encoding, or "
            "leave --encoding out."
        ) from error


def _decode(content: bytes, label: str) -> tuple[bytes, list[str]]:
    guessed = announced_encoding(content)
    if guessed:
        try:
            text = content.decode(guessed)
        except UnicodeDecodeError as error:
            raise DataError(
                f"{label} begins as {guessed.upper()} and goes on otherwise (at byte "
                f"{error.start}): it is cut off or damaged.  Save it again as UTF-8."
            ) from error
        said = [] if guessed == "utf-8-sig" else [f"{label} is in {guessed.upper()}; read as such."]
        return text.encode(), said
    try:
        content.decode()
        return content, []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    name = plausible_encoding(content)
    return content.decode(name, "replace").encode(), [
        f"{label} is not UTF-8 (first in line {line}); read as {ENCODING_NAMES[name]}.  Look "
        "whether its letters are right; if not, name the encoding (--encoding)."
    ]


def announced_encoding(content: bytes) -> str:
    """Name the encoding that a text's first bytes announce or betray; empty if they do not."""
    announced = next((code for mark, code in _MARKS.items() if content.startswith(mark)), "")
    return announced or _without_mark(content)


def _without_mark(content: bytes) -> str:
    """Recognise UTF-16 that does not announce itself: every other byte is NUL."""
    start = content[:4096]
    if start[1::2].count(0) > 0.4 * len(start):
        return "utf-16-le"
    if start[::2].count(0) > 0.4 * len(start):
        return "utf-16-be"
    return ""


def plausible_encoding(content: bytes) -> str:
    """Name the encoding of a text that is not UTF-8: "gb18030", "big5" or else "cp1252".

    Chinese in its own encoding consists of common characters nearly throughout; of accented Latin
    letters, read as pairs with what follows them, few make one.
    """
    start = content[:_MOST_LOOKED_AT]
    start = start[: start.rfind(b"\n") + 1] or start
    shares = {name: _share_of_common(start, name) for name in _COMMON}
    best = max(shares, key=shares.get)
    return best if shares[best] >= _PLAUSIBLE else "cp1252"


def _share_of_common(content: bytes, encoding: str) -> float:
    """Give the share of common characters among those beyond ASCII; 0 if it is not so encoded."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    beyond = "".join(letter for letter in text if ord(letter) > 0x7F)
    pairs = np.frombuffer(beyond.encode(encoding), dtype=np.uint8)
    if len(pairs) != 2 * len(beyond) or not len(beyond):
        return 0.0
    first, second = pairs[::2], pairs[1::2]
    low, high = _COMMON[encoding]
    common = (first >= low) & (first <= high)
    common |= (first >= _PUNCTUATION[0]) & (first <= _PUNCTUATION[1])
    if encoding == "gb18030":
        common &= second >= 0xA1
    return float(common.mean())
