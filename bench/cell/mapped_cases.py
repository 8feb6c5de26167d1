"""Cases of a large task in files that all workers of a machine read as if they were memory.

A number column, the codes of a category, the borders and the marks of events are arrays, each in a
file of its own.  Workers map them: what one has read from the disk is there for all.  What a model
writes into its input goes to a page of its process's own, never to a file.
"""

import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ..cases import Cases, texts
from ..events import Events
from ..splits.fold import Split
from .private_map import private_map

_T = TypeVar("_T")

# Tasks of so many bytes and more; smaller ones are read sooner than mapped.
FROM_BYTES = 64 << 20
# What the name of a folder with the parts of a split ends in.
CUT = ".cut"
_ABOUT, _REST = "mapped.json", "rest.parquet"
_PARTS = ("fit", "valid", "test")
# Cases whose events are gathered at a time, and cuts of splits that are kept beside each other.
_BLOCK, _CUTS = 100_000, 3


def size_of(cases: Cases) -> int:
    """Count the bytes of the columns and the events."""
    events = cases.events
    columns = int(cases.features.memory_usage(index=False).sum())
    return columns + events.offsets.nbytes + sum(mark.nbytes for mark in events.marks.values())


def is_large(cases: Cases) -> bool:
    """Tell whether it is worth mapping them."""
    return size_of(cases) >= FROM_BYTES


def write_mapped(cases: Cases, folder: Path, rows: np.ndarray | None = None) -> None:
    """Write cases, or those of some rows, into a folder of their own, without any outcome."""
    folder.mkdir(parents=True)
    columns, rest = [], {}
    for number, (name, column) in enumerate(cases.features.items()):
        values, kind = _as_array(column)
        columns.append([name, kind])
        if values is None:
            rest[name] = column if rows is None else column.iloc[rows].reset_index(drop=True)
        else:
            np.save(folder / f"column-{number}.npy", values if rows is None else values[rows])
    # Columns in another form, such as texts; each worker has its own copy of these.
    pd.DataFrame(rest).to_parquet(folder / _REST, index=False)
    _write_events(cases.events, folder, rows)
    events = cases.events
    about = {"columns": columns, "marks": list(events.marks), "vocabulary": events.vocabulary}
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def _as_array(column: pd.Series) -> tuple[np.ndarray | None, dict[str, Any]]:
    """Give a column as an array and what makes a column of it again; no array of other forms."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        return column.to_numpy(), {}
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return None, {}
    # Models read no more of categories than their texts, which is what is sent of small tasks.
    names = list(dict.fromkeys(column.cat.categories.astype("str"))) or [""]
    coded = texts(column).astype(pd.CategoricalDtype(names, column.cat.ordered))
    return coded.cat.codes.to_numpy(), {"categories": names, "ordered": bool(column.cat.ordered)}


def _write_events(events: Events, folder: Path, rows: np.ndarray | None) -> None:
    if rows is None:
        np.save(folder / "offsets.npy", events.offsets)
        for number, mark in enumerate(events.marks.values()):
            np.save(folder / f"mark-{number}.npy", mark)
        return
    offsets = np.concatenate([[0], np.cumsum(events.lengths[rows])]).astype(np.int64)
    np.save(folder / "offsets.npy", offsets)
    marks = [
        np.lib.format.open_memmap(
            folder / f"mark-{number}.npy", "w+", mark.dtype, (max(1, int(offsets[-1])),)
        )
        for number, mark in enumerate(events.marks.values())
    ]
    for first in range(0, len(rows), _BLOCK):
        taken = events.take(rows[first : first + _BLOCK])
        begin = offsets[first]
        for mark, values in zip(marks, taken.marks.values(), strict=True):
            mark[begin : begin + len(values)] = values


def is_mapped(folder: Path) -> bool:
    """Tell whether a folder holds what ``write_mapped`` writes."""
    return (folder / _ABOUT).exists()


def map_cases(folder: Path) -> Cases:
    """Read cases without reading them: each array is that of its file.

    Every call maps anew, and shows what the files hold, whatever was written into earlier arrays.
    """
    about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    offsets = private_map(folder / "offsets.npy")
    marks = {
        name: private_map(folder / f"mark-{number}.npy")[: offsets[-1]]
        for number, name in enumerate(about["marks"])
    }
    vocabulary = {name: tuple(names) for name, names in about["vocabulary"].items()}
    rest = pd.read_parquet(folder / _REST)
    columns: dict[str, Any] = {}
    for number, (name, kind) in enumerate(about["columns"]):
        if name in rest:
            columns[name] = rest[name]
            continue
        values = private_map(folder / f"column-{number}.npy")
        if kind:
            dtype = pd.CategoricalDtype(kind["categories"], kind["ordered"])
            values = pd.Categorical.from_codes(values, dtype=dtype)
        columns[name] = values
    index = pd.RangeIndex(len(offsets) - 1)
    features = pd.DataFrame(columns, index=index, copy=False)
    events = _unchecked(Events, offsets=offsets, marks=marks, vocabulary=vocabulary)
    return _unchecked(Cases, features=features, events=events)


def _unchecked(made_of: type[_T], **fields: object) -> _T:
    """Make cases or events of what was looked at before it was sent, and is not read for that."""
    made = object.__new__(made_of)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


class MappedCases(Cases):
    """The cases of a large task, of which the parts of one split are cut once for all workers.

    Parameters
    ----------
    folder : Path
        Of the task.
    split, test : Split, ndarray
        The rows that are cut.
    cuts : Path
        The folder for the parts of this split; whoever comes first makes it.
    """

    def __init__(self, folder: Path, split: Split, test: np.ndarray, cuts: Path) -> None:
        whole = map_cases(folder)
        object.__setattr__(self, "features", whole.features)
        object.__setattr__(self, "events", whole.events)
        parts = zip(_PARTS, (split.fit, split.valid, test), strict=True)
        object.__setattr__(self, "_parts", tuple(parts))
        object.__setattr__(self, "_folder", folder)
        object.__setattr__(self, "_cuts", cuts)

    def take(self, rows: np.ndarray) -> Cases:
        """Give the cases ``rows``; those of a part of the split from its files."""
        for name, of_part in self._parts:
            if rows is of_part:
                return self._part(name, rows)
        return super().take(rows)

    def _part(self, name: str, rows: np.ndarray) -> Cases:
        if not self._cuts.exists():
            self._cut()
        with suppress(FileNotFoundError):
            return map_cases(self._cuts / name)
        # There was no room for files, or they have just made room for those of other splits.
        return super().take(rows)

    def _cut(self) -> None:
        """Write the parts; where another worker is first, its files stay."""
        made = Path(tempfile.mkdtemp(dir=self._cuts.parent, prefix="cut-"))
        whole = map_cases(self._folder)  # whose pages are given back when all is cut
        try:
            for name, rows in self._parts:
                write_mapped(whole, made / name, rows)
            made.rename(self._cuts)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
        with suppress(OSError):
            older = sorted(self._cuts.parent.glob(f"*{CUT}"), key=lambda cut: cut.stat().st_mtime)
            for cut in older[:-_CUTS]:
                shutil.rmtree(cut, ignore_errors=True)
