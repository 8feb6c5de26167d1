"""The results folder: cells and runs, written atomically, verified when read, never unpickled."""

import errno
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .lock import acquired, holder_of
from .objects import Objects
from .predictions import Predictions, from_parquet, to_parquet
from .sealed_json import NewerFormat, content_of, sealed, unsealed
from .typed import understood

_LEAST_FREE_BYTES = 64 * 2**20
_WAIT_SECONDS = 60.0  # others hold the folder for moments
_TRIES = 3
# Says of which store that machines share a folder is the copy; see ``SharedStore``.
COPY_OF = "copy-of.json"


@dataclass(frozen=True)
class StoredCell:
    """A done cell: what was noted of it, and the digest of these notes."""

    key: str
    facts: dict[str, Any]
    sha256: str


class Store:
    """Reads and writes one results folder.

    Parameters
    ----------
    root : Path
        Created when it is first written to.
    """

    objects: Objects | None = None
    """The store that machines share and the folder is the copy of, if it is."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.cells = self.root / "cells"
        self.runs = self.root / "runs"

    def check_place(self) -> None:
        """Refuse a place where no folder can be made, before there are results; creates nothing.

        Raises
        ------
        StoreError
            If the folder is a file or lies in one, or may not be written.
        """
        root = self.root.absolute()
        there = next(path for path in (root, *root.parents) if os.path.lexists(path))
        with writing(self.root):
            if not there.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            if not os.access(there, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def prepare(self) -> None:
        """Create the folders and make sure that results can be written.

        Raises
        ------
        StoreError
            If the folder cannot be written, the disk is nearly full, or the folder is the copy of a
            store.
        """
        if (self.root / COPY_OF).exists():
            url = self.copy_of().get("url")
            raise StoreError(
                f"{self.root} is the copy of {url}, to which it writes as well.  Add --store "
                f"{url}, or name another folder with --results."
            )
        self.make_room()

    def copy_of(self) -> dict[str, Any]:
        """Say of which store the folder is the copy; nothing where that is not to be read."""
        with suppress(OSError, ValueError):
            noted = json.loads((self.root / COPY_OF).read_bytes())
            return noted if isinstance(noted, dict) else {}
        return {}

    def make_room(self) -> None:
        """Create the folders, and look at the disk; see ``prepare``."""
        with writing(self.root):
            self.cells.mkdir(parents=True, exist_ok=True)
            self.runs.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"intentbench")
            free = shutil.disk_usage(self.root).free
        if free < _LEAST_FREE_BYTES:
            raise StoreError(
                f"the disk of {self.root} has {free / 2**20:.0f} MB left; a run needs at least "
                f"{_LEAST_FREE_BYTES / 2**20:.0f} MB.  Free some, or name another folder with "
                "--results."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for a moment; the lock goes with the process, however it ends.

        A run holds it while it begins, while it takes something damaged away and while it is
        published; in between it holds its own name alone: see ``at_work``.

        Raises
        ------
        StoreError
            If another process does not let go of it, or the folder's file system knows no locks.
        """
        holder = self.root / ".lock"
        with writing(self.root):
            lock = acquired(holder, seconds=_WAIT_SECONDS)
        if lock is None:
            raise StoreError(
                f"process {holder_of(holder)} has held {self.root} for {_WAIT_SECONDS:.0f} s.  "
                "Wait for it, or name another folder with --results."
            )
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def scratch(self, run_id: str) -> Iterator[Path]:
        """Give a folder for what workers need during a run; it is gone afterwards."""
        with writing(self.root):
            prefix = scratch_prefix(run_id)
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def claim(self, run_id: str) -> bool:
        """Take a name for a run; tells whether it was free beyond this folder, too."""
        return True

    def fetch(self, keys: Iterable[str]) -> None:
        """Bring cells from elsewhere; a folder of its own has them all."""

    def bring(self, run: str) -> None:
        """Bring a run, by its id or as the latest, from elsewhere."""

    def publish(self, run_id: str) -> str:
        """Write a finished run elsewhere, too; names the place, if there is one."""
        return ""

    def cell_folder(self, key: str) -> Path:
        """Say where a cell is kept."""
        return self.cells / key[:2] / key

    def write_cell(self, key: str, facts: dict[str, Any], predictions: Predictions) -> None:
        """Store a done cell; it is there as a whole or not at all.

        Of several who compute the same cell the first wins: one that is stored and whole stays as
        it is, since a run may refer to it.

        Raises
        ------
        StoreError
            If the folder cannot be written or the disk is full.
        """
        self.put_cell(key, cell_files(key, facts, predictions))

    def put_cell(self, key: str, files: Mapping[str, bytes]) -> None:
        """Put the files of a cell into its place; see ``write_cell``."""
        target = self.cell_folder(key)
        part = target.with_name(f"{key}.{secrets.token_hex(8)}.part")
        with writing(self.root):
            part.mkdir(parents=True)
            for name, content in files.items():
                (part / name).write_bytes(content)
            for _ in range(_TRIES):
                try:
                    os.replace(part, target)  # onto nothing: a folder with files is in its way
                    return
                except OSError:
                    if not os.path.lexists(target):
                        raise
                    self.discard_cell(key)
                if os.path.lexists(target):
                    shutil.rmtree(part)
                    return

    def read_cell(self, key: str, sha256: str | None = None) -> StoredCell | None:
        """Read what was noted of a cell; None if it is not stored.

        Parameters
        ----------
        key : str
        sha256 : str, optional
            Of the notes, where it is known: what has it needs no other check.

        Raises
        ------
        StoreError
            If its files are not as they were written, or it stands in another's place; names the
            cell and what is wrong.
        """
        if not os.path.lexists(self.cell_folder(key)):
            return None
        return self._verified(key, sha256)[0]

    def read_predictions(self, key: str, sha256: str | None = None) -> Predictions:
        """Read the predictions of a stored cell, checked against their digest.

        Parameters
        ----------
        key : str
        sha256 : str, optional
            Of the cell's notes, where they were read before.

        Raises
        ------
        StoreError
            If the cell is gone, damaged or another than it was.
        """
        path = self.cell_folder(key) / "predictions.parquet"
        with advising():
            if not os.path.lexists(path.parent):
                raise StoreError(f"{path.parent} is gone.")
            cell, content = self._verified(key, sha256)
            if sha256 not in (None, cell.sha256):
                raise StoreError(f"{path.with_name('cell.json')} is not the one that was used.")
            with understood(path):
                return from_parquet(content, cell.facts["n_valid"], cell.facts["n_test"])

    def discard_cell(self, key: str, read: Callable[[], object] | None = None) -> None:
        """Remove a damaged cell, unless another run has mended it meanwhile.

        Parameters
        ----------
        key : str
        read : callable, optional
            Raises a ``StoreError`` if the cell is damaged; by default its files are checked.
        """
        with self.locked(), writing(self.root):
            try:
                read() if read else self.read_cell(key)
            except NewerFormat:
                raise
            except StoreError:
                _remove(self.cell_folder(key))

    def _verified(self, key: str, known: str | None) -> tuple[StoredCell, bytes]:
        """Read a cell's notes, and its predictions as bytes that have the digest noted."""
        folder = self.cell_folder(key)
        if folder.is_symlink():
            raise StoreError(f"{folder} is a link; a cell lies in its own place.")
        facts, sha256 = unsealed(folder / "cell.json", known)
        if facts.get("key") != key:
            raise StoreError(f"{folder} holds the cell {facts.get('key')}: it was put there.")
        content = content_of(folder / "predictions.parquet")
        if hashlib.sha256(content).hexdigest() != facts.get("predictions_sha256"):
            raise StoreError(f"{folder / 'predictions.parquet'} was changed after it was written.")
        return StoredCell(key, facts, sha256), content


def cell_files(key: str, facts: Mapping[str, Any], predictions: Predictions) -> dict[str, bytes]:
    """Give the files of a done cell: its notes with their digest, and its predictions."""
    content = to_parquet(predictions)
    noted = {
        **facts,
        "key": key,
        "n_valid": len(predictions.valid),
        "n_test": len(predictions.test),
        "predictions_sha256": hashlib.sha256(content).hexdigest(),
    }
    return {"cell.json": sealed(noted), "predictions.parquet": content}


def scratch_prefix(run_id: str) -> str:
    """Say how the names of a run's scratch folders begin."""
    return f"scratch-{run_id}."


def _remove(folder: Path) -> None:
    """Remove what stands where a cell's folder should, be it a folder or not."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink()


@contextmanager
def advising() -> Iterator[None]:
    """Say of what is wrong with something stored how to come by it again."""
    try:
        yield
    except NewerFormat:
        raise
    except StoreError as error:
        raise StoreError(f"{error}  Run the suite again: it computes what is missing.") from error


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn what the operating system says of a folder that cannot be written into our words."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot write to the results folder {root}: {error.strerror or error}.  "
            "Mend its permissions or free some space, or name another folder with --results."
        ) from error


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name, then rename it."""
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    os.replace(part, path)
