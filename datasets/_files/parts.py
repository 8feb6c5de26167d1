"""The files of a table: found, told apart by their endings, unpacked, and watched while read."""

import gzip
import hashlib
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...bench.errors import DataError

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".feather": "feather",
    ".xlsx": "xlsx",
}
PACKINGS = {".gz": "gzip", ".zst": "zstd"}
_ENDINGS = f"{', '.join(FORMATS)}, each also with {' or '.join(PACKINGS)} after it"
_MOST_BYTES = 4 << 30

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
    raw = _raw(part)
    if not raw:
        raise DataError(f"{part.label} is empty: it has no bytes at all.  Save the table again.")
    content = _unpacked(raw, part) if part.packing else raw
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
    for other, what in _SIGNS.items():
        if not sign and not begin and content.startswith(other):
            raise DataError(
                f"{part.label} is {what}, whatever its name says.  Name it after its content "
                f"({_ENDINGS}), or save the table as one of these."
            )
    return content, hashlib.sha256(raw).hexdigest()


def check_unchanged(part: Part, sha256: str) -> None:
    """Make sure that a file still holds what was read.

    Raises
    ------
    DataError
        If it does not.
    """
    if hashlib.sha256(_raw(part)).hexdigest() != sha256:
        raise DataError(
            f"{part.label} changed while it was read.  Wait until it is complete, or copy it, and "
            "run again."
        )


def _raw(part: Part) -> bytes:
    try:
        if part.path.stat().st_size > _MOST_BYTES:
            raise _too_large(part)
        return part.path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{part.label} cannot be read: {error.strerror or error}.  Check its permissions."
        ) from error


def _too_large(part: Part) -> DataError:
    return DataError(
        f"{part.label} holds more than {_MOST_BYTES >> 30} GiB, which no table in memory should.  "
        "Draw a sample of its rows."
    )


def _unpacked(raw: bytes, part: Part) -> bytes:
    chunks, n_bytes = [], 0
    try:
        for chunk in _chunks(raw, part.packing):
            chunks.append(chunk)
            n_bytes += len(chunk)
            if n_bytes > _MOST_BYTES:
                raise _too_large(part)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{part.label} cannot be unpacked with {part.packing}: it is cut off, damaged or "
            f"something else ({error}).  Fetch or pack it again."
        ) from error
    if not n_bytes:
        raise DataError(f"{part.label} is empty once unpacked.  Save the table again.")
    return b"".join(chunks)


def _chunks(raw: bytes, packing: str) -> Iterator[bytes]:
    import io

    import pyarrow as pa

    stream = (
        gzip.GzipFile(fileobj=io.BytesIO(raw))
        if packing == "gzip"
        else pa.CompressedInputStream(pa.BufferReader(raw), packing)
    )
    with stream:
        while chunk := stream.read(1 << 24):
            yield chunk
