"""Two Markov chains of marked events, one for each outcome: what a sequence says for either."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ...bench.events import Events
from .back_off import BackOffCounts, Odds, log_odds
from .marks import EventMarks

KIND = "kind"


@dataclass(frozen=True, eq=False)
class LocatedEvents:
    """Events found among the counts of a chain, ready for evidence of any order and smoothing.

    Parameters
    ----------
    found : mapping of str to list of (context, pair)
        For each mark, what ``BackOffCounts.locate`` gave.
    owner : mapping of str to ndarray of int
        For each mark, the case numbers of the events that have it.
    n_cases : int
    """

    found: Mapping[str, Sequence[tuple[np.ndarray, np.ndarray]]]
    owner: Mapping[str, np.ndarray]
    n_cases: int

    def log_ratio(self, odds: Mapping[str, Sequence[Odds]], order: int) -> np.ndarray:
        """Add up the evidence of each case, shape (n_cases,)."""
        total = np.zeros(self.n_cases)
        for name, found in self.found.items():
            found = found[: order + 1] if name == KIND else found
            total += np.bincount(self.owner[name], log_odds(found, odds[name]), self.n_cases)
        return total


class MarkedChain:
    """Counts of each event's kind given the kinds before it, and of its marks given its kind.

    Parameters
    ----------
    marks : EventMarks
        Fitted; how events are read.
    longest : int
        Most events before an event on which its kind may depend.
    """

    def __init__(self, marks: EventMarks, longest: int):
        self.marks = marks
        self.longest = longest

    def fit(self, events: Events, y: np.ndarray) -> Self:
        """Count, for outcomes of shape (n_cases,)."""
        y = y.astype(np.int64)
        self.counts_ = {
            name: BackOffCounts().fit(contexts, codes, len(self.marks.labels_[name]), y[owner])
            for name, contexts, codes, owner in self._read(events)
        }
        return self

    def _read(
        self, events: Events
    ) -> Iterator[tuple[str, list[np.ndarray], np.ndarray, np.ndarray]]:
        """Give each mark's name and, of the events that have it, contexts, codes and owners."""
        codes = dict(zip(self.marks.labels_, self.marks.transform(events), strict=True))
        kind = codes[KIND].astype(np.int64)
        for name, code in codes.items():
            has = code < len(self.marks.labels_[name])
            contexts = [kind] if name != KIND else self._histories(kind, events)
            yield name, [context[has] for context in contexts], code[has], events.owner[has]

    def _histories(self, kind: np.ndarray, events: Events) -> list[np.ndarray]:
        """Number the kinds before each event: the last one, the last two, and so on.

        Before the first event of a case stands the start, a kind of its own.
        """
        base = len(self.marks.labels_[KIND]) + 1
        position = np.arange(events.n_events) - events.offsets[:-1][events.owner]
        numbers, number = [], np.zeros(events.n_events, dtype=np.int64)
        for back in range(1, self.longest + 1):
            before = np.full(events.n_events, base - 1, dtype=np.int64)
            inside = np.flatnonzero(position >= back)
            before[inside] = kind[inside - back]
            number = number + before * base ** (back - 1)
            numbers.append(number)
        return numbers

    def name_history(self, number: int, order: int) -> str:
        """Name the kinds that ``number`` stands for, the earliest first."""
        names = [*self.marks.labels_[KIND], "(start)"]
        digits = [number // len(names) ** back % len(names) for back in range(order)]
        return ", ".join(names[digit] for digit in reversed(digits)) or "(any)"

    def locate(self, events: Events) -> LocatedEvents:
        """Find events among the counts."""
        found, owners = {}, {}
        for name, contexts, codes, owner in self._read(events):
            found[name] = self.counts_[name].locate(contexts, codes)
            owners[name] = owner
        return LocatedEvents(found, owners, len(events))

    def odds(self, smoothing: float) -> dict[str, list[Odds]]:
        """Give the evidence of everything seen, by mark and length of context."""
        return {name: counts.odds(smoothing) for name, counts in self.counts_.items()}
