"""The files of a table: found, told apart by their endings, unpacked, and watched while read."""

import gzip
import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ...bench.errors import DataError
from .memory import free_bytes

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".feather": "feather",
    ".xlsx": "xlsx",
}
PACKINGS = {".gz": "gzip", ".zst": "zstd"}
_ENDINGS = f"{', '.join(FORMATS)}, each also with {' or '.join(PACKINGS)} after it"
_MOST_BYTES = 4 << 30
# What reading a text into a table takes at its highest: the text twice, and the table.
_TIMES_ITS_SIZE = 3

_SIGNS = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "a Feather file",
    b"PK\x03\x04": "a zip archive (an Excel workbook, which is one too, ends in .xlsx)",
    b"\x1f\x8b": "packed with gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF file",
    b"SQLite format 3": "an SQLite database",
}
# In small letters, after blanks.
_SIGNS_OF_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")
_SIGN_OF = {"parquet": b"PAR1", "feather": b"ARROW1"}
_BEGINS = {"xlsx": b"PK\x03\x04"}


@dataclass(frozen=True)
class Part:
    """One file of a table, by the name that messages give it."""

    path: Path
    label: str
    format: str
    packing: str


def find_parts(path: Path) -> list[Part]:
    """Find the file, or the files of a folder in the order of their names.

    Raises
    ------
    DataError
        If there is no such file, it is none that can be read, or a folder holds no parts.
    """
    mode = _mode(path)
    if not stat.S_ISDIR(mode):
        return [_part(path, mode, path.name)]
    names = sorted(entry.name for entry in _entries(path))
    seen = [name for name in names if not name.startswith((".", "_"))]
    parts = [_part(path / name, _mode(path / name), f"{path.name}/{name}") for name in seen]
    if not parts:
        raise DataError(
            f"the folder {path} holds no parts of a table.  Put files into it that end in "
            f"{_ENDINGS}, or name one file."
        )
    for part in parts[1:]:
        if part.format != parts[0].format:
            raise DataError(
                f"the folder {path} holds files of two formats: {parts[0].label} and "
                f"{part.label}.  All parts of a table have one; move the others away."
            )
    return parts


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise DataError(
            f"the folder {folder} cannot be read: {error.strerror or error}."
        ) from error


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise DataError(f"{path} is a link to a file that is not there.  Mend it.") from None
        near = sorted(entry.name for entry in path.parent.glob(f"{path.stem[:3]}*"))[:3]
        also = f"  Nearby: {', '.join(near)}." if near else ""
        raise DataError(f"there is no file {path}.{also}  Check the path.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{str(path)!r} cannot be read: {why}.  Check the path.") from error


def _part(path: Path, mode: int, label: str) -> Part:
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a device, a pipe or a socket"
        raise DataError(f"{label} is {what}, not a file.  Save the table to a file, and name that.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packing = PACKINGS.get(suffixes[-1], "") if suffixes else ""
    ending = "".join(suffixes[-2:-1] if packing else suffixes[-1:])
    if ending not in FORMATS:
        raise DataError(
            f"{label} does not say what it is: its name ends in {''.join(suffixes[-2:]) or 'none'}."
            f"  Tables end in {_ENDINGS}."
        )
    return Part(path, label, FORMATS[ending], packing)


def read_part(part: Part) -> tuple[bytes, str]:
    """Read and unpack a file; gives its content, and the SHA-256 of the file as it lies there.

    Raises
    ------
    DataError
        If it cannot be read or unpacked, is empty, or holds something else than its name says.
    """
    with _reading(part):
        n_packed = part.path.stat().st_size
    if n_packed > _MOST_BYTES:
        raise _too_large(part)
    if not n_packed:
        raise DataError(f"{part.label} is empty: it has no bytes at all.  Save the table again.")
    sha256, content = sha256_of(part), _content(part)
    sign = _SIGN_OF.get(part.format, b"")
    if sign and not (content.startswith(sign) and content.endswith(sign)):
        cut = "is cut off or damaged" if content.startswith(sign) else "is something else"
        raise DataError(
            f"{part.label} is no whole {part.format.capitalize()} file: it {cut}.  "
            "Write it again, or correct its ending."
        )
    if (begin := _BEGINS.get(part.format)) and not content.startswith(begin):
        raise DataError(
            f"{part.label} is no workbook, whatever its name says.  Name it after its content "
            f"({_ENDINGS}), or save the table as one of these."
        )
    if not sign and not begin:
        check_is_text(content, part)
    return content, sha256


def check_is_text(content: bytes, part: Part) -> None:
    """Refuse a text that begins as files of another format do.

    Raises
    ------
    DataError
    """
    signs = dict(_SIGNS)
    start = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.lower().startswith(_SIGNS_OF_PAGES):
        signs[content[:1]] = "a web page or XML"
    for sign, what in signs.items():
        if content.startswith(sign):
            raise DataError(
                f"{part.label} is {what}, whatever its name says.  Name it after its content "
                f"({_ENDINGS}), or save the table as one of these."
            )


def check_unchanged(part: Part, sha256: str) -> None:
    """Make sure that a file still holds what was read.

    Raises
    ------
    DataError
        If it does not.
    """
    if sha256_of(part) != sha256:
        raise DataError(
            f"{part.label} changed while it was read.  Wait until it is complete, or copy it, and "
            "run again."
        )


def sha256_of(part: Part) -> str:
    """Give the SHA-256 of a file as it lies there.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    with _reading(part), part.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def unpacked(part: Part) -> Iterator[BinaryIO]:
    """Open a file, and unpack it on the way.

    Raises
    ------
    DataError
        If it cannot be read or unpacked.
    """
    with _reading(part), part.path.open("rb") as raw:
        if part.packing == "gzip":
            with gzip.GzipFile(fileobj=raw) as file:
                yield file
        elif part.packing == "zstd":
            # Arrow's stream knows no lines.
            with io.BufferedReader(pa.CompressedInputStream(raw, "zstd")) as file:
                yield file
        else:
            yield raw


def unreadable(part: Part, why: str) -> DataError:
    """Make the error of a file that cannot be read to its end."""
    if part.packing:
        return DataError(
            f"{part.label} cannot be unpacked with {part.packing}: it is cut off, damaged or "
            f"something else ({why}).  Fetch or pack it again."
        )
    return DataError(
        f"{part.label} cannot be read: {why}.  It is cut off, damaged or not yours to read; fetch "
        "or write it again."
    )


@contextmanager
def _reading(part: Part) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(part, getattr(error, "strerror", None) or str(error)) from error


def _too_large(part: Part) -> DataError:
    return DataError(
        f"{part.label} holds more than {_MOST_BYTES >> 30} GiB, which no table in memory should.  "
        f"{_or_block_by_block(part) or 'Draw a sample of its rows.'}"
    )


def _or_block_by_block(part: Part) -> str:
    """Say of a table that need not be held whole how it is read then."""
    is_read_so = part.format in ("csv", "tsv") or (part.format == "parquet" and not part.packing)
    return "Read it block by block: --out-of-core." if is_read_so else ""


def _content(part: Part) -> bytes:
    """Read and unpack a file into memory, as far as there is room for it and what becomes of it."""
    most, content = free_bytes() // _TIMES_ITS_SIZE, bytearray()
    with unpacked(part) as file:
        while block := file.read(1 << 24):
            content += block
            if len(content) > _MOST_BYTES:
                raise _too_large(part)
            if len(content) > most:
                raise no_memory(
                    part.label, most * _TIMES_ITS_SIZE, instead=_or_block_by_block(part)
                )
    if not content:
        raise DataError(f"{part.label} is empty once unpacked.  Save the table again.")
    return bytes(content)


def no_memory(label: str, free: int, size: str = "", instead: str = "") -> DataError:
    """Make the error of a file that needs more memory than there is; ``instead`` says more."""
    return DataError(
        f"{label}{size} needs more memory than the {free >> 20:,} MiB that are free here.  "
        f"{f'{instead}  Or end' if instead else 'End'} other programs, draw a sample of its "
        "rows, or read it where there is more memory."
    )


def require_room(part: Part, n_bytes: int) -> None:
    """Refuse a file that takes more memory once it is read than there is.

    Parameters
    ----------
    part : Part
    n_bytes : int
        Of its values.

    Raises
    ------
    DataError
    """
    free = free_bytes()
    if n_bytes * _TIMES_ITS_SIZE > free:
        raise no_memory(part.label, free, instead=_or_block_by_block(part))
