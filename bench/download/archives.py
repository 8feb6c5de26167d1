"""Unpacking: the wanted files out of what was downloaded, and nothing else.

No path of an archive is ever used; one that holds a path out of its folder, a link or a device is
not what a publisher of data makes, and is refused as a whole.
"""

import gzip
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ..errors import DataError
from .partial import writing

_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_TAR, _TAR_AT = b"ustar", 257
_NAMED_OF_MANY = 5
# What a damaged archive can do to us; anything else is our own mistake.  RuntimeError is an
# encrypted member, NotImplementedError an unknown compression.
_DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


def unpack(body: Path, wanted: Sequence[str], folder: Path, most_bytes: int) -> dict[str, Path]:
    """Take files out of a zip or tar archive or a gzip file, or take a bare file as it is.

    Parameters
    ----------
    body : Path
    wanted : sequence of str
        Their names; in an archive they may lie in any folder.
    folder : Path
        Where to put them, under names of no meaning.
    most_bytes : int
        That all of it may expand to.

    Returns
    -------
    dict of str to Path
        Where each wanted file lies.

    Raises
    ------
    DataError
        If it is damaged, expands beyond ``most_bytes``, does not hold the files, or holds what
        would escape its folder.
    """
    try:
        if zipfile.is_zipfile(body):
            return _of_zip(body, wanted, folder, most_bytes)
        with body.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
        with gzip.open(body) if packed else body.open("rb") as source:
            is_tar = source.read(_TAR_AT + len(_TAR))[_TAR_AT:] == _TAR
            source.seek(0)
            stream = _Bounded(source, most_bytes)
            if is_tar:
                return _of_tar(stream, wanted, folder, most_bytes)
            return _of_one(stream, wanted, folder)
    except _DAMAGED as error:
        raise DataError(f"what came is damaged: {error or type(error).__name__}.") from error


class _Bounded:
    """A stream that ends in an error rather than give more than so many bytes.

    Counted, because the size that an archive states need not be true.
    """

    def __init__(self, source: BinaryIO, most_bytes: int, left: int | None = None) -> None:
        self.source = source
        self.most_bytes = most_bytes
        self.left = most_bytes if left is None else left

    def read(self, n: int) -> bytes:
        block = self.source.read(n)
        self.left -= len(block)
        if self.left < 0:
            raise DataError(f"the content is larger than {self.most_bytes} bytes.")
        return block


def _of_zip(body: Path, wanted: Sequence[str], folder: Path, most_bytes: int) -> dict[str, Path]:
    found: dict[str, Path] = {}
    with zipfile.ZipFile(body) as archive:
        members: dict[str, zipfile.ZipInfo] = {}
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            name = _checked(member.filename, kind in (0, stat.S_IFREG, stat.S_IFDIR))
            if name in wanted:
                _only_once(name, members)
                _check_method(name, member.compress_type)
                members[name] = member
        _all_there(wanted, members, archive.namelist())
        left = most_bytes
        for name, member in members.items():
            found[name] = folder / str(len(found))
            with archive.open(member) as source:
                stream = _Bounded(source, most_bytes, left)
                _copy(stream, found[name])
                left = stream.left
    return found


def _of_tar(
    stream: _Bounded, wanted: Sequence[str], folder: Path, most_bytes: int
) -> dict[str, Path]:
    found: dict[str, Path] = {}
    names = []
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            name = _checked(member.name, member.isfile() or member.isdir())
            names.append(member.name)
            if name in wanted and member.isfile():
                _only_once(name, found)
                found[name] = folder / str(len(found))
                # A file with holes is larger than what the stream gives for it.
                _copy(_Bounded(archive.extractfile(member), most_bytes), found[name])
    _all_there(wanted, found, names)
    return found


def _of_one(stream: _Bounded, wanted: Sequence[str], folder: Path) -> dict[str, Path]:
    if len(wanted) > 1:
        raise DataError(
            f"one file came where {len(wanted)} were wanted ({', '.join(wanted)}): it is no zip or "
            "tar archive."
        )
    _copy(stream, folder / "0")
    return {wanted[0]: folder / "0"}


def _checked(path: str, is_plain: bool) -> str:
    """Give the last part of a member's path, if nothing is wrong with the path."""
    parts = path.replace("\\", "/").split("/")
    if not is_plain:
        raise DataError(
            f"the archive holds {path!r}, which is a link or a device: nothing of it is used."
        )
    if not parts[0] or ".." in parts or re.match("[A-Za-z]:", path):
        raise DataError(
            f"the archive holds {path!r}, which leads out of its folder: nothing of it is used."
        )
    return parts[-1]


def _check_method(name: str, method: int) -> None:
    """Refuse what may take any memory to unpack: only for LZMA does the archive say how much."""
    if method == zipfile.ZIP_LZMA:
        raise DataError(f"{name!r} is packed with LZMA, which nobody needs for data in a zip file.")


def _only_once(name: str, found: dict[str, object]) -> None:
    if name in found:
        raise DataError(f"the archive holds {name!r} twice; which one is meant cannot be known.")


def _all_there(wanted: Sequence[str], found: dict[str, object], names: Sequence[str]) -> None:
    for name in wanted:
        if name not in found:
            holds = ", ".join(names[:_NAMED_OF_MANY]) or "nothing"
            raise DataError(f"the archive does not hold {name!r}; it holds {holds}.")


def _copy(source: _Bounded, target: Path) -> None:
    with target.open("wb") as file:
        while block := source.read(_BLOCK):
            with writing(target.parent):
                file.write(block)
        with writing(target.parent):
            file.flush()
            os.fsync(file.fileno())
