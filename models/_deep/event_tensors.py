"""Event sequences as dense arrays of one width for networks; padding stands in front."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...bench.encoding import ScaledOneHot
from ...bench.events import Events

PADDING, OTHER = 0, 1
_FIRST_CODE = 2


class EventTensors(BaseEstimator):
    """Codes, scaled numbers and presence of the latest events of each case.

    Parameters
    ----------
    longest : int, default=32
        Bound on the width, in events; of longer cases the latest events are kept.
    share : float, default=0.95
        Of the fit cases, that the width must hold in full.
    most_codes : int, default=500
        Values of a categorical mark that get a code of their own; all others, seen or unseen,
        share one.
    rare_below : int, default=20
        Fit events that a value must have to get a code of its own: what follows on a value seen
        five times is learnt by heart.  Where there are few events 0.2 % of them are enough, three
        at least.
    """

    def __init__(
        self, longest: int = 32, share: float = 0.95, most_codes: int = 500, rare_below: int = 20
    ):
        self.longest = longest
        self.share = share
        self.most_codes = most_codes
        self.rare_below = rare_below

    def fit(self, events: Events) -> Self:
        """Learn the width, the common values and the scales of the numeric marks."""
        width = int(np.ceil(np.quantile(events.lengths, self.share))) if len(events) else 0
        self.width_ = int(np.clip(width, 1, self.longest))
        latest = events.last(self.width_)
        self.codes_ = {
            name: self._learn_codes(latest.marks[name], latest.vocabulary[name])
            for name in sorted(latest.vocabulary)
        }
        self.numeric_ = sorted(set(latest.marks) - set(latest.vocabulary))
        self.scales_ = ScaledOneHot(clip=5.0).fit(pd.DataFrame(self._numbers(latest)))
        self.length_scale_ = ScaledOneHot(clip=5.0).fit(pd.DataFrame(_lengths(events)))
        return self

    @property
    def n_codes_(self) -> tuple[int, ...]:
        """Number of codes of each categorical mark, with those for padding and other values."""
        return tuple(_FIRST_CODE + len(codes) for codes in self.codes_.values())

    def transform(self, events: Events) -> dict[str, np.ndarray]:
        """Lay the events out.

        Returns
        -------
        dict of str to ndarray
            ``codes``: int32, shape (n_cases, width, n_categorical), 0 for padding; marks in the
            order of ``n_codes_``.  ``numbers``: float32, shape (n_cases, width, n_numeric), 0 for
            padding.  ``present``: bool, shape (n_cases, width).  ``length``: float32, shape
            (n_cases, 1), the scaled number of all events of the case.
        """
        latest = events.last(self.width_)
        cells = self._cells(latest)
        codes = np.column_stack([self._coded(name, latest) for name in self.codes_])
        numbers = np.empty((latest.n_events, 0), dtype=np.float32)
        if self.numeric_:
            numbers = self.scales_.of_numbers(self._numbers(latest)).astype(np.float32)
        present = np.ones(latest.n_events, dtype=bool)
        return {
            "codes": self._laid_out(codes, cells, len(events)),
            "numbers": self._laid_out(numbers, cells, len(events)),
            "present": self._laid_out(present, cells, len(events)),
            "length": self.length_scale_.of_numbers(_lengths(events)).astype(np.float32),
        }

    def _learn_codes(self, mark: np.ndarray, names: tuple[str, ...]) -> dict[str, int]:
        needed = min(self.rare_below, max(3, 0.002 * len(mark)))
        counts = np.bincount(mark, minlength=len(names))
        common = np.argsort(-counts, kind="stable")[: self.most_codes]
        kept = [names[value] for value in common if counts[value] >= needed]
        return {name: _FIRST_CODE + rank for rank, name in enumerate(kept)}

    def _coded(self, name: str, events: Events) -> np.ndarray:
        codes = self.codes_[name]
        names, mark = events.vocabulary[name], events.marks[name]
        if len(mark) < len(names):
            return np.array([codes.get(names[value], OTHER) for value in mark], dtype=np.int32)
        table = np.array([codes.get(value, OTHER) for value in names], dtype=np.int32)
        return table[mark]

    def _numbers(self, events: Events) -> dict[str, np.ndarray]:
        return {name: events.marks[name] for name in self.numeric_}

    def _cells(self, events: Events) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each event, the latest of every case in the last column."""
        to_the_end = events.offsets[1:][events.owner] - np.arange(events.n_events)
        return events.owner, self.width_ - to_the_end

    def _laid_out(
        self, mark: np.ndarray, cells: tuple[np.ndarray, np.ndarray], n_cases: int
    ) -> np.ndarray:
        matrix = np.zeros((n_cases, self.width_, *mark.shape[1:]), dtype=mark.dtype)
        matrix[cells] = mark
        return matrix


def _lengths(events: Events) -> dict[str, np.ndarray]:
    return {"length": np.log1p(events.lengths)}
