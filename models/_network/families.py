"""The tables of a discrete network: one family, a node and its parents, at a time."""

from collections.abc import Collection, Sequence
from typing import Self

import numpy as np

# Four megabytes.  Beyond, most cells would hold no case anyway.
_MOST_CELLS = 500_000


class _Counts:
    """How often a node has each value beside each combination of its parents' values."""

    def __init__(self, child: int, parents: Sequence[int], n_values: np.ndarray):
        self.nodes = (child, *parents)
        self.shape = tuple(int(n_values[node]) for node in self.nodes)

    def fit(self, nodes: np.ndarray, weight: np.ndarray | None = None) -> Self:
        self.n_ = np.bincount(self._cells(nodes), weight, minlength=int(np.prod(self.shape)))
        return self

    def _cells(self, nodes: np.ndarray) -> np.ndarray:
        return np.ravel_multi_index(tuple(nodes[:, node] for node in self.nodes), self.shape)

    def log_shares(self, prior: float) -> np.ndarray:
        """Give log P(node | parents), shape ``shape``; ``prior`` cases are added to every cell."""
        n = self.n_.reshape(self.shape) + prior
        return np.log(n / n.sum(axis=0, keepdims=True))

    def left_out_log_shares(
        self, nodes: np.ndarray, in_cell: np.ndarray, in_total: np.ndarray, prior: float
    ) -> np.ndarray:
        """Give each case's log P(node | parents) without itself, where it is in the counts."""
        cells = self._cells(nodes)
        totals = self.n_.reshape(self.shape[0], -1).sum(axis=0)[
            cells % (len(self.n_) // self.shape[0])
        ]
        return np.log(
            (self.n_[cells] - in_cell + prior) / (totals - in_total + prior * self.shape[0])
        )


class Family:
    """A node and its parents, among which the target may be, with a BDeu prior [1]_.

    Parameters
    ----------
    child : int
    parents, parents_if_yes : sequence of int
        Parents where the outcome is no, and where it is yes; only a multinet's differ.
    n_values : ndarray of int, shape (n_nodes,)
        Values of each node; the target is the last.

    References
    ----------
    .. [1] Heckerman, Geiger, Chickering (1995), Learning Bayesian networks: the combination of
       knowledge and statistical data.
    """

    def __init__(
        self,
        child: int,
        parents: Sequence[int],
        parents_if_yes: Sequence[int],
        n_values: np.ndarray,
    ):
        target = len(n_values) - 1
        self.child = child
        self.is_linked = target in (child, *parents)
        self._splits = self.is_linked and child != target
        allowed = _bounded(child, {*parents, *parents_if_yes} - {target}, n_values)
        of_outcome = (parents, parents_if_yes) if self._splits else (parents,)
        self.counts = [
            _Counts(child, [node for node in allowed if node in given], n_values)
            for given in of_outcome
        ]
        #: All nodes but the target, the axes of ``log_table``.
        self.others = tuple(dict.fromkeys(sum((c.nodes for c in self.counts), start=())))
        if child == target:
            self.others = self.others[1:]
        self.shape = tuple(int(n_values[node]) for node in self.others)

    def fit(self, nodes: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Count the cases, whose codes have the shape (n_cases, n_nodes), by weight."""
        for outcome, counts in enumerate(self.counts):
            if not self._splits:
                counts.fit(nodes, weight)
                continue
            own = nodes[:, -1] == outcome
            counts.fit(nodes[own], None if weight is None else weight[own])
        return self

    def _prior(self, counts: _Counts, equivalent_cases: float) -> float:
        return equivalent_cases / (np.prod(counts.shape) * (2 if self._splits else 1))

    def log_table(self, equivalent_cases: float) -> np.ndarray:
        """Give log P(node | parents).

        Returns
        -------
        ndarray of shape (*shape, 2), or (*shape, 1) where the family does not hold the target
            The last axis is the outcome.
        """
        shares = [c.log_shares(self._prior(c, equivalent_cases)) for c in self.counts]
        if not self._splits:
            return np.moveaxis(shares[0], 0, -1) if self.is_linked else shares[0][..., None]
        parts = [
            self._on_all_axes(table, c.nodes) for table, c in zip(shares, self.counts, strict=True)
        ]
        return np.stack(parts, axis=-1)

    def _on_all_axes(self, table: np.ndarray, nodes: Sequence[int]) -> np.ndarray:
        places = [self.others.index(node) for node in nodes]
        shape = np.ones(len(self.others), dtype=int)
        shape[places] = table.shape
        return np.broadcast_to(np.transpose(table, np.argsort(places)).reshape(shape), self.shape)

    def left_out_log_odds(
        self, nodes: np.ndarray, equivalent_cases: float, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Give each fit case's log odds from the tables of all other fit cases, shape (n_cases,).

        A case counts for its own outcome; odds that include it look better than they are.  Of many
        cases that a weight stands for, one is left out.
        """
        one: float | np.ndarray = 1 if weight is None else np.minimum(weight, 1.0)
        log_p = []
        for outcome in (0, 1):
            counts = self.counts[outcome if self._splits else 0]
            asked = nodes
            if not self._splits:
                asked = nodes.copy()
                asked[:, -1] = outcome
            own = one * (nodes[:, -1] == outcome)
            prior = self._prior(counts, equivalent_cases)
            in_total = own if self._splits else one
            log_p.append(counts.left_out_log_shares(asked, own, in_total, prior))
        return log_p[1] - log_p[0]


def _bounded(child: int, parents: Collection[int], n_values: np.ndarray) -> list[int]:
    """Refuse parents with many values as long as the table would be too large."""
    kept = sorted(parents, key=lambda node: (n_values[node], node))
    while kept and 2.0 * np.prod(n_values[[child, *kept]].astype(float)) > _MOST_CELLS:
        kept.pop()
    return sorted(kept)
