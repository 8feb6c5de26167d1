"""Partial: what has come of a download so far, kept between tries and held by one process."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..errors import DataError

_LOOK_EVERY_SECONDS = 0.1


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what a disk can do to us into an error that says how to mend it.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    try:
        yield
    except OSError as error:
        raise DataError(
            f"cannot write to {folder}: {error.strerror or error}.  Make room or see to your "
            "rights there, or set XDG_CACHE_HOME to another folder."
        ) from error


class Partial:
    """The body of one address, as far as it has come, in a hidden folder beside its target.

    Parameters
    ----------
    folder : Path
        Where the finished files go; it exists.
    url : str
        Address; each has a place of its own.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.place = folder / f".partial-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        self.body = self.place / "body"
        self._origin = self.place / "origin.json"

    @contextmanager
    def held(self, most_seconds: float, says: Callable[[str], None]) -> Iterator[None]:
        """Keep other processes out; what could not be gone on from is gone afterwards.

        The lock goes with the process, however it ends.

        Raises
        ------
        DataError
            If another process still holds it after so many seconds.
        """
        with self._lock(most_seconds, says):
            try:
                yield
            finally:
                if not self.size:
                    self.remove()

    @contextmanager
    def _lock(self, most_seconds: float, says: Callable[[str], None]) -> Iterator[None]:
        lock = FileLock(self.place / "lock", poll_interval=_LOOK_EVERY_SECONDS)
        self._take(lock, 0)
        if not lock.is_locked:
            says("waiting for another process that downloads the same")
            self._take(lock, most_seconds)
        if not lock.is_locked:
            raise DataError(
                f"another process has been downloading into {self.place} for longer than "
                f"{most_seconds:g} seconds.  Wait for it, or stop it."
            )
        try:
            yield
        finally:
            lock.release()

    def _take(self, lock: FileLock, most_seconds: float) -> None:
        """Wait for the lock, as long as that; whether it is held then, it says itself."""
        with writing(self.place.parent), suppress(Timeout):
            while True:
                self.place.mkdir(exist_ok=True)
                with suppress(FileNotFoundError):  # removed by its holder in between
                    lock.acquire(timeout=most_seconds)
                    return

    @property
    def size(self) -> int:
        """Bytes that can be gone on from; none where nothing says which version they are of."""
        if self.validator is None or not self.body.is_file():
            return 0
        return self.body.stat().st_size

    @property
    def validator(self) -> str | None:
        """The server's name for the version that came: a strong ETag, or a date."""
        found = self._read_origin().get("validator")
        return found if isinstance(found, str) and found else None

    @property
    def announced(self) -> int | None:
        """Bytes that the whole body has, where the server said so."""
        found = self._read_origin().get("announced")
        return found if isinstance(found, int) else None

    def _read_origin(self) -> dict[str, Any]:
        try:
            found = json.loads(self._origin.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def begin(self, validator: str | None, announced: int | None) -> None:
        """Start anew, with an empty body of the version now named."""
        with writing(self.place.parent):
            self.discard()
            self.body.touch()
            self._origin.write_text(json.dumps({"validator": validator, "announced": announced}))

    def write(self, file: FileIO, block: bytes) -> None:
        """Append to the opened body; a full disk is not left full.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        left = memoryview(block)
        try:
            with writing(self.place.parent):
                while left:
                    left = left[file.write(left) :]
        except DataError:
            self.discard()
            raise

    def discard(self) -> None:
        """Forget what has come."""
        self._origin.unlink(missing_ok=True)
        self.body.unlink(missing_ok=True)

    def remove(self) -> None:
        """Leave no trace."""
        shutil.rmtree(self.place, ignore_errors=True)
