"""A place that many machines share: whole objects by name, each written once."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ..errors import RequestError

_BUCKET = r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]"
_PREFIX = r"[A-Za-z0-9._=\-]+(/[A-Za-z0-9._=\-]+)*"
FORMS = "s3://BUCKET/PREFIX for an object store, file:///FOLDER for a folder that machines share"


class Objects(Protocol):
    """Objects by name; whoever writes one first wins, and nobody sees a part of one.

    Every call raises ``StoreError`` where the place cannot be reached or does not allow it.
    """

    url: str
    """What ``--store`` says."""

    def get(self, name: str) -> bytes | None:
        """Read an object; None if there is none."""

    def put_if_absent(self, name: str, content: bytes) -> bool:
        """Write an object unless there is one; tells whether it was written."""

    def list(self, folder: str) -> list[str]:
        """Name the objects directly in a folder, without the folder, in order."""

    def exists(self, name: str) -> bool:
        """Tell whether there is an object."""

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""


def opened_objects(url: str) -> Objects:
    """Give the place that ``--store`` names; nothing is read or written yet.

    Raises
    ------
    RequestError
        If it names none, or what it takes is not installed.
    """
    parts = urlsplit(url) if url.isprintable() and " " not in url else urlsplit("")
    prefix = parts.path.strip("/")
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and prefix:
        from .folder_objects import FolderObjects

        return FolderObjects(Path(unquote(parts.path)))
    bucket, rest = parts.netloc, parts.query or parts.fragment
    is_bucket = re.fullmatch(_BUCKET, bucket) and (not prefix or re.fullmatch(_PREFIX, prefix))
    if parts.scheme != "s3" or rest or not is_bucket or {".", ".."} & set(prefix.split("/")):
        raise RequestError(f"store {url!r}: there is no such store.  There are: {FORMS}.")
    if find_spec("obstore") is None:
        raise RequestError(
            f"store {url!r} needs obstore, which is not installed.  Install it: "
            "pip install 'intentbench[s3]'"
        )
    from .bucket_objects import BucketObjects

    return BucketObjects(bucket, prefix)
