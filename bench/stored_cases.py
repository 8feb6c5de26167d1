"""Cases on disk, column by column: those of a table that memory does not hold."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import pandas as pd

from .cases import is_numeric
from .errors import DataError

_ABOUT, _TARGET = "about.json", "target.i1"
_TIME, _SIDE, _WEIGHT = "time.i8", "side.i8", "weight.f8"
_NUMBER, _CODE = np.dtype("<f8"), np.dtype("<i4")
_HASHED = 1 << 24
MISSING_CODE = -1


@dataclass(frozen=True)
class StoredCases:
    """Cases whose outcomes are known, in a folder of one file a column.

    Every one of them is to be learnt from: none is ever tested or watched.

    Parameters
    ----------
    folder : Path
    names : tuple of str
        The columns, in order.
    values : mapping of str to tuple of str
        Of each column that is a category, the values that its codes number.
    n_cases : int
    n_positive : int
    sha256 : str
        Of what the files hold.
    has_time : bool
        Whether the moment of each prediction is known.
    has_side : bool
        Whether the data say on which side of a split each stands.
    has_weight : bool
        Whether they say for how many cases each stands.
    """

    folder: Path
    names: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    n_cases: int
    n_positive: int
    sha256: str
    has_time: bool
    has_side: bool
    has_weight: bool

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read what a folder says of itself.

        Raises
        ------
        DataError
            If it holds no such cases, or one of its files is not as long as it should be.
        """
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            found = cls(
                folder,
                tuple(about["names"]),
                {name: tuple(values) for name, values in about["values"].items()},
                about["n_cases"],
                about["n_positive"],
                about["sha256"],
                about["has_time"],
                about["has_side"],
                about["has_weight"],
            )
            for path, width in found._files():
                if path.stat().st_size != width * found.n_cases:
                    raise DataError(f"{path} is not as long as it should be.  Remove {folder}.")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{folder} holds no stored cases: {error}.  Remove it.") from error
        return found

    def verify(self) -> None:
        """Raise ``DataError`` if the files do not hold what was written."""
        digest = _digest_of(self.names, self.values)
        for path, _ in self._files():
            with path.open("rb") as file:
                while part := file.read(_HASHED):
                    digest.update(part)
        if digest.hexdigest() != self.sha256:
            raise DataError(f"{self.folder} was changed since it was written.  Remove it.")

    def _files(self) -> list[tuple[Path, int]]:
        """Give each file and the bytes that a case has in it, in the order of the digest."""
        widths = [(self._of(name), self._type(name).itemsize) for name in self.names]
        roles = _roles(self.has_time, self.has_side, self.has_weight)
        return [*widths, (self.folder / _TARGET, 1), *((self.folder / role, 8) for role in roles)]

    def _of(self, name: str) -> Path:
        return self.folder / _file_of(self.names.index(name), name in self.values)

    def _type(self, name: str) -> np.dtype:
        return _CODE if name in self.values else _NUMBER

    def read(self, name: str, start: int, stop: int) -> np.ndarray:
        """Give some cases' numbers (float64, NaN where missing) or codes (int32, -1), in order."""
        kind = self._type(name)
        return np.fromfile(self._of(name), kind, stop - start, offset=start * kind.itemsize)

    def take(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Give the numbers or codes of the cases ``rows``, in that order."""
        return np.array(np.memmap(self._of(name), self._type(name), "r")[rows])

    @cached_property
    def target(self) -> np.ndarray:
        """Outcomes, int8, shape (n_cases,)."""
        return np.fromfile(self.folder / _TARGET, np.int8)

    @property
    def time(self) -> np.ndarray:
        """Moments of prediction, datetime64[s], shape (n_cases,)."""
        return np.fromfile(self.folder / _TIME, "<i8").astype("datetime64[s]")

    @property
    def side(self) -> np.ndarray:
        """Sides of the split that came with the data, as ``Task.given_split``, shape (n_cases,)."""
        return np.fromfile(self.folder / _SIDE, "<i8")

    @cached_property
    def weight(self) -> np.ndarray:
        """For how many cases each stands, float64, shape (n_cases,)."""
        return np.fromfile(self.folder / _WEIGHT, "<f8")


class CaseWriter:
    """Writes cases block by block into a folder of its own.

    Parameters
    ----------
    folder : Path
        Is there and empty.
    columns : DataFrame
        Any cases, for the names and kinds of their columns.
    has_time, has_side, has_weight : bool
    """

    def __init__(
        self,
        folder: Path,
        columns: pd.DataFrame,
        *,
        has_time: bool,
        has_side: bool = False,
        has_weight: bool = False,
    ) -> None:
        self._folder, self._has_time = folder, has_time
        self._has_side, self._has_weight = has_side, has_weight
        self._names = list(columns)
        self._code_of: dict[str, dict[str, int]] = {
            name: {} for name in columns if not is_numeric(columns[name])
        }
        self._files: list[IO[bytes]] = []
        self._n_cases = self._n_positive = 0

    def __enter__(self) -> Self:
        files = [_file_of(at, name in self._code_of) for at, name in enumerate(self._names)]
        roles = _roles(self._has_time, self._has_side, self._has_weight)
        for name in [*files, _TARGET, *roles]:
            # Closed when the writer is left.
            self._files.append((self._folder / name).open("wb"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()

    def add(
        self,
        features: pd.DataFrame,
        target: np.ndarray,
        time: np.ndarray | None = None,
        side: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> None:
        """Write some cases.

        Parameters
        ----------
        features : DataFrame of n_cases rows
        target : ndarray of int8, shape (n_cases,)
        time : ndarray of datetime64[s], shape (n_cases,), optional
        side : ndarray of int, shape (n_cases,), optional
        weight : ndarray of float, shape (n_cases,), optional
        """
        columns: list[np.ndarray] = [self._column(name, features[name]) for name in self._names]
        columns.append(target.astype(np.int8))
        if self._has_time:
            columns.append(time.astype("datetime64[s]").astype("<i8"))
        if self._has_side:
            columns.append(side.astype("<i8"))
        if self._has_weight:
            columns.append(weight.astype("<f8"))
        for file, values in zip(self._files, columns, strict=True):
            file.write(np.ascontiguousarray(values).data)
        self._n_cases += len(target)
        self._n_positive += int((target == 1).sum())

    def _column(self, name: str, column: pd.Series) -> np.ndarray:
        if name not in self._code_of:
            return column.to_numpy(dtype=_NUMBER, na_value=np.nan)
        known = self._code_of[name]
        at, values = pd.factorize(column)
        codes = [known.setdefault(str(value), len(known)) for value in values]
        return np.array([*codes, MISSING_CODE], dtype=_CODE)[at]

    def finish(self) -> StoredCases:
        """Write down what was written, after the last block."""
        for file in self._files:
            file.flush()
        values = {name: tuple(codes) for name, codes in self._code_of.items()}
        digest = _digest_of(self._names, values)
        for file in self._files:
            with Path(file.name).open("rb") as written:
                while part := written.read(_HASHED):
                    digest.update(part)
        about: dict[str, Any] = {
            "names": self._names,
            "values": values,
            "n_cases": self._n_cases,
            "n_positive": self._n_positive,
            "sha256": digest.hexdigest(),
            "has_time": self._has_time,
            "has_side": self._has_side,
            "has_weight": self._has_weight,
        }
        (self._folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        return StoredCases.open(self._folder)


def _roles(has_time: bool, has_side: bool, has_weight: bool) -> list[str]:
    return [*[_TIME] * has_time, *[_SIDE] * has_side, *[_WEIGHT] * has_weight]


def _file_of(number: int, is_category: bool) -> str:
    return f"column-{number}.{'i4' if is_category else 'f8'}"


def _digest_of(names: Sequence[str], values: Mapping[str, Sequence[str]]) -> "hashlib._Hash":
    told = json.dumps([list(names), {name: list(of) for name, of in values.items()}])
    return hashlib.sha256(told.encode())
