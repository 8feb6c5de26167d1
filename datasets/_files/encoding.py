"""Bytes to UTF-8 text, with what had to be assumed."""

import codecs

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from ...bench.language.speaking import marked
from .plausible import plausible_encoding

_MARKS = {  # longest first: the mark of UTF-32 begins with that of UTF-16
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
ENCODING_NAMES = {
    "gb18030": marked("GB18030 (Chinese)"),
    "big5": marked("Big5 (Chinese)"),
    "cp932": marked("Shift JIS (Japanese)"),
    "euc_jp": marked("EUC-JP (Japanese)"),
    "cp949": marked("EUC-KR (Korean)"),
    "cp1251": marked("Windows-1251 (Cyrillic)"),
    "koi8_r": marked("KOI8-R (Cyrillic)"),
    "cp866": marked("DOS 866 (Cyrillic)"),
    "cp1253": marked("Windows-1253 (Greek)"),
    "cp1255": marked("Windows-1255 (Hebrew)"),
    "cp1256": marked("Windows-1256 (Arabic)"),
    "cp874": marked("Windows-874 (Thai)"),
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859_2": "ISO 8859-2 (Central Europe)",
    "cp1254": marked("Windows-1254 (Turkish)"),
    "cp1257": marked("Windows-1257 (Baltic)"),
    "cp850": "DOS 850 (Western Europe)",
    "mac_roman": "Mac Roman (Western Europe)",
    "cp1252": "Windows-1252 (Latin-1)",
}
# How Japanese begins in an encoding that is all ASCII.
_ESCAPES_WITHIN = 1 << 20
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")


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
    content = content.removesuffix(b"\x1a")  # ends a text of DOS
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
            "cp1252, cp1251, shift_jis and euc_kr."
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
        said = (
            []
            if guessed == "utf-8-sig"
            else [
                Sentence(
                    "{file} is in {encoding}; read as such.", file=label, encoding=guessed.upper()
                )
            ]
        )
        return text.encode(), said
    try:
        content.decode()
        return content, []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    name = plausible_encoding(content)
    return content.decode(name, "replace").encode(), [
        Sentence(
            "{file} is not UTF-8 (first in line {line}); read as {encoding}.  "
            "Look whether its letters are right; if not, name the encoding "
            "(--encoding).",
            file=label,
            line=line,
            encoding=Sentence(ENCODING_NAMES[name]),
        )
    ]


def announced_encoding(content: bytes) -> str:
    """Name the encoding that a text's first bytes announce or betray; empty if they do not."""
    announced = next((code for mark, code in _MARKS.items() if content.startswith(mark)), "")
    if not announced and any(escape in content[:_ESCAPES_WITHIN] for escape in _ESCAPES):
        return "iso2022_jp"
    return announced or _without_mark(content)


def _without_mark(content: bytes) -> str:
    """Recognise UTF-16 that does not announce itself: every other byte is NUL."""
    start = content[:4096]
    if start[1::2].count(0) > 0.4 * len(start):
        return "utf-16-le"
    if start[::2].count(0) > 0.4 * len(start):
        return "utf-16-be"
    return ""
