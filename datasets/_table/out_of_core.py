"""A table that memory does not hold: a sample of it in memory, and all other rows on disk."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from pyarrow import parquet

from ...bench.errors import DataError
from ...bench.stored_cases import CaseWriter, StoredCases
from ...bench.task import Task
from .._files.parts import Part, find_parts, sha256_of
from .blocks import blocks_of
from .further_rows import FurtherRows
from .hashed_rows import SampledTable, Sampler, placed

DEFAULT_ROWS = 200_000
# Raised whenever rows are read, drawn or written differently.
_VERSION = 2
_SAMPLE, _ABOUT, _TOLD = "sample.parquet", "sample.json", "told.json"
_PART = ".part-"


@dataclass(frozen=True, eq=False)
class LargeTable:
    """A table on disk, of which memory holds a sample.

    Parameters
    ----------
    path : str
    encoding : str
    most : int
        Rows of the sample, at most.
    group : str
        A column, or empty.
    cache : Path
        A folder for what is made of tables.
    """

    path: str
    encoding: str
    most: int
    group: str
    cache: Path

    def sample(self) -> SampledTable:
        """Read the sample, from the cache where it is there.

        Raises
        ------
        DataError
            If the file is missing, damaged or of another kind, changes while it is read, or the
            cache cannot be written.
        """
        parts = find_parts(Path(self.path).expanduser())
        _require_streamable(parts)
        sha256 = self._sha256(parts)
        asked = {"group": self.group, "most": self.most, "encoding": self.encoding}
        folder = self._folder("sample", sha256, asked)
        if not folder.exists():
            with _written(folder) as made:
                self._draw(made, parts)
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        table = parquet.read_table(folder / _SAMPLE, use_threads=False)
        return SampledTable(
            Path(self.path).expanduser().name, table, sha256, tuple(about["notes"]), (),
            np.array(about["numbers"], dtype=np.int64), about["delimiter"], about["n_all"],
            about["below"],
        )  # fmt: skip

    def _draw(self, folder: Path, parts: Sequence[Part]) -> None:
        sampler, notes, delimiter = Sampler(self.most, self.group), [], ""
        with _unchanged(parts):
            for _, block in placed(blocks_of(self.path, self.encoding)):
                if self.group and self.group not in block.table.column_names:
                    raise DataError(f"group: {block.label} has no column {self.group!r}.")
                sampler.add(block)
                notes += block.notes
                delimiter = delimiter or block.delimiter
        table, numbers, below = sampler.finish()
        parquet.write_table(table, folder / _SAMPLE)
        about = {
            "notes": notes, "numbers": numbers.tolist(), "delimiter": delimiter,
            "n_all": sampler.n_all, "below": below,
        }  # fmt: skip
        (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")

    def further(self, rows: FurtherRows, task: Task) -> tuple[StoredCases, dict[str, Any]]:
        """Write all rows that are not in the sample, or find them in the cache.

        Parameters
        ----------
        rows : FurtherRows
        task : Task
            Of the sample.

        Returns
        -------
        stored : StoredCases
        told : dict
            How many rows had no outcome, or no weight, and how many cells could not be read, by
            column.
        """
        parts = find_parts(Path(self.path).expanduser())
        asked = {
            "below": rows.sample.below, "group": self.group, "encoding": self.encoding,
            "reading": rows.reading.to_json(), "target": rows.target, "positive": rows.positive,
            "negative": rows.negative, "time": rows.time, "split": rows.split,
            "weight": rows.weight, "date_order": rows.date_order,
        }  # fmt: skip
        folder = self._folder("further", rows.sample.sha256, asked)
        if not folder.exists():
            _require_room(folder, task, rows.sample.n_all)
            with _written(folder) as made, _unchanged(parts):
                features = task.cases.features
                has = {
                    "has_time": task.time is not None,
                    "has_side": bool(rows.split),
                    "has_weight": bool(rows.weight),
                }
                with CaseWriter(made, features, **has) as writer:
                    for block in rows.read(blocks_of(self.path, self.encoding)):
                        writer.add(*block)
                    writer.finish()
                told = {
                    "without": rows.n_without_outcome,
                    "without_weight": rows.n_without_weight,
                    "unread": dict(rows.unread.counts),
                }
                (made / _TOLD).write_text(json.dumps(told), encoding="utf-8")
        stored = StoredCases.open(folder)
        stored.verify()
        return stored, json.loads((folder / _TOLD).read_text(encoding="utf-8"))

    def _sha256(self, parts: Sequence[Part]) -> str:
        digests = [sha256_of(part) for part in parts]
        if Path(self.path).expanduser().is_file():
            return digests[0]
        named = zip(parts, digests, strict=True)
        names = "".join(f"{part.path.name}\0{digest}\n" for part, digest in named)
        return hashlib.sha256(names.encode()).hexdigest()

    def _folder(self, kind: str, sha256: str, asked: Mapping[str, Any]) -> Path:
        told = json.dumps([_VERSION, sha256, asked], sort_keys=True)
        return self.cache / f"{kind}-{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def _require_streamable(parts: Sequence[Part]) -> None:
    for part in parts:
        is_text = part.format in ("csv", "tsv")
        if not is_text and (part.format != "parquet" or part.packing):
            raise DataError(
                f"{part.label} cannot be read block by block: that can be done with Parquet, CSV "
                "and TSV.  Write it as one of these, or leave --out-of-core out."
            )


@contextmanager
def _unchanged(parts: Sequence[Part]) -> Iterator[None]:
    """Notice that files change while they are read."""
    before = _signs(parts)
    yield
    if _signs(parts) != before:
        raise DataError(
            f"{parts[0].label} changed while it was read.  Wait until it is complete, or copy it, "
            "and run again."
        )


def _signs(parts: Sequence[Part]) -> list[tuple[int, int]]:
    try:
        return [(about.st_size, about.st_mtime_ns) for part in parts
                for about in [part.path.stat()]]  # fmt: skip
    except OSError:
        return []


@contextmanager
def _written(folder: Path) -> Iterator[Path]:
    """Give a new folder that takes its name when all is written, and goes where that fails."""
    made = folder.with_name(f"{_PART}{os.getpid()}-{folder.name}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder.parent)
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        yield made
        with _lost_race(folder):
            made.rename(folder)
    except OSError as error:
        raise DataError(
            f"cannot write to {folder.parent}: {error.strerror or error}.  Free some space there, "
            "or name another folder with XDG_CACHE_HOME."
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _lost_race(folder: Path) -> Iterator[None]:
    """Let stand what another run has written in the meantime: it is the same."""
    try:
        yield
    except OSError:
        if not folder.exists():
            raise


def _remove_leftovers(cache: Path) -> None:
    """Remove what runs that were killed had begun to write."""
    for left in cache.glob(f"{_PART}*"):
        number = left.name.removeprefix(_PART).partition("-")[0]
        if number.isdigit() and int(number) != os.getpid() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _require_room(folder: Path, task: Task, n_rows: int) -> None:
    width = sum(8 if kind.kind in "fiub" else 4 for kind in task.cases.features.dtypes) + 9
    width += 8 * ((task.given_split is not None) + (task.weight is not None))
    needed = n_rows * width
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free
    if free < needed:
        raise DataError(
            f"the rows need {needed >> 20:,} MiB in {folder.parent}, where {free >> 20:,} MiB are "
            "free.  Free some space there, or name another folder with XDG_CACHE_HOME."
        )
