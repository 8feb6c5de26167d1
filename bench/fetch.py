"""Fetching a data file: download, unpack, verify, and only then give it its name."""

import hashlib
import http.client
import os
import sys
import tempfile
import time
import urllib.request
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from .errors import DataError

STALL_SECONDS = 30.0  # without a byte
TOTAL_SECONDS = 900.0
MOST_BYTES = 1 << 30  # of an archive, and of each file in it
_BLOCK = 1 << 20

# What a server, a network or a damaged archive can do to us; anything else is our own mistake.
# ValueError is an address that is none, RuntimeError an encrypted member, NotImplementedError an
# unknown compression.
_FAILURES = (
    OSError,
    http.client.HTTPException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


def cache_folder() -> Path:
    """Give the user's cache folder for this program; it need not exist."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if sys.platform != "darwin" and base.is_absolute():  # XDG has relative values ignored
        return base / "intentbench"
    try:
        home = Path.home()
    except RuntimeError as error:
        raise DataError(
            f"there is no cache folder: {error}  Set HOME or XDG_CACHE_HOME to a folder."
        ) from error
    caches = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return caches / "intentbench"


def content_sha256(file: BinaryIO) -> str:
    """Give the SHA-256 of what is left of an open file, read in blocks."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def download(url: str, files: Mapping[str, str], folder: Path) -> None:
    """Fetch files into a folder; each appears whole and verified, or not at all.

    Parameters
    ----------
    url : str
        Address of the file itself, or of a zip archive that holds the files anywhere in it.
    files : mapping of str to str
        Names wanted, and the SHA-256 that their content must have.
    folder : Path
        Is created if need be.

    Raises
    ------
    DataError
        If nothing is reached, the transfer stalls, ends early or is too large, or the content is
        not the expected one.  The folder then holds what it held before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Beside the target, because only a move inside one file system cannot be seen half done.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch:
            body = Path(scratch) / "body"
            _receive(url, body)
            fetched = {}
            for number, (name, expected) in enumerate(files.items()):
                fetched[name] = Path(scratch) / str(number)
                _unpack(body, name, fetched[name])
                _verify(fetched[name], name, expected)
            for name, path in fetched.items():
                path.replace(folder / name)
    except _FAILURES as error:
        raise DataError(f"{error or type(error).__name__}") from error


def _receive(url: str, target: Path) -> None:
    deadline = time.monotonic() + TOTAL_SECONDS
    request = urllib.request.Request(url, headers={"User-Agent": "intentbench"})
    with (
        urllib.request.urlopen(request, timeout=STALL_SECONDS) as response,
        target.open("wb") as file,
    ):
        announced = response.headers.get("Content-Length")
        received = 0
        # read1 gives what has come, so that a trickle cannot outlast the deadline.
        while block := response.read1(_BLOCK):
            received += len(block)
            if received > MOST_BYTES:
                raise DataError(f"the answer is larger than {MOST_BYTES} bytes.")
            if time.monotonic() > deadline:
                raise DataError(f"the transfer took longer than {TOTAL_SECONDS:g} seconds.")
            file.write(block)
    if announced is not None and received != int(announced):
        raise DataError(f"the transfer ended after {received} of {announced} bytes.")


def _unpack(body: Path, name: str, target: Path) -> None:
    if not zipfile.is_zipfile(body):
        with body.open("rb") as source:
            _copy(source, target)
        return
    with zipfile.ZipFile(body) as archive:
        # A member's folders are the archive's business; they never become a path of ours.
        members = [
            member
            for member in archive.infolist()
            if member.filename.replace("\\", "/").rpartition("/")[2] == name
        ]
        if not members:
            found = ", ".join(archive.namelist()[:5]) or "nothing"
            raise DataError(f"the archive does not hold {name!r}; it holds {found}.")
        with archive.open(members[0]) as source:
            _copy(source, target)


def _copy(source: BinaryIO, target: Path) -> None:
    copied = 0
    with target.open("wb") as file:
        # Counted here, because the size that an archive states need not be true.
        while block := source.read(_BLOCK):
            copied += len(block)
            if copied > MOST_BYTES:
                raise DataError(f"the content is larger than {MOST_BYTES} bytes.")
            file.write(block)


def _verify(path: Path, name: str, expected: str) -> None:
    with path.open("rb") as file:
        found = content_sha256(file)
    if found != expected:
        raise DataError(
            f"what came is not the published {name!r}: its SHA-256 is {found}, expected {expected}."
        )
