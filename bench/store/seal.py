"""The seal of a run: SHA-256 of all its files, and of the cells that it used."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ..errors import StoreError
from .sealed_json import content_of, sealed, unsealed
from .store import advising, write_atomically
from .typed import typed, understood

SEAL = "seal.json"
REPORT = "report.html"
# And tables/; tasks/ where there are many; the PDF where it is asked for.
_BESIDE = ("report.xlsx", "report.pdf", "summary.json")
_FOLDERS = ("tables", "tasks")


@dataclass(frozen=True)
class Seal:
    """What a run's folder must hold.

    Parameters
    ----------
    run_id : str
        The folder's own name.
    files : mapping of str to str
        SHA-256 of the files that figures rest on, by name.
    cells : mapping of str to str
        SHA-256 of the ``cell.json`` of each cell used, by key; that holds the digest of the
        predictions.
    made : mapping of str to str
        SHA-256 of what was made of the run - report, tables, comparisons - by path in the folder.
        Without the report while that is being written, or if its writing was cut short.
    made_with : str
        Digest of what judged the run and wrote the report; empty without one.
    awaits_report : bool
        Whether the run's own command is still to write its report, unless it was killed.
    """

    run_id: str
    files: Mapping[str, str]
    cells: Mapping[str, str]
    made: Mapping[str, str] = field(default_factory=dict)
    made_with: str = ""
    awaits_report: bool = False


def write_seal(folder: Path, seal: Seal) -> None:
    """Write or replace a run's seal."""
    write_atomically(folder / SEAL, sealed(asdict(seal)))


def read_seal(folder: Path) -> Seal:
    """Read a run's seal, in whatever folder it lies.

    Raises
    ------
    StoreError
        If there is none, or it was changed.
    """
    path = folder / SEAL
    if not path.is_file():
        raise StoreError(
            f"{folder} lacks {SEAL}, the digests of its files: an earlier version wrote it, or the "
            "file was removed."
        )
    with understood(path):
        return typed(Seal, unsealed(path)[0])


def sealed_run(folder: Path) -> Seal:
    """Read the seal of a run that lies in its own folder.

    Raises
    ------
    StoreError
        If there is none, it was changed, or it is that of another folder.
    """
    with advising():
        seal = read_seal(folder)
    if seal.run_id != folder.name:
        raise StoreError(
            f"{folder} holds run {seal.run_id}: it was copied or renamed.  Give the folder that "
            "name, or remove it."
        )
    return seal


def sealed_content(folder: Path, seal: Seal, name: str) -> bytes:
    """Read a file that figures rest on.

    Raises
    ------
    StoreError
        If it is not as it was sealed.
    """
    content = content_of(folder / name)
    if sha256(content) != seal.files.get(name):
        raise StoreError(f"{folder / name} was changed after it was written.")
    return content


def changed(folder: Path, noted: Mapping[str, str]) -> list[str]:
    """Name the files that are gone, or not as they were sealed."""
    return [name for name, digest in noted.items() if _sha256_of(folder / name) != digest]


def open_report(folder: Path) -> None:
    """Note that the report is about to be written: until it is whole, the run has none."""
    seal = sealed_run(folder)
    kept = {name: digest for name, digest in seal.made.items() if not _of_report(name)}
    write_seal(folder, replace(seal, made=kept, made_with=""))


def close_report(folder: Path, made_with: str) -> None:
    """Seal the report and what lies beside it, as they now stand in the folder."""
    in_folders = sorted(
        path for name in _FOLDERS for path in (folder / name).glob("*") if path.name[0] != "."
    )
    beside = [folder / name for name in _BESIDE if (folder / name).is_file()]
    add_made(folder, [folder / REPORT, *beside, *in_folders], made_with)


def add_made(folder: Path, paths: Iterable[Path], made_with: str | None = None) -> None:
    """Seal further files that were made of a run."""
    seal = sealed_run(folder)
    new = {path.relative_to(folder).as_posix(): _sha256_of(path) for path in paths}
    made = {**seal.made, **new}
    if made_with is None:
        write_seal(folder, replace(seal, made=made))
    else:
        write_seal(folder, replace(seal, made=made, made_with=made_with, awaits_report=False))


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _of_report(name: str) -> bool:
    return name == REPORT or name in _BESIDE or name.partition("/")[0] in _FOLDERS


def _sha256_of(path: Path) -> str:
    """Give a file's digest; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
