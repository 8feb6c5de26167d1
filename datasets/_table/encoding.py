"""Bytes to UTF-8 text, with what had to be assumed."""

from ...bench.errors import DataError

_MARKS = {  # longest first: the mark of UTF-32 begins with that of UTF-16
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def decode(content: bytes, label: str) -> tuple[bytes, list[str]]:
    """Give the text as UTF-8 without a byte order mark, and notes on what was assumed.

    Raises
    ------
    DataError
        If it holds NUL bytes, or is not in the encoding that its first bytes announce.
    """
    encoding = next((code for mark, code in _MARKS.items() if content.startswith(mark)), "")
    guessed = "" if encoding else _without_mark(content)
    try:
        if encoding or guessed:
            text = content.decode(encoding or guessed)
            content = text.encode()
            name = (guessed or encoding).upper()
            notes = [] if encoding == "utf-8-sig" else [f"{label} is in {name}; read as such."]
        else:
            notes = _check_utf8(content, label)
            content = content.decode("cp1252", "replace").encode() if notes else content
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label} begins as {(encoding or guessed).upper()} and goes on otherwise (at byte "
            f"{error.start}): it is cut off or damaged.  Save it again as UTF-8."
        ) from error
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise DataError(
            f"{label}, line {line}: a NUL byte, which no text holds.  The file is damaged or not "
            "a text; save it again as UTF-8."
        )
    return content, notes


def _without_mark(content: bytes) -> str:
    """Recognise UTF-16 that does not announce itself: every other byte is NUL."""
    start = content[:4096]
    if start[1::2].count(0) > 0.4 * len(start):
        return "utf-16-le"
    if start[::2].count(0) > 0.4 * len(start):
        return "utf-16-be"
    return ""


def _check_utf8(content: bytes, label: str) -> list[str]:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [
            f"{label} is not UTF-8 (first in line {line}); read as Windows-1252 (Latin-1).  Look "
            "whether accented letters are right."
        ]
    return []
