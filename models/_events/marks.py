"""Events as a few codes each: one for every mark, numbers binned."""

from typing import Self

import numpy as np

from ...bench.events import Events

_OTHER = "(other)"
_ALWAYS = "kind"


class EventMarks:
    """A code for every mark of an event that varies among the fit events.

    Values of a categorical mark that fewer than two fit events hold, and those that none holds,
    share its last code.  Numbers are cut at equal shares of the fit events; a gap of 0 has a bin of
    its own.  A case's first event has no gap: its code is the number of labels, which says that
    the mark is missing.

    Parameters
    ----------
    most_values : int, default=400
        Codes that a categorical mark may have.
    n_bins : int, default=6
        Most bins of a number.
    """

    def __init__(self, most_values: int = 400, n_bins: int = 6):
        self.most_values = most_values
        self.n_bins = n_bins

    def fit(self, events: Events) -> Self:
        """Learn which values are common, and where numbers are cut."""
        self.code_of_value_: dict[str, np.ndarray] = {}
        self.cuts_: dict[str, np.ndarray] = {}
        self.labels_: dict[str, tuple[str, ...]] = {}
        for name, mark in events.marks.items():
            if name in events.vocabulary:
                names = events.vocabulary[name]
                code_of_value, kept = _common_first(mark, len(names), self.most_values)
                if len(kept) < 2 and name != _ALWAYS:
                    continue
                self.code_of_value_[name] = code_of_value
                said = [names[value] for value in kept]
                if name != _ALWAYS:
                    said = [f"{name} {value}" for value in said]
                self.labels_[name] = (*said, _OTHER if name == _ALWAYS else f"{name} {_OTHER}")
            else:
                known = np.delete(mark, _without_gap(events)) if name == "gap" else mark
                cuts = self._learn_cuts(name, known.astype(float))
                if len(cuts):
                    self.cuts_[name] = cuts
                    self.labels_[name] = _name_bins(name, cuts)
        return self

    def _learn_cuts(self, name: str, x: np.ndarray) -> np.ndarray:
        first = [0.0] if name == "gap" and (x == 0).any() else []
        x = x[x > 0] if first else x
        if len(x) == 0:
            return np.zeros(0)
        shares = np.linspace(0, 1, self.n_bins + 1)[1:-1]
        cuts = np.unique([*first, *np.quantile(x, shares, method="inverted_cdf")])
        return cuts[cuts < x.max()]

    @property
    def sizes_(self) -> tuple[int, ...]:
        """Number of values of each mark, not counting that it is missing."""
        return tuple(map(len, self.labels_.values()))

    def transform(self, events: Events) -> np.ndarray:
        """Give the codes of each event's marks, shape (n_marks, n_events), int32.

        A code is a position in ``labels_``, or one above where the mark is missing.
        """
        codes = np.empty((len(self.labels_), events.n_events), dtype=np.int32)
        for row, name in zip(codes, self.labels_, strict=True):
            mark = events.marks[name]
            if name in self.cuts_:
                row[:] = np.searchsorted(self.cuts_[name], mark.astype(float), side="left")
            else:
                row[:] = self.code_of_value_[name][mark]
            if name == "gap":
                row[_without_gap(events)] = len(self.labels_[name])
        return codes


def _without_gap(events: Events) -> np.ndarray:
    """Find the first events of cases, unless earlier ones were cut off and left their gap."""
    first = events.offsets[:-1][events.lengths > 0]
    return first[events.gap[first] == 0]


def _common_first(mark: np.ndarray, n_values: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    counts = np.bincount(mark, minlength=n_values)
    by_frequency = np.argsort(-counts, kind="stable")
    kept = by_frequency[counts[by_frequency] >= 2][: most - 1]
    code_of_value = np.full(n_values, len(kept), dtype=np.int32)
    code_of_value[kept] = np.arange(len(kept))
    return code_of_value, kept


def _name_bins(name: str, cuts: np.ndarray) -> tuple[str, ...]:
    edges = [_duration(cut) if name == "gap" else f"{cut:.3g}" for cut in cuts]
    between = [f"{low} to {high}" for low, high in zip(edges, edges[1:], strict=False)]
    ranges = [f"{name} {text}" for text in (f"<= {edges[0]}", *between, f"> {edges[-1]}")]
    if name == "gap" and cuts[0] == 0:
        ranges[0] = "no gap"
    return tuple(ranges)


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
