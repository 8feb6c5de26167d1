"""Folders that are there as a whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import RequestError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside a place; it is renamed at the end, or removed after an error.

    Raises
    ------
    RequestError
        If something is there already, or the place cannot be written to.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RequestError(f"{path} is there already.  Name a new folder with -o.")
    if not path.absolute().parent.is_dir():
        raise RequestError(f"{path}: there is no folder {path.parent}.  Make it, or name another.")
    part = path.absolute().with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.mkdir()
        yield part
        if path.exists():
            path.rmdir()
        os.replace(part, path)
    except OSError as error:
        raise RequestError(
            f"{path} cannot be written: {error.strerror or error}.  Mend its folder's permissions "
            "or free some space, or name another place with -o."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
