"""Hidden Markov models of symbols: fitted by hmmlearn, scored for many sequences at once."""

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hmmlearn.hmm import CategoricalHMM

_TRIAL_ITERATIONS = 5


def log_likelihoods(
    symbols: np.ndarray,
    offsets: np.ndarray,
    start: np.ndarray,
    transition: np.ndarray,
    emission: np.ndarray,
) -> np.ndarray:
    """Give the log-likelihood of each sequence by the scaled forward recursion [1]_.

    All sequences take a step together; sorted by length, those that have ended lie behind.

    Parameters
    ----------
    symbols : ndarray of int, shape (n_events,)
        Sequences end to end.
    offsets : ndarray of int, shape (n_sequences + 1,)
        Their borders; a sequence may be empty and then scores 0.
    start, transition, emission : ndarrays of shape (n_states,), (n_states, n_states) and
        (n_states, n_symbols)

    Returns
    -------
    ndarray of shape (n_sequences,)

    References
    ----------
    .. [1] Rabiner (1989), A tutorial on hidden Markov models, section V.A.
    """
    lengths = np.diff(offsets)
    longest_first = np.argsort(-lengths, kind="stable")
    first, sorted_lengths = offsets[:-1][longest_first], lengths[longest_first]
    total = np.zeros(len(lengths))
    forward = np.broadcast_to(start, (len(lengths), len(start)))
    emission_of = np.ascontiguousarray(emission.T)
    for step in range(int(sorted_lengths[0]) if len(lengths) else 0):
        n_running = int(np.searchsorted(-sorted_lengths, -step, side="left"))
        before = forward[:n_running] if step == 0 else forward[:n_running] @ transition
        joint = before * emission_of[symbols[first[:n_running] + step]]
        scale = joint.sum(axis=1, keepdims=True)
        total[:n_running] += np.log(scale[:, 0])
        forward = joint / scale
    unsorted = np.empty_like(total)
    unsorted[longest_first] = total
    return unsorted


def fit_hmm(
    symbols: np.ndarray,
    lengths: np.ndarray,
    emission_prior: np.ndarray,
    n_states: int,
    *,
    n_restarts: int,
    max_iterations: int,
    tolerance: float,
    seed: int,
) -> "tuple[CategoricalHMM, bool]":
    """Fit by EM from the best of several random starts.

    Parameters
    ----------
    symbols, lengths : ndarrays of int, shapes (n_events,) and (n_sequences,)
        Sequences end to end, none empty.
    emission_prior : ndarray of shape (n_symbols,)
        Dirichlet prior of each state's emissions, all above 1: no symbol becomes impossible.
    tolerance : float
        Gain in log-likelihood per event below which EM has converged.

    Returns
    -------
    model : CategoricalHMM
    converged : bool
        Whether the last step gained less than the tolerance.  hmmlearn's own flag also says so
        where the iterations ran out.
    """
    from hmmlearn.hmm import CategoricalHMM

    column = symbols[:, None]
    settings = {
        "startprob_prior": 1.1,
        "transmat_prior": 1.1,
        "emissionprob_prior": np.tile(emission_prior, (n_states, 1)),
        "n_features": len(emission_prior),
        "tol": tolerance * len(symbols),
        "implementation": "scaling",
    }
    starts = []
    with _quiet():
        for number in range(n_restarts):
            state = (seed + 7919 * number) % 2**32
            start = CategoricalHMM(
                n_states, n_iter=_TRIAL_ITERATIONS, random_state=state, **settings
            )
            starts.append(start.fit(column, lengths))
        first = max(starts, key=lambda start: start.monitor_.history[-1])
        # A new object: the old one's monitor keeps the number of iterations that it was born with.
        best = CategoricalHMM(n_states, n_iter=max_iterations, init_params="", **settings)
        best.startprob_, best.transmat_ = first.startprob_, first.transmat_
        best.emissionprob_ = first.emissionprob_
        best.fit(column, lengths)
    history = list(best.monitor_.history)
    return best, len(history) > 1 and abs(history[-1] - history[-2]) < best.tol


@contextmanager
def _quiet() -> "Iterator[None]":
    # With priors EM maximises the posterior, and the likelihood may fall a little; hmmlearn logs
    # that as a failure, and logs a short sequence list as degenerate in spite of the priors.
    logger = logging.getLogger("hmmlearn")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
