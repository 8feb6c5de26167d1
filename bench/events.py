"""Ragged event sequences: what was seen of each case, in order, before the moment of prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from .errors import DataError


@dataclass(frozen=True, eq=False)
class Events:
    """The events of all cases end to end, with the borders between cases.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n_cases + 1,)
        Events of case ``i`` are rows ``offsets[i]`` to ``offsets[i + 1]``.
    marks : mapping of str to ndarray, each of shape (n_events,)
        ``kind`` (int32 codes into ``vocabulary["kind"]``) and ``gap`` (float32, seconds since the
        event before; 0 for the first) are always there.  Further marks are categorical (int32
        codes, named in ``vocabulary``) or numeric (float32, finite).
    vocabulary : mapping of str to tuple of str
        The names behind the codes of each categorical mark.  It belongs to the data set, not to a
        split: a code that no fit case holds may appear at prediction.

    Raises
    ------
    DataError
        If the offsets do not fit the marks, or a mark is not finite or out of its vocabulary.
    """

    offsets: np.ndarray
    marks: Mapping[str, np.ndarray]
    vocabulary: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        for name in ("kind", "gap"):
            if name not in self.marks:
                raise DataError(f"events need a mark {name!r}; found {sorted(self.marks)}.")
        if "kind" not in self.vocabulary:
            raise DataError("events need a vocabulary for the mark 'kind'.")
        offsets = self.offsets
        if len(offsets) == 0 or offsets[0] != 0 or (np.diff(offsets) < 0).any():
            raise DataError("event offsets must start at 0 and never fall.")
        for name, mark in self.marks.items():
            if len(mark) != offsets[-1]:
                raise DataError(
                    f"event mark {name!r} has {len(mark)} values; the offsets end at {offsets[-1]}."
                )
            if name in self.vocabulary:
                n_values = len(self.vocabulary[name])
                if len(mark) and (mark.min() < 0 or mark.max() >= n_values):
                    raise DataError(
                        f"event mark {name!r} holds codes from {mark.min()} to {mark.max()}; "
                        f"its vocabulary has {n_values} names."
                    )
            elif not np.isfinite(mark).all():
                row = int(np.flatnonzero(~np.isfinite(mark))[0])
                raise DataError(
                    f"event mark {name!r} is {mark[row]} in event {row}; marks must be finite."
                )

    @classmethod
    def none(cls, n_cases: int) -> Self:
        """Give the events of cases of which no event was seen.

        Parameters
        ----------
        n_cases : int
        """
        return cls(
            offsets=np.zeros(n_cases + 1, dtype=np.int64),
            marks={"kind": np.zeros(0, np.int32), "gap": np.zeros(0, np.float32)},
            vocabulary={"kind": ("none",)},
        )

    @classmethod
    def joined(cls, parts: "Sequence[Events]") -> Self:
        """Put the events of several groups of cases behind each other.

        Parameters
        ----------
        parts : sequence of Events
            Of one vocabulary; at least one.
        """
        names, vocabulary = parts[0].marks, parts[0].vocabulary
        lengths = np.concatenate([part.lengths for part in parts])
        marks = {name: np.concatenate([part.marks[name] for part in parts]) for name in names}
        return cls(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), marks, vocabulary)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_events(self) -> int:
        """Events of all cases together."""
        return int(self.offsets[-1])

    @property
    def n_kinds(self) -> int:
        """Size of the vocabulary of kinds."""
        return len(self.vocabulary["kind"])

    @property
    def kind(self) -> np.ndarray:
        """Kind of each event, int32, shape (n_events,)."""
        return self.marks["kind"]

    @property
    def gap(self) -> np.ndarray:
        """Seconds since the event before, float32, shape (n_events,)."""
        return self.marks["gap"]

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of events of each case, shape (n_cases,)."""
        return np.diff(self.offsets)

    @cached_property
    def owner(self) -> np.ndarray:
        """Case number of each event, shape (n_events,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def _gather(self, starts: np.ndarray, lengths: np.ndarray) -> Self:
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        rows = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
        marks = {name: mark[rows] for name, mark in self.marks.items()}
        return type(self)(offsets, marks, self.vocabulary)

    def take(self, rows: np.ndarray) -> Self:
        """Give the events of the cases ``rows`` (numbers, or a mask), in that order.

        Parameters
        ----------
        rows : ndarray of int, or of bool of length n_cases
        """
        rows = np.arange(len(self))[rows]
        return self._gather(self.offsets[:-1][rows], self.lengths[rows])

    def last(self, n: int) -> Self:
        """Keep at most the ``n`` latest events of each case.

        Parameters
        ----------
        n : int
        """
        lengths = np.minimum(self.lengths, n)
        return self._gather(self.offsets[1:] - lengths, lengths)

    def first(self, n: int) -> Self:
        """Keep at most the ``n`` earliest events of each case.

        Parameters
        ----------
        n : int
        """
        return self._gather(self.offsets[:-1], np.minimum(self.lengths, n))

    def kept(self, mask: np.ndarray) -> Self:
        """Keep some events, as if the others had never been seen.

        The gap before an event is then the time since the one that is left before it; a case's new
        first event has none, as every first one.

        Parameters
        ----------
        mask : ndarray of bool, shape (n_events,)
        """
        seconds = np.cumsum(self.gap, dtype=float)[mask]
        lengths = np.bincount(self.owner[mask], minlength=len(self))
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        gap = np.diff(seconds, prepend=0.0)
        gap[offsets[:-1][lengths > 0]] = 0.0
        marks = {name: mark[mask] for name, mark in self.marks.items()}
        return type(self)(offsets, marks | {"gap": gap.astype(np.float32)}, self.vocabulary)

    def padded(self, name: str, length: int, fill: float = 0, *, shift: int = 0) -> np.ndarray:
        """Lay one mark out as a matrix, padded in front.

        Parameters
        ----------
        name : str
            The mark.
        length : int
            Columns; of longer cases the latest events are kept.
        fill : number, default=0
            Value of the cells in front of a case's first event.
        shift : int, default=0
            Added to every mark, so that code 0 can be told from padding.

        Returns
        -------
        ndarray of shape (n_cases, length)
            The latest event of every case stands in the last column.
        """
        latest = self.last(length)
        mark = latest.marks[name]
        matrix = np.full((len(self), length), fill, dtype=mark.dtype)
        position = np.arange(latest.n_events) - latest.offsets[:-1][latest.owner]
        column = length - latest.lengths[latest.owner] + position
        matrix[latest.owner, column] = mark + np.asarray(shift, dtype=mark.dtype)
        return matrix
