"""Forward and backward recursions of a hidden Markov model, for many sequences at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .batches import Batch


@dataclass(frozen=True, eq=False)
class Chain:
    """A hidden Markov model as the recursions read it.

    Parameters
    ----------
    start : ndarray of shape (n_states,)
        P(first state).
    transition : ndarray of shape (n_states, n_states)
        P(next state), one row a state.
    likelihood : ndarray of shape (n_states, n_symbols)
        P(symbol given state), each column divided by ``exp(log_scale)``.
    log_scale : ndarray of shape (n_symbols,)
        Keeps products of many small probabilities from underflowing.
    """

    start: np.ndarray
    transition: np.ndarray
    likelihood: np.ndarray
    log_scale: np.ndarray


@dataclass(frozen=True, eq=False)
class Expectations:
    """What the E-step gives: expected counts, and the log-likelihood of all sequences.

    Parameters
    ----------
    log_likelihood : float
    start : ndarray of shape (n_states,)
        Sequences that start in each state.
    transition : ndarray of shape (n_states, n_states)
        Steps from state to state.
    emission : ndarray of shape (n_states, n_symbols)
        Symbols emitted in each state.
    """

    log_likelihood: float
    start: np.ndarray
    transition: np.ndarray
    emission: np.ndarray


def log_likelihoods(chain: Chain, parts: Iterable[Batch], n_sequences: int) -> np.ndarray:
    """Give the log-likelihood of each sequence by the scaled forward recursion [1]_.

    Returns
    -------
    ndarray of shape (n_sequences,)
        0 for a sequence without events.

    References
    ----------
    .. [1] Rabiner (1989), A tutorial on hidden Markov models, section V.A.
    """
    total = np.zeros(n_sequences)
    for batch in parts:
        log_scale = chain.log_scale[batch.symbols]
        log_scale += np.log(_forward(chain, batch, chain.likelihood[:, batch.symbols])[1])
        total[batch.rows] = np.bincount(batch.owner, log_scale)
    return total


def expectations(chain: Chain, parts: Iterable[Batch]) -> Expectations:
    """Carry out the E-step of Baum and Welch's algorithm over all sequences."""
    log_likelihood = 0.0
    start, transition = np.zeros_like(chain.start), np.zeros_like(chain.transition)
    emission = np.zeros_like(chain.likelihood)
    n_symbols = emission.shape[1]
    for batch in parts:
        likelihood = chain.likelihood[:, batch.symbols]
        state, scale = _forward(chain, batch, likelihood)
        log_likelihood += np.log(scale).sum() + chain.log_scale[batch.symbols].sum()
        likelihood /= scale
        transition += _backward(chain, batch, likelihood, state)
        start += state[:, : len(batch.rows)].sum(axis=1)
        for row, weight in zip(emission, state, strict=True):
            row += np.bincount(batch.symbols, weight, n_symbols)
    return Expectations(float(log_likelihood), start, chain.transition * transition, emission)


def occupancies(
    chain: Chain, parts: Iterable[Batch], n_sequences: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give the states of each sequence: at its latest event, and on average over its events.

    Returns
    -------
    latest, mean : ndarrays of shape (n_sequences, n_states)
        Probabilities given the whole sequence; 0 for a sequence without events.
    """
    latest = np.zeros((n_sequences, len(chain.start)))
    mean = np.zeros_like(latest)
    for batch in parts:
        likelihood = chain.likelihood[:, batch.symbols]
        state, scale = _forward(chain, batch, likelihood)
        likelihood /= scale
        _backward(chain, batch, likelihood, state)
        latest[batch.rows] = state[:, batch.latest].T
        owner = batch.owner
        lengths = np.bincount(owner)
        for number, weight in enumerate(state):
            mean[batch.rows, number] = np.bincount(owner, weight) / lengths
    return latest, mean


def _forward(chain: Chain, batch: Batch, likelihood: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give P(state given the events so far) and P(event given those before), event by event.

    One row a state: sums over states then run over whole vectors.
    """
    state, scale = np.empty_like(likelihood), np.empty(likelihood.shape[1])
    to_from = np.ascontiguousarray(chain.transition.T)
    before = None
    for low, high in zip(batch.steps, batch.steps[1:], strict=False):
        if before is None:
            here = chain.start[:, None] * likelihood[:, low:high]
        else:
            here = to_from @ before[:, : high - low]
            here *= likelihood[:, low:high]
        total = here.sum(axis=0, out=scale[low:high])
        here /= total
        state[:, low:high] = here
        before = here
    return state, scale


def _backward(
    chain: Chain, batch: Batch, scaled_likelihood: np.ndarray, state: np.ndarray
) -> np.ndarray:
    """Turn forward probabilities into P(state given the whole sequence), in place.

    Returns
    -------
    ndarray of shape (n_states, n_states)
        Expected steps between states, each to be multiplied by its transition probability.
    """
    steps = batch.steps
    n_pairs = np.zeros_like(chain.transition)
    onward = None
    for step in range(len(steps) - 2, -1, -1):
        low, high = steps[step], steps[step + 1]
        here = state[:, low:high]
        likelihood = scaled_likelihood[:, low:high]
        if onward is None:
            onward = likelihood
            continue
        n_going = onward.shape[1]
        n_pairs += here[:, :n_going] @ onward.T
        later = np.ones_like(here)
        np.matmul(chain.transition, onward, out=later[:, :n_going])
        here *= later
        onward = likelihood * later
    return n_pairs
