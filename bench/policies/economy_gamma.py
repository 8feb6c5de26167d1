"""ECONOMY-gamma: what deciding now brings, against deciding at each later event."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ..policy import Economics, Policy, Seen, Visits


@dataclass(frozen=True, eq=False)
class _Chain:
    """Groups of probabilities at each event, what they gain, and how they follow each other."""

    cuts: list[np.ndarray]
    gains: list[np.ndarray]
    acts: list[np.ndarray]

    def group(self, p: np.ndarray, event: int) -> np.ndarray:
        return np.searchsorted(self.cuts[event - 1], p, side="right")


class EconomyGamma(Policy):
    """Acts where no later event is expected to be a better one to decide at [1]_.

    At each event visits are grouped by their probability; groups follow each other as a Markov
    chain, which a visit's end leaves.  From a group, the chain tells what deciding at each later
    event would bring in the mean - acting where that gains, leaving the visit alone where it does
    not - and one acts if none of it is more than what acting brings now.

    Parameters
    ----------
    groups : tuple of int, default=(3, 5, 8, 12)
        Numbers of groups to try; the one that brings most on the visits to learn from is taken.

    References
    ----------
    .. [1] Achenchabe, Bondu, Cornuéjols, Dachraoui (2021), "Early classification of time series:
       cost-based optimization criterion and algorithms", Machine Learning 110.
    """

    title = "ECONOMY-γ"

    def __init__(self, groups: tuple[int, ...] = (3, 5, 8, 12)):
        self.groups = groups

    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Count the chains, and try them."""
        most = -np.inf
        for n_groups in self.groups:
            chain = _counted(visits, economics, n_groups)
            brought = _brought(chain, visits, y, economics)
            if brought > most:
                most, self.chain_ = brought, chain
        return self

    def act(self, seen: Seen) -> np.ndarray:
        """Look the group up."""
        if seen.event > len(self.chain_.cuts):
            return np.zeros(len(seen.p), dtype=bool)
        return self.chain_.acts[seen.event - 1][self.chain_.group(seen.now, seen.event)]


def _counted(visits: Visits, economics: Economics, n_groups: int) -> _Chain:
    shares = np.linspace(0, 1, n_groups + 1)[1:-1]
    chain = _Chain([], [], [])
    groups = []
    for event in range(1, visits.n_events + 1):
        p = visits.p[visits.at(event), event - 1]
        chain.cuts.append(np.unique(np.quantile(p, shares)))
        group = chain.group(p, event)
        n = len(chain.cuts[-1]) + 1
        mean = np.bincount(group, p, n) / np.maximum(np.bincount(group, minlength=n), 1)
        chain.gains.append(economics.gain(mean, event))
        whole = np.full(len(visits.p), -1)
        whole[visits.at(event)] = group
        groups.append(whole)
    steps = [
        _steps(now, then, len(chain.gains[at]), len(chain.gains[at + 1]))
        for at, (now, then) in enumerate(zip(groups, groups[1:], strict=False))
    ]
    for at, gains in enumerate(chain.gains):
        later, reach = np.zeros(len(gains)), np.eye(len(gains))
        for step, then in zip(steps[at:], chain.gains[at + 1 :], strict=True):
            reach = reach @ step
            later = np.maximum(later, reach @ np.maximum(then, 0.0))
        chain.acts.append(gains > later)
    return chain


def _steps(now: np.ndarray, then: np.ndarray, n_now: int, n_then: int) -> np.ndarray:
    """Give P(next group | group), rows adding up to less than 1 where visits end."""
    counts = np.zeros((n_now, n_then))
    both = (now >= 0) & (then >= 0)
    np.add.at(counts, (now[both], then[both]), 1.0)
    return counts / np.maximum(np.bincount(now[now >= 0], minlength=n_now), 1)[:, None]


def _brought(chain: _Chain, visits: Visits, y: np.ndarray, economics: Economics) -> float:
    waits, total = np.ones(len(y), dtype=bool), 0.0
    for event in range(1, visits.n_events + 1):
        rows = visits.at(event)
        rows = rows[waits[rows]]
        acts = rows[chain.acts[event - 1][chain.group(visits.p[rows, event - 1], event)]]
        total += float(economics.gain(y[acts], event).sum())
        waits[acts] = False
    return total
