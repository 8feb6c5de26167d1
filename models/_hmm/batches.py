"""Sequences laid out step by step, so that many take the same step of a recursion at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Small enough that what a recursion works on stays in the processor's cache.
_EVENTS_AT_ONCE = 20_000


@dataclass(frozen=True, eq=False)
class Batch:
    """Sequences of similar length, longest first, with their events ordered by step.

    Parameters
    ----------
    rows : ndarray of int64, shape (n_sequences,)
        Which sequences these are.
    symbols : ndarray of int, shape (n_events,)
        First the first symbol of every sequence, then the second of those that have one, ...
    steps : ndarray of int64, shape (n_steps + 1,)
        Borders of the steps in ``symbols``.
    """

    rows: np.ndarray
    symbols: np.ndarray
    steps: np.ndarray

    @property
    def running(self) -> np.ndarray:
        """How many sequences take each step, shape (n_steps,): always the first ones."""
        return np.diff(self.steps)

    @property
    def owner(self) -> np.ndarray:
        """For each event the position of its sequence in ``rows``, shape (n_events,)."""
        return np.arange(len(self.symbols)) - np.repeat(self.steps[:-1], self.running)

    @property
    def latest(self) -> np.ndarray:
        """Position of each sequence's latest event in ``symbols``, shape (n_sequences,)."""
        lengths = np.bincount(self.owner, minlength=len(self.rows))
        return self.steps[lengths - 1] + np.arange(len(self.rows))


def batches(symbols: np.ndarray, offsets: np.ndarray) -> Iterator[Batch]:
    """Cut sequences into batches that together hold every sequence but the empty ones.

    Parameters
    ----------
    symbols : ndarray of int, shape (n_events,)
        Sequences end to end.
    offsets : ndarray of int, shape (n_sequences + 1,)
        Their borders.
    """
    lengths = np.diff(offsets)
    longest_first = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    events_before = np.cumsum(lengths[longest_first]) - lengths[longest_first]
    number = events_before // _EVENTS_AT_ONCE
    for rows in np.split(longest_first, np.flatnonzero(np.diff(number)) + 1):
        if len(rows):
            yield _batch(rows, lengths[rows], offsets[rows], symbols)


def _batch(rows: np.ndarray, lengths: np.ndarray, first: np.ndarray, symbols: np.ndarray) -> Batch:
    n_steps = int(lengths[0])
    running = np.searchsorted(-lengths, -np.arange(n_steps), side="left")
    steps = np.concatenate([[0], np.cumsum(running)])
    step = np.repeat(np.arange(n_steps), running)
    owner = np.arange(steps[-1]) - steps[step]
    return Batch(rows, symbols[first[owner] + step], steps)
