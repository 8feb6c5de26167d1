"""Markov chain: how a buyer's events follow each other, and how another's do."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Self

import numpy as np

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ._events.back_off import Odds
from ._events.marked_chain import KIND, MarkedChain
from ._events.marks import EventMarks
from ._events.sequence_odds import SequenceOdds

_MOST_ROWS = 15


class MarkovChain(Model):
    """Likelihood ratio of two Markov chains of interpolated order, one per outcome.

    An event's kind depends on the kinds of the events before it, its other marks (gap, price,
    ...) on its kind.  Each context backs off to the shorter ones by Witten and Bell's rule, and the
    outcome's frequencies to those of all cases (see ``back_off.py`` for the sources).  Order and
    smoothing are those with the lowest log loss of the calibrated probability on valid cases.

    Parameters
    ----------
    longest : int, default=3
        Most events before an event on which its kind may depend; the order tried last.
    smoothing : tuple of float, default=(300, 1000, 100, 30)
        Weights to try for what all cases lead one to expect, in events of each context.  With
        fewer than fifty valid cases of either outcome the first is used, with order 1.
    most_values : int, default=400
        Kinds (and values of any other categorical mark) told apart; rarer ones share a code.

    Attributes
    ----------
    order_, smoothing_ : int and float
        What was chosen; order 0 takes events as independent of each other.
    """

    title = "Markov chain"
    family = "sequence"
    views = frozenset({"events"})

    def __init__(
        self,
        longest: int = 3,
        smoothing: tuple[float, ...] = (300.0, 1000.0, 100.0, 30.0),
        most_values: int = 400,
    ):
        self.longest = longest
        self.smoothing = smoothing
        self.most_values = most_values

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Count steps in the fit cases; choose and calibrate on the valid cases."""
        marks = EventMarks(self.most_values).fit(cases.events)
        self.chain_ = MarkedChain(marks, self.longest).fit(cases.events, y)
        located = self.chain_.locate(valid[0].events)
        # Order 1 first: it stays where there is nothing to choose by.
        orders = sorted(range(self.longest + 1), key=lambda order: abs(order - 1))
        lowest = None
        for smoothing in self.smoothing:
            evidence = self.chain_.odds(smoothing)
            for order in orders:
                odds = SequenceOdds().fit(
                    partial(self._log_ratio, cases, evidence, order),
                    cases.events.lengths,
                    y,
                    located.log_ratio(evidence, order),
                    valid[0].events.lengths,
                    valid[1],
                )
                if lowest is None or odds.loss_ < lowest:
                    lowest, self.order_, self.smoothing_ = odds.loss_, order, smoothing
                    self.evidence_, self.odds_ = evidence, odds
        return self

    def _log_ratio(
        self, cases: Cases, evidence: Mapping[str, Sequence[Odds]], order: int
    ) -> np.ndarray:
        return self.chain_.locate(cases.events).log_ratio(evidence, order)

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        ratio = self._log_ratio(cases, self.evidence_, self.order_)
        return two_columns(self.odds_.predict(ratio, cases.events.lengths))

    def explain(self) -> tuple[Explanation, ...]:
        """List the steps, and the values of other marks, that say most."""
        reading = Sentence(
            "Positive log odds speak for the outcome.  Only what was seen often is listed."
        )
        says = Sentence("How much an event says")
        if self.order_:
            says = Sentence.counted(
                "How much an event says, given the one before it",
                "How much an event says, given the {n} before it",
                self.order_,
            )
        steps = self._strongest(KIND, self.order_)
        marks = [row for name in self.evidence_ if name != KIND for row in self._strongest(name, 1)]
        told = (
            (
                Sentence("steps that say most"),
                Sentence(
                    "{says}, and how often fit cases without and with the outcome took the step.  "
                    "{reading}",
                    says=says,
                    reading=reading,
                ),
                (Sentence("from"), Sentence("to")),
                steps,
            ),
            (
                Sentence("values that say most"),
                Sentence(
                    "How much the value of a mark says, given the kind of its event, and how often "
                    "fit cases without and with the outcome had it.  {reading}",
                    reading=reading,
                ),
                (Sentence("event"), Sentence("value")),
                sorted(marks, key=_by_strength)[:_MOST_ROWS],
            ),
        )
        counted = (Sentence("log odds"), Sentence("seen without"), Sentence("seen with"))
        return tuple(
            Explanation("table", text, (*columns, *counted), tuple(rows), title)
            for title, text, columns, rows in told
            if rows
        )

    def _strongest(self, mark: str, order: int) -> list[tuple[str | float, ...]]:
        seen = self.chain_.counts_[mark].seen_[order]
        odds = self.evidence_[mark][order].pairs
        both = seen.counts.sum(axis=0)
        often = np.flatnonzero(both >= max(20, both.sum() // 2000))
        labels = self.chain_.marks.labels_[mark]
        return [
            (
                self.chain_.name_history(int(seen.contexts[seen.of_pair[pair]]), order),
                labels[seen.pairs[pair] % len(labels)],
                float(odds[pair]),
                *map(int, seen.counts[:, pair]),
            )
            for pair in often[np.argsort(-np.abs(odds[often]), kind="stable")][:_MOST_ROWS]
        ]


def _by_strength(row: tuple[str | float, ...]) -> float:
    return -abs(row[2])
