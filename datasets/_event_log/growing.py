"""Columns that grow piece by piece: in memory while they are small, then in files."""

import tempfile
from collections.abc import Iterator
from typing import IO

import numpy as np

from .connection import no_room

# Bytes of pieces that wait in memory for those that follow.
WAITING = 256 << 20


class GrowingColumns:
    """Columns of any length, each of one type, to which pieces are added at the end.

    What is more than ``WAITING`` bytes goes to files that have no name, and from there into no
    memory but what the system can take back: a column is read as if it were an array.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[np.ndarray]] = {}
        self._files: dict[str, IO[bytes]] = {}
        self._n_bytes = 0

    def __contains__(self, name: str) -> bool:
        return name in self._waiting

    def __iter__(self) -> Iterator[str]:
        """Give the names of the columns that have not been taken, in the order of their first."""
        return iter(tuple(self._waiting))

    def add(self, name: str, values: np.ndarray) -> None:
        """Add a piece to a column.

        Raises
        ------
        TypeError
            If it is of another type than the column.
        DataError
            If there is no room for files.
        """
        pieces = self._waiting.setdefault(name, [])
        if pieces and pieces[0].dtype != values.dtype:
            raise TypeError(f"column {name!r} is of {pieces[0].dtype}; got {values.dtype}.")
        pieces.append(values)
        self._n_bytes += values.nbytes
        if self._n_bytes > WAITING:
            for each in self._waiting:
                self._write(each)
            self._n_bytes = 0

    def whole(self, name: str) -> np.ndarray:
        """Give a column as it stands; where it lies in a file, it cannot be written to."""
        if name in self._files:
            self._write(name)
            file, (empty,) = self._files[name], self._waiting[name]
            if file.tell():  # nothing cannot be mapped
                # It stays mapped when the file is closed, and goes with the last array of it.
                return np.asarray(np.memmap(file, dtype=empty.dtype, mode="r"))
        return np.concatenate(self._waiting[name])

    def take(self, name: str) -> np.ndarray:
        """Give a column, and forget it."""
        found = self.whole(name)
        del self._waiting[name]
        if name in self._files:
            self._files.pop(name).close()
        return found

    def _write(self, name: str) -> None:
        pieces = self._waiting[name]
        try:
            if name not in self._files:
                # Without a name, so that nothing is left behind; closed when the column is taken.
                self._files[name] = tempfile.TemporaryFile()  # noqa: SIM115
            for piece in pieces:
                self._files[name].write(np.ascontiguousarray(piece).data)
            self._files[name].flush()
        except OSError as error:
            raise no_room("the log", error) from error
        # An empty piece keeps the type.
        self._waiting[name] = [pieces[0][:0].copy()]
