"""Hidden Markov processes that draw visits, and the exact probability of a visit."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from ...bench.events import Events


@dataclass(frozen=True, eq=False)
class HiddenMarkov:
    """Hidden states that follow each other, each with its own kinds of event and gaps.

    Given the state, kind and gap are independent, and the gap is log-normal.  A visit's first
    event has no gap.

    Parameters
    ----------
    start : ndarray of shape (n_states,)
        P(first state).
    transition : ndarray of shape (n_states, n_states)
        P(next state), one row a state.
    emission : ndarray of shape (n_states, n_kinds)
        P(kind), one row a state.
    gap_mean, gap_sd : ndarrays of shape (n_states,)
        Of the logarithm of the gap in seconds.
    """

    start: np.ndarray
    transition: np.ndarray
    emission: np.ndarray
    gap_mean: np.ndarray
    gap_sd: np.ndarray

    def draw(self, lengths: np.ndarray, kinds: tuple[str, ...], rng: np.random.Generator) -> Events:
        """Draw visits of given lengths, with one more mark, ``noise``, that nothing causes."""
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        n_events = int(offsets[-1])
        state = np.empty(n_events, dtype=np.int64)
        chance = rng.random(n_events)
        first = offsets[:-1][lengths > 0]
        state[first] = _pick(
            np.broadcast_to(self.start, (len(first), len(self.start))), chance[first]
        )
        for step in range(1, int(lengths.max(initial=0))):
            now = offsets[:-1][lengths > step] + step
            state[now] = _pick(self.transition[state[now - 1]], chance[now])
        kind = _pick(self.emission[state], rng.random(n_events))
        gap = np.exp(self.gap_mean[state] + self.gap_sd[state] * rng.standard_normal(n_events))
        gap[first] = 0.0
        marks = {
            "kind": kind.astype(np.int32),
            "gap": gap.astype(np.float32),
            "noise": rng.standard_normal(n_events).astype(np.float32),
        }
        return Events(offsets, marks, {"kind": kinds})

    def log_likelihood(self, events: Events) -> np.ndarray:
        """Give log P(kinds, log gaps) of each visit, given its length; shape (n_cases,).

        By the forward recursion [1]_, in logarithms and over all visits at once; 0 for a visit
        without events.

        References
        ----------
        .. [1] Rabiner (1989), A tutorial on hidden Markov models and selected applications.
        """
        with np.errstate(divide="ignore"):
            log_start, log_transition = np.log(self.start), np.log(self.transition)
        emitted = self._log_emitted(events)
        # Longest visits first: those that go on are then the leading rows at every step.
        order = np.argsort(-events.lengths, kind="stable")
        lengths, first = events.lengths[order], events.offsets[:-1][order]
        found = np.zeros(len(events))
        n_on = int((lengths > 0).sum())
        forward = log_start + emitted[first[:n_on]]
        for step in range(1, int(lengths.max(initial=0)) + 1):
            n_next = int((lengths > step).sum())
            found[order[n_next:n_on]] = logsumexp(forward[n_next:], axis=1)
            forward = logsumexp(forward[:n_next, :, None] + log_transition, axis=1)
            forward += emitted[first[:n_next] + step]
            n_on = n_next
        return found

    def filtered(self, events: Events) -> tuple[np.ndarray, np.ndarray]:
        """Give what is known after each event.

        Returns
        -------
        log_likelihood : ndarray, shape (n_events,)
            log P(kinds, log gaps) of the visit up to the event.
        posterior : ndarray, shape (n_events, n_states)
            P(state) after the event.
        """
        with np.errstate(divide="ignore"):
            log_start, log_transition = np.log(self.start), np.log(self.transition)
        forward = self._log_emitted(events)
        first, lengths = events.offsets[:-1], events.lengths
        for step in range(int(lengths.max(initial=0))):
            now = first[lengths > step] + step
            before = log_start
            if step:
                before = logsumexp(forward[now - 1, :, None] + log_transition, axis=1)
            forward[now] += before
        log_likelihood = logsumexp(forward, axis=1)
        return log_likelihood, np.exp(forward - log_likelihood[:, None])

    def _log_emitted(self, events: Events) -> np.ndarray:
        """Give log P(kind, log gap | state), shape (n_events, n_states)."""
        with np.errstate(divide="ignore"):
            emitted = np.log(self.emission).T[events.kind]
        later = np.ones(events.n_events, dtype=bool)
        later[events.offsets[:-1][events.lengths > 0]] = False
        log_gap = np.log(events.gap[later].astype(float))[:, None]
        distance = (log_gap - self.gap_mean) / self.gap_sd
        emitted[later] -= distance**2 / 2 + np.log(self.gap_sd * np.sqrt(2 * np.pi))
        return emitted


def _pick(shares: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Turn uniform numbers into codes, drawn by each row's shares."""
    below = np.cumsum(shares, axis=1)[:, :-1]  # the last code takes what rounding leaves
    return (chance[:, None] >= below).sum(axis=1)
