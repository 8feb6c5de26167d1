"""Objects as files of a folder, on a file system that machines may share."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError

_PART = ".part"


class FolderObjects:
    """See ``Objects``.

    Parameters
    ----------
    root : Path
        Is made when something is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = root.as_uri()

    def get(self, name: str) -> bytes | None:
        """Read an object; None if there is none."""
        with self._told():
            try:
                return (self.root / name).read_bytes()
            except FileNotFoundError:
                return None

    def put_if_absent(self, name: str, content: bytes) -> bool:
        """Write an object unless there is one; tells whether it was written."""
        target = self.root / name
        part = target.with_name(f".{target.name}.{secrets.token_hex(8)}{_PART}")
        with self._told():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(content)
                os.link(part, target)  # whole under its name at once, and never over another
            except FileExistsError:
                return False
            finally:
                part.unlink(missing_ok=True)
        return True

    def list(self, folder: str) -> list[str]:
        """Name the objects directly in a folder, without the folder, in order."""
        with self._told():
            try:
                found = list(os.scandir(self.root / folder))
            except FileNotFoundError:
                return []
            return sorted(one.name for one in found if one.is_file() and one.name[0] != ".")

    def exists(self, name: str) -> bool:
        """Tell whether there is an object."""
        with self._told():
            return os.path.lexists(self.root / name)

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""
        with self._told():
            (self.root / name).unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the store {self.url} cannot be used: {error.strerror or error}"
                f"{f' ({error.filename})' if error.filename else ''}.  Mend that, or name another "
                "one with --store."
            ) from error
