"""Files on their way to workers, named by what is in them, and read into a cache of theirs."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from ..errors import IntentbenchError
from ..store.objects import Objects, opened_objects

_BYTES_AT_A_TIME = 2**20
FILES = "files"  # the folder of a store in which they lie


@dataclass(frozen=True)
class Parcel:
    """A file, or all files of a folder.

    Parameters
    ----------
    files : tuple of (str, str, str)
        Of each its name, the SHA-256 of its content, and where it lies: at home, or in the store
        that machines share.
    is_folder : bool
    """

    files: tuple[tuple[str, str, str], ...]
    is_folder: bool

    @property
    def sha256(self) -> str:
        """The digest of names and contents, by which the parcel goes."""
        listed = "\n".join(f"{sha256} {name}" for name, sha256, _ in self.files)
        return hashlib.sha256(listed.encode()).hexdigest()


def parcel_of(path: Path, known: dict[str, str]) -> Parcel:
    """Describe a file or a folder.

    Parameters
    ----------
    path : Path
    known : dict of str to str
        Digests by path, of files that do not change; is added to.
    """
    is_folder = path.is_dir()
    files = []
    for file in sorted(path.iterdir()) if is_folder else [path]:
        place = str(file.resolve())
        if place not in known:
            with file.open("rb") as source:
                known[place] = hashlib.file_digest(source, "sha256").hexdigest()
        files.append((file.name, known[place], place))
    return Parcel(tuple(files), is_folder)


class NotHere(Exception):
    """A file was not sent along, and is not to be read where it lies at home."""


class ParcelCache:
    """Files that a worker has received, by what is in them.

    Parameters
    ----------
    folder : Path
        Several threads may use it at once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, parcel: Parcel, sent: Mapping[str, bytes]) -> Path:
        """Give the path of a parcel, which is fetched where it is not there.

        Parameters
        ----------
        parcel : Parcel
        sent : mapping of str to bytes
            Contents that came along, by their digest.  Others are read where they lie: on a file
            system that is shared, or in a store.

        Raises
        ------
        NotHere
            If neither gives the content.
        """
        place = self.folder / parcel.sha256
        if not place.is_dir():
            part = self.folder / f"{parcel.sha256}.{secrets.token_hex(8)}.part"
            part.mkdir(parents=True)
            try:
                for name, sha256, home in parcel.files:
                    _fetch(part / name, sha256, home, sent.get(sha256))
                part.rename(place)
            except OSError:
                if not place.is_dir():  # another thread was first
                    raise
            finally:
                shutil.rmtree(part, ignore_errors=True)
        return place if parcel.is_folder else place / parcel.files[0][0]


def _fetch(target: Path, sha256: str, home: str, content: bytes | None) -> None:
    digest = hashlib.sha256()
    with BytesIO(content) if content is not None else _at_home(home) as source:
        with target.open("wb") as received:
            while part := source.read(_BYTES_AT_A_TIME):
                digest.update(part)
                received.write(part)
    if digest.hexdigest() != sha256:
        raise NotHere(f"{home} holds something else")


def _at_home(place: str) -> BinaryIO:
    if "://" in place:
        return BytesIO(_of_store(place))
    try:
        # Nobody waits for a pipe that stands there.
        return os.fdopen(os.open(place, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except OSError as error:
        raise NotHere(f"{place}: {error.strerror}") from None


def _of_store(place: str) -> bytes:
    url, _, sha256 = place.rpartition(f"/{FILES}/")
    try:
        content = _opened(url).get(f"{FILES}/{sha256}")
    except IntentbenchError as error:
        raise NotHere(str(error)) from None
    if content is None:
        raise NotHere(f"{place} is not there")
    return content


@cache
def _opened(url: str) -> Objects:
    return opened_objects(url)
