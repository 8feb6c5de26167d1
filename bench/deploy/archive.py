"""The file as a zip archive: members with their digests, read within limits."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from ..errors import DataError
from .whole_file import whole_file

FORMAT = 1
_SEAL = "seal.json"
# Unpacked, a member may have so many times the size of the file, or so many bytes in a small one.
_MOST_TIMES, _MOST_BYTES_OF_SMALL = 100, 64 * 2**20
_MOST_MEMBERS = 16
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest of a zip: the same content, the same bytes


def write_archive(path: Path, members: Mapping[str, bytes]) -> str:
    """Write members and their digests.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    RequestError
        If the place cannot be written to.
    """
    digests = {name: _sha256(content) for name, content in members.items()}
    seal = json.dumps({"format": FORMAT, "sha256": digests}, indent=1).encode()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {_SEAL: seal, **members}.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    with whole_file(path) as part:
        part.write_bytes(buffer.getbuffer())
    return _sha256(buffer.getbuffer())


def read_archive(path: Path) -> dict[str, bytes]:
    """Read all members, each held to its digest.

    Raises
    ------
    DataError
        If the file is not there, is no such archive, was made in another format, holds more than
        it may, or is not byte by byte as it was written.
    """
    try:
        n_bytes = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist(), n_bytes)
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise DataError(
            f"{path} is a folder; name a file that `intentbench train` wrote."
        ) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    # What zipfile raises over bytes that are no archive, or not the one that was written.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(
            f"{path} is not a whole file of a model ({error}).  It was cut short or changed; copy "
            "it again, or write it anew with `intentbench train`."
        ) from None
    _check_digests(path, members)
    del members[_SEAL]
    return members


def _check_members(path: Path, members: list[zipfile.ZipInfo], n_bytes: int) -> None:
    names = [info.filename for info in members]
    if _SEAL not in names or len(set(names)) < len(names) or len(names) > _MOST_MEMBERS:
        raise DataError(
            f"{path} is a zip archive, but not one that `intentbench train` wrote: it holds "
            f"{', '.join(map(repr, names[:5])) or 'nothing'}."
        )
    for name in names:
        if Path(name).name != name or "\\" in name or name.startswith("."):
            raise DataError(
                f"{path} holds a member {name!r}, which names a place outside of the archive.  It "
                "was not written by intentbench, and nothing of it was read."
            )
    most = max(_MOST_BYTES_OF_SMALL, _MOST_TIMES * n_bytes)
    if sum(info.file_size for info in members) > most:
        raise DataError(
            f"{path} has {n_bytes:,} bytes and would unpack to "
            f"{sum(info.file_size for info in members):,}, more than a model does.  Nothing of it "
            "was unpacked."
        )


def _check_digests(path: Path, members: Mapping[str, bytes]) -> None:
    try:
        seal = json.loads(members[_SEAL])
        form, digests = seal["format"], dict(seal["sha256"])
    except (ValueError, TypeError, LookupError, RecursionError):
        raise DataError(
            f"{path} was changed after it was written: its seal cannot be read."
        ) from None
    if form != FORMAT:
        raise DataError(
            f"{path} has format {form!r}; this version of intentbench reads format {FORMAT}.  Use "
            "the version that wrote it, or train anew."
        )
    changed = [
        name for name, content in members.items()
        if name != _SEAL and digests.get(name) != _sha256(content)
    ]  # fmt: skip
    if changed or digests.keys() != members.keys() - {_SEAL}:
        told = ", ".join(changed) or "a member is missing"
        raise DataError(
            f"{path} was changed after it was written ({told}).  Copy it again, or train anew."
        )


def _sha256(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()
