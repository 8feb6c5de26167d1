"""Markov chain: how a buyer's events follow each other, and how another's do."""

from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.model import Explanation, Model, two_columns
from ._event_symbols import EventSymbols
from ._sequence_odds import SequenceOdds


class MarkovChain(Model):
    """Likelihood ratio of two first-order Markov chains, one per outcome.

    A symbol is an event's kind, with a bin of its gap where the alphabet allows.  Each chain's
    step probabilities are smoothed towards those of all fit cases, in proportion to the outcome's
    frequency: a rare or unseen step is then no evidence rather than wild evidence.

    Parameters
    ----------
    smoothing : float, default=20.0
        Weight of all fit cases' step probabilities, in events from each symbol.
    most_symbols : int, default=400
        Size of the alphabet; rarer kinds share a symbol.
    """

    title = "Markov chain"
    family = "sequence"
    views = frozenset({"events"})

    def __init__(self, smoothing: float = 20.0, most_symbols: int = 400):
        self.smoothing = smoothing
        self.most_symbols = most_symbols

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Count steps in the fit cases; calibrate on the valid cases."""
        self.symbols_ = EventSymbols(self.most_symbols).fit(cases.events)
        owner, source, target = self._steps(cases)
        # The start of a sequence is one more source.
        n = self.symbols_.n_symbols_
        cell = np.ravel_multi_index((y[owner], source, target), (2, n + 1, n))
        self.counts_ = np.bincount(cell, minlength=2 * (n + 1) * n).reshape(2, n + 1, n)
        both = self.counts_.sum(axis=0)
        overall = (both.sum(axis=0) + 1.0) / (both.sum() + n)
        pooled = (both + self.smoothing * overall) / (
            both.sum(axis=1, keepdims=True) + self.smoothing
        )
        share = np.array([1.0 - y.mean(), y.mean()])
        weight = 2.0 * self.smoothing * share[:, None, None]
        log_p = np.log(self.counts_ + weight * pooled)
        log_p -= np.log(self.counts_.sum(axis=2, keepdims=True) + weight)
        self.step_log_odds_ = log_p[1] - log_p[0]
        self.odds_ = SequenceOdds().fit(self._log_ratio, cases, y, valid)
        return self

    def _steps(self, cases: Cases) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pair each event with the symbol before it; the first of a case comes from the start."""
        events = cases.events
        target = self.symbols_.transform(events)
        source = np.concatenate([[0], target])[: len(target)]
        source[events.offsets[:-1][events.lengths > 0]] = self.symbols_.n_symbols_
        return events.owner, source, target

    def _log_ratio(self, cases: Cases) -> np.ndarray:
        owner, source, target = self._steps(cases)
        return np.bincount(owner, self.step_log_odds_[source, target], len(cases))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.odds_.predict(cases, self._log_ratio(cases)))

    def explain(self) -> Explanation:
        """List the steps that say most, of those seen often enough to be trusted."""
        seen = self.counts_.sum(axis=0)
        often = seen >= max(20, seen.sum() // 2000)
        strength = np.where(often, np.abs(self.step_log_odds_), 0.0)
        ranked = np.argsort(-strength, axis=None, kind="stable")[: min(15, int(often.sum()))]
        names = [*self.symbols_.names_, "(start)"]
        rows = [
            (names[a], names[b], float(self.step_log_odds_[a, b]), *map(int, self.counts_[:, a, b]))
            for a, b in zip(*np.unravel_index(ranked, strength.shape), strict=True)
        ]
        return Explanation(
            "table",
            "Steps from one event to the next that speak most for (positive) or against (negative) "
            "the outcome, and how often fit cases without and with it took them.",
            ("from", "to", "log odds", "seen without", "seen with"),
            tuple(rows),
        )
