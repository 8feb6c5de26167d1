"""Evidence of symbols in their contexts, for contexts of any length and any number of symbols."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from .joint_symbols import numbered


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen in the contexts of one length.

    Parameters
    ----------
    contexts : ndarray of int64, shape (n_contexts,)
        Sorted.
    pairs : ndarray of int64, shape (n_pairs,)
        ``context * n_symbols + symbol``, sorted.
    counts : ndarray of int, shape (2, n_pairs)
        How often, without and with the outcome.
    of_pair : ndarray of int, shape (n_pairs,)
        Position of each pair's context in ``contexts``.
    shorter : ndarray of int, shape (n_pairs,)
        Position of the pair of the same symbol and the next shorter context, among those seen
        there; 0 for the empty context.
    """

    contexts: np.ndarray
    pairs: np.ndarray
    counts: np.ndarray
    of_pair: np.ndarray
    shorter: np.ndarray


@dataclass(frozen=True, eq=False)
class Odds:
    """Log P(symbol | context, yes) - log P(symbol | context, no) for contexts of one length.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs,)
        Of the pairs that were seen.
    otherwise : ndarray of shape (n_contexts,)
        Of any other symbol, to be added to what the shorter context says of it.
    """

    pairs: np.ndarray
    otherwise: np.ndarray


class BackOffCounts:
    """Counts of symbols in nested contexts, and the evidence that follows from them.

    Frequencies over all cases back off from each context to the next shorter one by Witten and
    Bell's rule [1]_ [2]_: where a context was followed by ``d`` different symbols, the shorter
    one gets the weight ``d``.  The frequencies of one outcome are shrunk towards the product of
    those over all cases and of what the shorter context says for the outcome, a hierarchy of
    Dirichlet priors [3]_: a rare or unseen step is then little evidence of its own.  All of them
    add up to 1 over the symbols of a context.
    Only contexts and symbols that occur take memory.

    Attributes
    ----------
    seen_ : list of Seen
        One for every length of context, the empty one first.

    References
    ----------
    .. [1] Witten & Bell (1991), The zero-frequency problem: estimating the probabilities of novel
       events in adaptive text compression, method C.
    .. [2] Chen & Goodman (1999), An empirical study of smoothing techniques for language modeling.
    .. [3] MacKay & Peto (1995), A hierarchical Dirichlet language model.
    """

    def fit(
        self,
        contexts: Sequence[np.ndarray],
        symbols: np.ndarray,
        n_symbols: int,
        outcome: np.ndarray,
    ) -> Self:
        """Count pairs of context and symbol.

        Parameters
        ----------
        contexts : sequence of ndarray of int64, each of shape (n_events,)
            Each event's context as a number, the shortest first, each containing the one before;
            the empty one is not given.
        symbols : ndarray of int, shape (n_events,)
        n_symbols : int
            Symbols are below it; those that no event holds are possible too.
        outcome : ndarray of 0 and 1, shape (n_events,)
        """
        self.n_symbols_ = n_symbols
        self.seen_ = []
        shorter = np.zeros(len(symbols), dtype=np.int64)
        for context in _from_empty(contexts, symbols):
            key = context * n_symbols + symbols
            pairs, of_event = numbered(key, int(key.max(initial=0)) + 1)
            found, of_pair = np.unique(pairs // n_symbols, return_inverse=True)
            counts = np.bincount(of_event * 2 + outcome, minlength=2 * len(pairs))
            of_shorter = np.zeros(len(pairs), dtype=np.int64)
            of_shorter[of_event] = shorter
            self.seen_.append(Seen(found, pairs, counts.reshape(-1, 2).T, of_pair, of_shorter))
            shorter = of_event
        return self

    def odds(self, smoothing: float) -> list[Odds]:
        """Give the evidence of every pair seen.

        Parameters
        ----------
        smoothing : float
            Above 0: weight of what is expected, in events of each context.
        """
        return [
            Odds(np.log(lift[1] / lift[0]), np.log(otherwise[1] / otherwise[0]))
            for lift, otherwise in self._lifts(smoothing)
        ]

    def _lifts(self, smoothing: float) -> list[tuple[np.ndarray, np.ndarray]]:
        """Give, by length, P(symbol | context, outcome) / P(symbol | context) of the pairs seen.

        The second array is the factor by which it differs from that of the shorter context for
        the symbols not seen; shapes (2, n_pairs) and (2, n_contexts).
        """
        p, lift = np.array([1.0 / self.n_symbols_]), np.ones((2, 1))
        by_length = []
        for seen in self.seen_:
            both, of_pair, n_contexts = seen.counts.sum(axis=0), seen.of_pair, len(seen.contexts)
            n_different = np.bincount(of_pair, minlength=n_contexts)
            n_seen = np.bincount(of_pair, both, n_contexts) + n_different
            before = lift[:, seen.shorter]
            # What is expected of an outcome is P times the lift of the shorter context.  Over the
            # symbols not seen here that lift is known to add up: over all symbols it has mean 1.
            mass = np.array([np.bincount(of_pair, both * row, n_contexts) for row in before])
            mass = (mass + n_different) / n_seen
            n_outcome = np.array([np.bincount(of_pair, row, n_contexts) for row in seen.counts])
            otherwise = smoothing / (mass * (n_outcome + smoothing))
            p = (both + n_different[of_pair] * p[seen.shorter]) / n_seen[of_pair]
            lift = seen.counts / (p * (n_outcome + smoothing)[:, of_pair])
            lift += otherwise[:, of_pair] * before
            by_length.append((lift, otherwise))
        return by_length

    def locate(
        self, contexts: Sequence[np.ndarray], symbols: np.ndarray
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Find events among what was seen; a part of the contexts may be given.

        Returns
        -------
        list of (context, pair)
            By length, the positions of each event's context and pair in ``seen_``, each of shape
            (n_events,); -1 where they were not seen.
        """
        found = []
        for seen, context in zip(self.seen_, _from_empty(contexts, symbols), strict=False):
            pair = _look_up(seen.pairs, context * self.n_symbols_ + symbols)
            found.append((_look_up(seen.contexts, context), pair))
        return found


def log_odds(
    found: Sequence[tuple[np.ndarray, np.ndarray]], by_length: Sequence[Odds]
) -> np.ndarray:
    """Add up the evidence of located events, shape (n_events,), from the shortest context on."""
    total = np.zeros(len(found[0][0]))
    for (context, pair), odds in zip(found, by_length, strict=False):
        # An appended 0 is what position -1 gives.
        otherwise = total + np.append(odds.otherwise, 0.0)[context]
        total = np.where(pair >= 0, np.append(odds.pairs, 0.0)[pair], otherwise)
    return total


def _from_empty(contexts: Sequence[np.ndarray], symbols: np.ndarray) -> list[np.ndarray]:
    return [np.zeros(len(symbols), dtype=np.int64), *contexts]


def _look_up(table: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Find keys in a sorted table; -1 for those that are not there."""
    if len(table) == 0:
        return np.full(len(keys), -1)
    at = np.searchsorted(table, keys).clip(max=len(table) - 1)
    return np.where(table[at] == keys, at, -1)
