"""The results folder: cells and runs, written atomically, verified when read, never unpickled."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from ..errors import StoreError
from .predictions import Predictions

_LEAST_FREE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class StoredCell:
    """A done cell: what was noted of it, and where its predictions are."""

    key: str
    facts: dict[str, Any]


class Store:
    """Reads and writes one results folder.

    Parameters
    ----------
    root : Path
        Created when it is first written to.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.cells = self.root / "cells"
        self.runs = self.root / "runs"

    def prepare(self) -> None:
        """Create the folders and make sure that results can be written.

        Raises
        ------
        StoreError
            If the folder cannot be written, or the disk is nearly full.
        """
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
        """Hold the folder for one run; the lock goes with the process, however it ends.

        Raises
        ------
        StoreError
            If another run holds it.
        """
        holder = self.root / ".lock"
        lock = FileLock(holder)
        with writing(self.root), suppress(Timeout):
            lock.acquire(timeout=0)
        if not lock.is_locked:
            raise StoreError(
                f"another run (process {holder.read_text(encoding='ascii') or 'unknown'}) is "
                f"writing to {self.root}.  Wait for it, or name another folder with --results."
            )
        try:
            with writing(self.root):
                holder.write_text(str(os.getpid()), encoding="ascii")
            # Nobody else is writing now: what is half-written was left by a run that was killed.
            for left in (*self.cells.glob("*/*.part"), *self.root.glob("scratch-*")):
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            lock.release()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what workers need during a run; it is gone afterwards."""
        with writing(self.root):
            folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def cell_folder(self, key: str) -> Path:
        """Say where a cell is kept."""
        return self.cells / key[:2] / key

    def write_cell(self, key: str, facts: dict[str, Any], predictions: Predictions) -> None:
        """Store a done cell; it is there as a whole or not at all.

        Raises
        ------
        StoreError
            If the folder cannot be written or the disk is full.
        """
        target = self.cell_folder(key)
        part = target.with_name(f"{key}.{os.getpid()}.part")
        with writing(self.root):
            part.mkdir(parents=True, exist_ok=True)
            table = pa.table(
                {
                    "part": pa.array(
                        ["valid"] * len(predictions.valid) + ["test"] * len(predictions.test)
                    ).dictionary_encode(),
                    "p": np.concatenate([predictions.valid, predictions.test]),
                }
            )
            pq.write_table(table, part / "predictions.parquet")
            content = (part / "predictions.parquet").read_bytes()
            facts = facts | {"predictions_sha256": hashlib.sha256(content).hexdigest()}
            facts["sha256"] = _digest_of(facts)
            (part / "cell.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
            if target.exists():
                shutil.rmtree(target)
            os.replace(part, target)

    def read_cell(self, key: str) -> StoredCell | None:
        """Read what was noted of a cell; None if it is not stored.

        Raises
        ------
        StoreError
            If its files are not as they were written; names the cell and what is wrong.
        """
        folder = self.cell_folder(key)
        if not folder.exists():
            return None
        try:
            facts = json.loads((folder / "cell.json").read_text(encoding="utf-8"))
            content = (folder / "predictions.parquet").read_bytes()
        except FileNotFoundError as error:
            raise StoreError(f"{folder} lacks {Path(error.filename).name}.") from None
        except (ValueError, OSError) as error:
            raise StoreError(f"{folder / 'cell.json'} cannot be read: {error}.") from None
        noted = facts.pop("sha256", None) if isinstance(facts, dict) else None
        if noted is None or noted != _digest_of(facts):
            raise StoreError(f"{folder / 'cell.json'} was changed after it was written.")
        if hashlib.sha256(content).hexdigest() != facts["predictions_sha256"]:
            raise StoreError(f"{folder / 'predictions.parquet'} was changed after it was written.")
        return StoredCell(key, facts)

    def read_predictions(self, key: str) -> Predictions:
        """Read the predictions of a stored cell, checked against their digest."""
        cell = self.read_cell(key)
        if cell is None:
            raise StoreError(
                f"{self.cell_folder(key)} is gone.  "
                "Run the suite again: it computes what is missing."
            )
        table = pq.read_table(self.cell_folder(key) / "predictions.parquet")
        p = table.column("p").to_numpy()
        is_test = pc.equal(table.column("part"), "test").to_numpy()
        return Predictions(valid=p[~is_test], test=p[is_test])

    def discard_cell(self, key: str) -> None:
        """Remove a damaged cell."""
        with writing(self.root):
            shutil.rmtree(self.cell_folder(key))


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


def _digest_of(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
