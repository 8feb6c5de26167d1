"""A mixture of Markov chains: each case's events come from one of a few chains, unknown which."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array
from scipy.special import logsumexp

from ...bench.events import Events


@dataclass(frozen=True, eq=False)
class StepCounts:
    """How often each case takes each step: from the start to a kind, or from a kind to the next.

    Parameters
    ----------
    counts : csr_array, shape (n_cases, (n_kinds + 1) * n_kinds)
        Step ``a * n_kinds + b`` leads from kind ``a`` to kind ``b``; ``a`` is ``n_kinds`` at the
        start.
    n_kinds : int
    """

    counts: csr_array
    n_kinds: int

    @classmethod
    def of(cls, events: Events, code: np.ndarray, n_kinds: int) -> Self:
        """Count the steps of all cases.

        Parameters
        ----------
        events : Events
        code : ndarray of int, shape (n_events,)
            The kind of each event, below ``n_kinds``.
        n_kinds : int
        """
        before = np.full(len(code), n_kinds, dtype=np.int64)
        before[1:] = code[:-1]
        before[events.offsets[:-1][events.lengths > 0]] = n_kinds
        step = before * n_kinds + code
        shape = (len(events), (n_kinds + 1) * n_kinds)
        counts = csr_array((np.ones(len(code)), (events.owner, step)), shape=shape)
        counts.sum_duplicates()
        return cls(counts, n_kinds)

    def n_different(self) -> int:
        """Count the cases that differ in their steps."""
        # A weight drawn for each step: equal sums are of equal steps.
        weight = np.random.default_rng(0).random(self.counts.shape[1])
        return len(np.unique(self.counts @ weight))


@dataclass(frozen=True, eq=False)
class ChainMixture:
    """Weights of the chains, shape (n_chains,), and their steps' probabilities.

    ``steps`` has the shape (n_chains, n_kinds + 1, n_kinds): the last row of each chain is its
    start; rows add up to 1.
    """

    weights: np.ndarray
    steps: np.ndarray

    def log_joint(self, sequences: StepCounts) -> np.ndarray:
        """Give log P(chain, events) of each case, shape (n_cases, n_chains)."""
        log_steps = np.log(self.steps).reshape(len(self.weights), -1)
        return sequences.counts @ log_steps.T + np.log(self.weights)

    def memberships(self, sequences: StepCounts) -> np.ndarray:
        """Give P(chain | events) of each case, shape (n_cases, n_chains)."""
        joint = self.log_joint(sequences)
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def typical_path(self, chain: int, length: int) -> list[int]:
        """Give the most probable sequence of so many events of a chain, as kinds.

        Parameters
        ----------
        chain : int
        length : int
            At least 1.
        """
        log_steps = np.log(self.steps[chain])
        best, came = log_steps[-1], []
        for _step in range(length - 1):
            reached = best[:, None] + log_steps[:-1]
            came.append(np.argmax(reached, axis=0))
            best = reached.max(axis=0)
        path = [int(np.argmax(best))]
        for back in reversed(came):
            path.append(int(back[path[-1]]))
        return path[::-1]


def fit_mixture(
    sequences: StepCounts,
    n_chains: int,
    *,
    smoothing: float,
    n_restarts: int,
    max_iterations: int,
    rng: np.random.Generator,
) -> ChainMixture:
    """Fit a mixture by expectation and maximisation, from the best of a few random starts.

    What is maximised is the likelihood times a Dirichlet prior: each row of each chain is drawn
    towards the frequencies of that row over all cases.

    Parameters
    ----------
    sequences : StepCounts
        At least one case.
    n_chains : int
    smoothing : float
        Weight of the prior, in steps of each row.
    n_restarts : int
        Random starts, of which the best after 10 iterations is followed.
    max_iterations : int
        Ends before, where the objective rises by less than a millionth of a nat a case.
    rng : numpy Generator
    """
    prior = smoothing * _overall(sequences)
    starts = []
    for _restart in range(n_restarts if n_chains > 1 else 1):
        member = rng.dirichlet(np.full(n_chains, 0.3), size=sequences.counts.shape[0])
        starts.append(_climbed(_maximised(member, sequences, prior), sequences, prior, 10))
    best = max(starts, key=lambda start: objective(start, sequences, prior))
    return _climbed(best, sequences, prior, max_iterations)


def objective(mixture: ChainMixture, sequences: StepCounts, prior: np.ndarray) -> float:
    """Give what EM raises: the log likelihood plus the log prior, up to a constant."""
    likelihood = logsumexp(mixture.log_joint(sequences), axis=1).sum()
    return float(likelihood + (prior * np.log(mixture.steps)).sum() + np.log(mixture.weights).sum())


def _overall(sequences: StepCounts) -> np.ndarray:
    """Frequencies of each row's steps over all cases, none of them 0."""
    n = sequences.n_kinds
    counts = np.asarray(sequences.counts.sum(axis=0)).reshape(n + 1, n)
    anywhere = (counts.sum(axis=0) + 1) / (counts.sum() + n)
    counts = counts + anywhere
    return counts / counts.sum(axis=1, keepdims=True)


def _climbed(
    mixture: ChainMixture, sequences: StepCounts, prior: np.ndarray, iterations: int
) -> ChainMixture:
    enough = 1e-6 * sequences.counts.shape[0]
    before = -np.inf
    for _iteration in range(iterations):
        joint = mixture.log_joint(sequences)
        total = logsumexp(joint, axis=1, keepdims=True)
        reached = total.sum() + (prior * np.log(mixture.steps)).sum()
        reached += np.log(mixture.weights).sum()
        if reached - before < enough:
            break
        before = reached
        mixture = _maximised(np.exp(joint - total), sequences, prior)
    return mixture


def _maximised(member: np.ndarray, sequences: StepCounts, prior: np.ndarray) -> ChainMixture:
    """Give the weights and steps that fit the memberships best; one case is added to each chain."""
    n_chains = member.shape[1]
    steps = (sequences.counts.T @ member).T.reshape(n_chains, *prior.shape) + prior
    weights = member.sum(axis=0) + 1
    return ChainMixture(weights / weights.sum(), steps / steps.sum(axis=2, keepdims=True))
