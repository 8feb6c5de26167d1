"""Files that are there as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import RequestError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary place beside a file; it is renamed at the end, or removed after an error.

    Raises
    ------
    RequestError
        If the place cannot be written to.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    if path.is_dir():
        raise RequestError(f"{path} is a folder; name a file with -o.")
    if not path.parent.is_dir():
        raise RequestError(f"{path}: there is no folder {path.parent}.  Make it, or name another.")
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise RequestError(
            f"{path} cannot be written: {error.strerror or error}.  Mend its folder's permissions "
            "or free some space, or name another place with -o."
        ) from error
    finally:
        part.unlink(missing_ok=True)
