"""Fetching a data file: download, unpack, verify, and only then give it its name."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from platformdirs import user_cache_path

from ..errors import DataError
from . import transfer
from .archives import unpack
from .partial import Partial, writing

MOST_BYTES = 1 << 30  # of an answer, and of what it expands to
_PAGE_BEGINS = (b"<!doctype html", b"<html")


def cache_folder() -> Path:
    """Give the user's cache folder for this program; it need not exist."""
    try:
        return user_cache_path("intentbench", appauthor=False)
    except RuntimeError as error:
        raise DataError(
            f"there is no cache folder: {error}  Set HOME or XDG_CACHE_HOME to a folder."
        ) from error


def content_sha256(file: BinaryIO) -> str:
    """Give the SHA-256 of what is left of an open file, read in blocks."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def download(
    url: str, files: Mapping[str, str], folder: Path, *, most_bytes: int = MOST_BYTES
) -> None:
    """Fetch files into a folder; each appears whole and verified, or not at all.

    A transfer that broke off is gone on from, by this process or a later one.  Two processes that
    fetch the same wait for each other.  How it goes on is said on standard error.

    Parameters
    ----------
    url : str
        Address of the file itself, bare or gzipped, or of a zip or tar archive that holds the
        files anywhere in it.  Where it ends in the name wanted, what comes is not unpacked.
    files : mapping of str to str
        Names wanted, and the SHA-256 that their content must have; empty where nobody published
        one: the content is then accepted, and the SHA-256 found is said.
    folder : Path
        Is created if need be.
    most_bytes : int
        That may come, and that it may expand to.

    Raises
    ------
    DataError
        If nothing is reached, the transfer stalls, ends early or is too large, or the content is
        not the expected one.  The folder then holds what it held before, and at most a hidden
        folder with what has come.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    partial = Partial(folder, url)
    with partial.held(transfer.TOTAL_SECONDS, _say):
        # Another process may have brought them while this one waited.
        files = {name: sha for name, sha in files.items() if not _is_there(folder / name, sha)}
        if files:
            _bring(url, files, folder, partial, most_bytes)
            partial.remove()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _is_there(path: Path, expected: str) -> bool:
    return path.is_file() and expected in ("", _sha256(path))


def _bring(
    url: str, files: Mapping[str, str], folder: Path, partial: Partial, most_bytes: int
) -> None:
    of_pieces = transfer.receive(url, partial, most_bytes, _say)
    try:
        fetched = _taken_out(url, list(files), partial, most_bytes)
        for name, path in fetched.items():
            _verify(path, name, files[name])
    except DataError as error:
        # Whole, but not right: going on from it is of no use to anybody.
        partial.discard()
        if not of_pieces:
            raise
        _say(f"the pieces of several transfers do not make the file ({error}); starting anew")
        return _bring(url, files, folder, partial, most_bytes)
    with writing(folder):
        for name, path in fetched.items():
            path.replace(folder / name)


def _taken_out(url: str, names: list[str], partial: Partial, most_bytes: int) -> dict[str, Path]:
    if [unquote(urlsplit(url).path).rpartition("/")[2]] == names:
        return {names[0]: partial.body}
    return unpack(partial.body, names, partial.place, most_bytes)


def _verify(path: Path, name: str, expected: str) -> None:
    found = _sha256(path)
    if expected not in ("", found):
        raise DataError(
            f"what came is not the published {name!r}: its SHA-256 is {found}, expected {expected}."
            f"{_a_page(path)}"
        )
    if expected:
        return
    if page := _a_page(path):
        raise DataError(f"what came is not {name!r}.{page}")
    _say(f"{name}: nobody published a SHA-256 of it; what came has {found}")


def _a_page(path: Path) -> str:
    with path.open("rb") as file:
        begins = file.read(1024).lstrip().lower()
    return "  It is a web page: a log-in, or an error." if begins.startswith(_PAGE_BEGINS) else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return content_sha256(file)
