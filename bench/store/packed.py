"""A folder as one object: all of it is there, or nothing."""

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath

_THEN = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 4 * 2**30


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files by name; the same files make the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            about = zipfile.ZipInfo(name, _THEN)
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content, compresslevel=1)
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """Unpack what ``packed`` has packed.

    Raises
    ------
    ValueError
        If it is something else, is larger than anything that is packed here, or names a file
        outside of its folder.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            about = archive.infolist()
            if sum(one.file_size for one in about) > _MOST_BYTES:
                raise ValueError("it is too large")
            if not all(_is_inside(one.filename) for one in about):
                raise ValueError("it names a file outside of its folder")
            return {one.filename: archive.read(one) for one in about}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"it is no archive: {error}") from error


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.as_posix() == name and not path.is_absolute() and not {"..", "."} & set(path.parts)
