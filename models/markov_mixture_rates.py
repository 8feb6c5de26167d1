"""Mixture of Markov chains: clusters of visits by the paths they take, and how many buy."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.base import clone

from ..bench.cases import Cases
from ..bench.events import Events
from ..bench.model import Explanation, Model, Segments, two_columns
from ._events.marks import EventMarks
from ._segments.chain_mixture import ChainMixture, StepCounts, fit_mixture
from ._segments.rates import by_size, chosen_number, losses, smoothed_rates
from ._segments.segment_words import chosen_by, rated

_MOST_KINDS = 40
_LEAST_CASES = 20  # of a segment, on average
_LONGEST_PATH = 8


class MarkovMixtureRates(Model):
    """The rates of the Markov chains that a case's events may come from [1]_.

    Each case follows one of a few chains, unknown which: the kind of an event depends on the kind
    of the one before it.  Chains are found by expectation and maximisation, without a look at the
    outcome; a case's probability is the mean of their rates, weighted by how probable each is
    given its events.

    Parameters
    ----------
    n_segments : tuple of int, default=(2, 3, 4, 5, 6, 8)
        Numbers of chains to try; a later one is taken where it lowers the log loss on valid cases
        by more than a standard error.
    smoothing : float, default=5.0
        Steps from each kind that are added to each chain, as frequent as in all cases.
    prior_cases : float, default=10.0
        So many cases of the overall rate are added to each chain's.
    latest_events : int, default=50
        Of a case, that are read.
    fit_cases : int, default=5000
        To find chains in; drawn at random where there are more.
    random_state : int, optional
        Of the cases drawn and the starts.

    References
    ----------
    .. [1] Cadez, Heckerman, Meek, Smyth, White (2003), Model-based clustering and visualization of
       navigation patterns on a web site.  Data Mining and Knowledge Discovery 7.
    """

    title = "Mixture of Markov chains"
    family = "sequence"
    when_named = True
    views = frozenset({"events"})
    space = {
        "n_segments": ("one of", (2,), (3,), (4,), (6,), (8,), (12,)),
        "smoothing": ("log", 0.5, 50.0),
        "prior_cases": ("log", 1.0, 200.0),
    }

    def __init__(
        self,
        n_segments: tuple[int, ...] = (2, 3, 4, 5, 6, 8),
        smoothing: float = 5.0,
        prior_cases: float = 10.0,
        latest_events: int = 50,
        fit_cases: int = 5_000,
        random_state: int | None = None,
    ):
        self.n_segments = n_segments
        self.smoothing = smoothing
        self.prior_cases = prior_cases
        self.latest_events = latest_events
        self.fit_cases = fit_cases
        self.random_state = random_state

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn chains and rates from the fit cases, and how many chains from the valid ones."""
        rng = np.random.default_rng(self.random_state or 0)
        drawn = np.sort(rng.permutation(len(y))[: self.fit_cases])
        latest = cases.events.last(self.latest_events)
        self.marks_ = EventMarks(most_values=_MOST_KINDS).fit(_kinds_only(latest))
        sequences, sample = self._read(cases.events), self._read(cases.events.take(drawn))
        most = min(sequences.n_different(), max(2, len(y) // _LEAST_CASES))
        numbers = sorted({min(number, most) for number in self.n_segments})
        known = {}
        for number in numbers:
            mixture = fit_mixture(
                sample, number, smoothing=self.smoothing, n_restarts=3, max_iterations=60, rng=rng
            )
            member = mixture.memberships(sequences)
            place = by_size(member.argmax(axis=1), number)
            order = np.argsort(place)
            mixture = ChainMixture(mixture.weights[order], mixture.steps[order])
            known[number] = mixture, smoothed_rates(member[:, order], y, self.prior_cases)
        of_cases = {}
        if len(known) > 1:
            watched = self._read(valid[0].events)
            of_cases = {
                number: losses(mixture.memberships(watched) @ rates, valid[1])
                for number, (mixture, rates) in known.items()
            }
        chosen = chosen_number(of_cases) if of_cases else numbers[0]
        self.losses_ = {number: float(loss.mean()) for number, loss in of_cases.items()}
        self.mixture_, self.rates_ = known[chosen]
        segment = self.mixture_.memberships(sequences).argmax(axis=1)
        self.sizes_ = np.bincount(segment, minlength=chosen)
        lengths = latest.lengths
        self.lengths_ = [
            int(np.median(lengths[segment == number])) if self.sizes_[number] else 0
            for number in range(chosen)
        ]
        return self

    def _read(self, events: Events) -> StepCounts:
        events = _kinds_only(events.last(self.latest_events))
        (code,) = self.marks_.transform(events)
        return StepCounts.of(events, code.astype(np.int64), self.marks_.sizes_[0])

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self._memberships(cases) @ self.rates_)

    def _memberships(self, cases: Cases) -> np.ndarray:
        return self.mixture_.memberships(self._read(cases.events))

    def segments(self) -> Segments:
        """Tell cases apart by the chain that their events come from most probably."""
        names = self.marks_.labels_["kind"]
        paths = tuple(
            tuple(
                names[kind]
                for kind in self.mixture_.typical_path(chain, min(length, _LONGEST_PATH))
            )
            if length
            else ()
            for chain, length in enumerate(self.lengths_)
        )
        return Segments(
            len(self.rates_),
            lambda cases: self._memberships(cases).argmax(axis=1),
            chosen_by(self.losses_),
            paths,
        )

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy with as many chains as the fitted ones chose, in the middle of them."""
        number = int(np.median([len(model.rates_) for model in fitted]))
        return clone(self).set_params(n_segments=(number,))

    def explain(self) -> Explanation:
        """List the chains with their sizes and rates."""
        return rated(self.sizes_, self.rates_, chosen_by(self.losses_))


def _kinds_only(events: Events) -> Events:
    """Leave out all marks but kinds; gaps are there because they have to be."""
    marks = {"kind": events.kind, "gap": np.zeros_like(events.gap)}
    return Events(events.offsets, marks, {"kind": events.vocabulary["kind"]})
