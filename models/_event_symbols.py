"""Events as a small alphabet: the kind, and how long ago the event before was."""

from typing import Self

import numpy as np

from ..bench.events import Events


class EventSymbols:
    """One code an event: its kind, joined with a bin of its gap where the alphabet stays small.

    Kinds that too few fit events hold, and those that none holds, share the last code.

    Parameters
    ----------
    most_symbols : int, default=400
        Size that the alphabet may reach.
    gap_bins : int, default=4
        Bins of equal shares of the gaps other than 0; a gap of 0 has its own.
    """

    def __init__(self, most_symbols: int = 400, gap_bins: int = 4):
        self.most_symbols = most_symbols
        self.gap_bins = gap_bins

    def fit(self, events: Events) -> Self:
        """Learn which kinds are common, and where gaps are cut."""
        counts = np.bincount(events.kind, minlength=events.n_kinds)
        by_frequency = np.argsort(-counts, kind="stable")
        common = by_frequency[counts[by_frequency] >= 2][: self.most_symbols - 1]
        gaps = events.gap[events.gap > 0].astype(float)
        self.cuts_ = np.zeros(0)
        if len(gaps) and (len(common) + 1) * (self.gap_bins + 1) <= self.most_symbols:
            shares = np.linspace(0, 1, self.gap_bins + 1)[1:-1]
            inner = np.unique(np.quantile(gaps, shares, method="inverted_cdf"))
            self.cuts_ = np.concatenate([[0.0], inner])
        self.code_of_kind_ = np.full(events.n_kinds, len(common))
        self.code_of_kind_[common] = np.arange(len(common))
        names = [events.vocabulary["kind"][kind] for kind in common]
        self.names_ = [f"{name}{gap}" for name in [*names, "(other)"] for gap in self._gap_names()]
        return self

    def _gap_names(self) -> list[str]:
        if len(self.cuts_) == 0:
            return [""]
        edges = [_duration(cut) for cut in self.cuts_[1:]]
        later = [f", gap <= {edge}" for edge in edges]
        return [", no gap", *later, f", gap > {edges[-1]}" if edges else ", after a gap"]

    @property
    def n_symbols_(self) -> int:
        """Size of the alphabet."""
        return len(self.names_)

    def transform(self, events: Events) -> np.ndarray:
        """Give the code of each event, shape (n_events,)."""
        gap = np.searchsorted(self.cuts_, events.gap.astype(float), side="left")
        return self.code_of_kind_[events.kind] * (len(self.cuts_) + 1) + gap


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
