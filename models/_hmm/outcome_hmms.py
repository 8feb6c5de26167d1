"""Hidden Markov models of all cases and of those of each outcome, with states that match."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...bench.events import Events
from .._events.joint_symbols import joint_symbols
from .._events.marks import EventMarks
from .batches import batches
from .kernels import log_likelihoods, occupancies
from .training import Fitted, HMMParameters, Priors, TrainingSet

_TRIAL_ITERATIONS = 8


class MarkedSequences:
    """Sequences as the recursions read them: one symbol for each combination of marks.

    Parameters
    ----------
    events : Events
    marks : EventMarks
        Fitted; how events are read.
    """

    def __init__(self, events: Events, marks: EventMarks):
        codes = marks.transform(events)
        self.offsets = events.offsets
        self.sizes = marks.sizes_
        # One code more: a mark may be missing.
        sizes = [size + 1 for size in marks.sizes_]
        self.symbols, self.marks_of_symbol = joint_symbols(codes, sizes)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Number of events of each sequence, shape (n_sequences,)."""
        return np.diff(self.offsets)

    @cached_property
    def frequencies(self) -> list[np.ndarray]:
        """Share of each value of each mark, with one event more of every value."""
        n_each = np.bincount(self.symbols, minlength=self.marks_of_symbol.shape[1])
        counts = [
            np.bincount(values, n_each, size + 1)[:size] + 1.0
            for values, size in zip(self.marks_of_symbol, self.sizes, strict=True)
        ]
        return [count / count.sum() for count in counts]

    def draw(self, y: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
        """Draw at most so many sequences of each outcome, none of them empty, in their order."""
        drawn = []
        for outcome in (0, 1):
            rows = np.flatnonzero((y == outcome) & (self.lengths > 0))
            drawn.append(rng.choice(rows, most, replace=False) if len(rows) > most else rows)
        return np.sort(np.concatenate(drawn))

    def training_set(self, rows: np.ndarray) -> TrainingSet:
        """Lay out the sequences ``rows``."""
        lengths = self.lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        events = np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths)
        events += np.arange(offsets[-1])
        return TrainingSet(list(batches(self.symbols[events], offsets)), self.marks_of_symbol)

    def log_likelihoods(self, parameters: HMMParameters) -> np.ndarray:
        """Give the log-likelihood of every sequence, shape (n_sequences,)."""
        chain = parameters.chain(self.marks_of_symbol)
        return log_likelihoods(chain, batches(self.symbols, self.offsets), len(self))

    def occupancies(self, parameters: HMMParameters) -> tuple[np.ndarray, np.ndarray]:
        """Give the states at the latest event and on average, (n_sequences, n_states) each."""
        chain = parameters.chain(self.marks_of_symbol)
        return occupancies(chain, batches(self.symbols, self.offsets), len(self))


@dataclass(frozen=True, eq=False)
class OutcomePair:
    """A hidden Markov model of the cases without the outcome, and one of those with it."""

    no: Fitted
    yes: Fitted

    def log_ratio(self, sequences: MarkedSequences) -> np.ndarray:
        """Give the evidence for the outcome, shape (n_sequences,); 0 for an empty sequence."""
        yes = sequences.log_likelihoods(self.yes.parameters)
        return yes - sequences.log_likelihoods(self.no.parameters)


@dataclass(frozen=True)
class Climber:
    """How hidden Markov models are fitted.

    Parameters
    ----------
    smoothing : float
        Weight of the overall frequencies in each state's emissions, in events.
    max_iterations : int
        Of EM, for each model.
    tolerance : float, default=1e-5
        Gain in log posterior density per event below which EM has converged.
    """

    smoothing: float
    max_iterations: int
    tolerance: float = 1e-5

    def fit(
        self, sequences: MarkedSequences, rows: np.ndarray, starts: Sequence[HMMParameters]
    ) -> Fitted:
        """Fit one model to the sequences ``rows``.

        Of several starts the most probable after a few iterations is followed.  The states come
        out by the number of events that they explain, most first.
        """
        data = sequences.training_set(rows)
        priors = Priors.of_frequencies(sequences.frequencies, self.smoothing)
        if len(starts) > 1:
            tried = [
                data.fit(start, priors, max_iterations=_TRIAL_ITERATIONS, tolerance=self.tolerance)
                for start in starts
            ]
            starts = [max(tried, key=lambda fitted: fitted.objective).parameters]
        fitted = self._climb(data, starts[0], priors)
        n_events = data.expectations(fitted.parameters).emission.sum(axis=1)
        order = np.argsort(-n_events, kind="stable")
        return replace(fitted, parameters=fitted.parameters.reordered(order))

    def fit_pair(
        self,
        sequences: MarkedSequences,
        rows: np.ndarray,
        y: np.ndarray,
        start: HMMParameters,
        closeness: float,
    ) -> OutcomePair:
        """Fit a model for each outcome, both from the same start and drawn towards it.

        Their states then match, their likelihood ratio is not that of two unlike local optima, and
        what neither has seen is no evidence.

        Parameters
        ----------
        rows : ndarray of int
            Sequences to learn from.
        y : ndarray of shape (n_sequences,)
            Outcomes of all sequences.
        start : HMMParameters
        closeness : float
            Weight of the start, in events of each state.
        """
        fitted, counts = [], []
        for outcome in (0, 1):
            own = rows[y[rows] == outcome]
            data, priors = sequences.training_set(own), Priors.around(start, closeness)
            fitted.append(self._climb(data, start, priors))
            expected = data.expectations(fitted[-1].parameters)
            counts.append(data.value_counts(expected, sequences.sizes))
        emissions = _tied(start, [one.parameters for one in fitted], counts)
        return OutcomePair(
            *(
                replace(one, parameters=replace(one.parameters, emissions=own))
                for one, own in zip(fitted, emissions, strict=True)
            )
        )

    def _climb(self, data: TrainingSet, start: HMMParameters, priors: Priors) -> Fitted:
        return data.fit(start, priors, max_iterations=self.max_iterations, tolerance=self.tolerance)


def _tied(
    start: HMMParameters, pair: list[HMMParameters], counts: list[tuple[np.ndarray, ...]]
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Give the emissions of both outcomes, those of all cases where the two hardly differ.

    The values of a mark in a state are tied where telling the outcomes apart gains less
    likelihood than Akaike's criterion asks for as many numbers.
    """
    both = []
    for mark, common in enumerate(start.emissions):
        own = [parameters.emissions[mark] for parameters in pair]
        gain = sum(
            (n[mark] * np.log(emission / common)).sum(axis=1)
            for n, emission in zip(counts, own, strict=True)
        )
        tie = (gain < common.shape[1] - 1)[:, None]
        both.append([np.where(tie, common, emission) for emission in own])
    return tuple(zip(*both, strict=True))
