"""Baum and Welch's algorithm for events of several marks, with priors and random starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from .batches import Batch
from .kernels import Chain, Expectations, expectations

# Pseudo-counts of each first state and of each step: no state becomes unreachable.
_FEW = 0.1


@dataclass(frozen=True, eq=False)
class HMMParameters:
    """A hidden Markov model whose marks are independent given the state.

    Parameters
    ----------
    start : ndarray of shape (n_states,)
    transition : ndarray of shape (n_states, n_states)
    emissions : tuple of ndarray, each of shape (n_states, n_values)
        One table a mark; rows add up to 1.
    """

    start: np.ndarray
    transition: np.ndarray
    emissions: tuple[np.ndarray, ...]

    @property
    def n_states(self) -> int:
        """Number of hidden states."""
        return len(self.start)

    def reordered(self, order: np.ndarray) -> Self:
        """Give the same model with its states in another order."""
        emissions = tuple(emission[order] for emission in self.emissions)
        return type(self)(self.start[order], self.transition[np.ix_(order, order)], emissions)

    def chain(self, symbols: np.ndarray) -> Chain:
        """Tabulate P(symbol given state) for symbols of several marks.

        Parameters
        ----------
        symbols : ndarray of int, shape (n_marks, n_symbols)
            The value of each mark of each symbol; ``n_values`` where it is missing and says
            nothing of the state.
        """
        log_p = np.zeros((self.n_states, symbols.shape[1]))
        for emission, values in zip(self.emissions, symbols, strict=True):
            log_p += np.pad(np.log(emission), ((0, 0), (0, 1)))[:, values]
        log_scale = log_p.max(axis=0)
        log_p -= log_scale
        return Chain(self.start, self.transition, np.exp(log_p, out=log_p), log_scale)


@dataclass(frozen=True, eq=False)
class Priors:
    """Pseudo-counts added to the expected counts: Dirichlet priors, less 1; all above 0.

    Parameters
    ----------
    start : ndarray of shape (n_states,) or float
        Of each first state.
    transition : ndarray of shape (n_states, n_states) or float
        Of each step.
    emissions : tuple of ndarray, each of shape (n_states, n_values) or (n_values,)
        Of each value of each mark; one row is for every state.
    """

    start: np.ndarray | float
    transition: np.ndarray | float
    emissions: tuple[np.ndarray, ...]

    @classmethod
    def around(cls, parameters: HMMParameters, weight: float) -> Self:
        """Expect what another model does, with the weight of so many events of each state."""
        return cls(
            weight * parameters.start,
            weight * parameters.transition,
            tuple(weight * emission for emission in parameters.emissions),
        )

    @classmethod
    def of_frequencies(cls, frequencies: Sequence[np.ndarray], weight: float) -> Self:
        """Expect every state to emit alike, with the weight of so many events."""
        return cls(_FEW, _FEW, tuple(weight * frequency for frequency in frequencies))

    def log_density(self, parameters: HMMParameters) -> float:
        """Logarithm of the prior density, up to a constant."""
        density = (self.start * np.log(parameters.start)).sum()
        density += (self.transition * np.log(parameters.transition)).sum()
        for count, emission in zip(self.emissions, parameters.emissions, strict=True):
            density += (count * np.log(emission)).sum()
        return float(density)


@dataclass(frozen=True, eq=False)
class Fitted:
    """What EM ends with.

    Parameters
    ----------
    parameters : HMMParameters
    objective : float
        Log-likelihood plus logarithm of the prior density, before the last step.
    n_iterations : int
    converged : bool
        Whether the last gain was below the tolerance; False where the iterations ran out.
    """

    parameters: HMMParameters
    objective: float
    n_iterations: int
    converged: bool


class TrainingSet:
    """Sequences to learn from: their batches, and the marks behind their symbols.

    Parameters
    ----------
    parts : sequence of Batch
    symbols : ndarray of int, shape (n_marks, n_symbols)
        The value of each mark of each symbol; one above the last value where it is missing.
    """

    def __init__(self, parts: Sequence[Batch], symbols: np.ndarray):
        self.parts = parts
        self.symbols = symbols
        self.n_events = sum(len(part.symbols) for part in parts)

    def expectations(self, parameters: HMMParameters) -> Expectations:
        """Carry out the E-step."""
        return expectations(parameters.chain(self.symbols), self.parts)

    def fit(
        self,
        parameters: HMMParameters,
        priors: Priors,
        *,
        max_iterations: int,
        tolerance: float,
    ) -> Fitted:
        """Climb to a posterior mode from given parameters by EM [1]_ [2]_.

        Parameters
        ----------
        tolerance : float
            Gain per event below which EM has converged.

        References
        ----------
        .. [1] Baum, Petrie, Soules & Weiss (1970), A maximization technique occurring in the
           statistical analysis of probabilistic functions of Markov chains.
        .. [2] Rabiner (1989), A tutorial on hidden Markov models, section III.C.
        """
        objective, converged, n_iterations = -np.inf, False, 0
        while n_iterations < max_iterations and not converged:
            before = objective
            counts = self.expectations(parameters)
            objective = counts.log_likelihood + priors.log_density(parameters)
            parameters = self._maximised(counts, priors)
            converged = objective - before <= tolerance * self.n_events
            n_iterations += 1
        return Fitted(parameters, objective, n_iterations, converged)

    def value_counts(self, counts: Expectations, sizes: Sequence[int]) -> list[np.ndarray]:
        """Count the values of each mark in each state, shapes (n_states, n_values)."""
        return [
            np.array([np.bincount(values, weight, size + 1) for weight in counts.emission])[
                :, :size
            ]
            for values, size in zip(self.symbols, sizes, strict=True)
        ]

    def _maximised(self, counts: Expectations, priors: Priors) -> HMMParameters:
        sizes = [prior.shape[-1] for prior in priors.emissions]
        tables = self.value_counts(counts, sizes)
        emissions = [
            _rows_to_one(table + prior)
            for table, prior in zip(tables, priors.emissions, strict=True)
        ]
        return HMMParameters(
            _rows_to_one(counts.start + priors.start),
            _rows_to_one(counts.transition + priors.transition),
            tuple(emissions),
        )


def _rows_to_one(counts: np.ndarray) -> np.ndarray:
    return counts / counts.sum(axis=-1, keepdims=True)


def random_start(
    n_states: int, frequencies: Sequence[np.ndarray], rng: np.random.Generator
) -> HMMParameters:
    """Draw a start: states that last, each with its own distortion of the overall frequencies."""
    transition = rng.dirichlet(np.ones(n_states), size=n_states)
    transition = 0.5 * transition + 0.5 * np.eye(n_states)
    emissions = [
        _rows_to_one(frequency * rng.exponential(size=(n_states, len(frequency))) + 1e-9)
        for frequency in frequencies
    ]
    return HMMParameters(
        np.full(n_states, 1.0 / n_states), _rows_to_one(transition + 1e-3), tuple(emissions)
    )
