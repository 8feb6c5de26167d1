"""Discrete Bayesian networks in which one node, the target, is to be predicted."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from ..bench.model import Explanation

TARGET = "target"
# Four megabytes.  Beyond, most cells would hold no case anyway.
_MOST_CELLS = 500_000


class DiscreteNetwork:
    """Tables of a network with known parents, and the target's log odds given all other nodes.

    With complete evidence ``P(target | row)`` is proportional to the product of those tables that
    hold the target, its own and its children's: all others cancel.  Only these are learnt, each as
    the log odds ``log theta(target=1) - log theta(target=0)``.

    Parameters
    ----------
    parents : sequence of sequences of int
        Parents of each column and, last, of the target, whose number is ``n_columns``.
    n_values : ndarray of int, shape (n_columns,)
        Values of each column.
    equivalent_cases : float
        Equivalent sample size of the BDeu prior [1]_, in cases.

    References
    ----------
    .. [1] Heckerman, Geiger, Chickering (1995), Learning Bayesian networks: the combination of
       knowledge and statistical data.
    """

    def __init__(
        self, parents: Sequence[Sequence[int]], n_values: np.ndarray, equivalent_cases: float
    ):
        self.n_values = np.append(n_values, 2)
        self.equivalent_cases = equivalent_cases
        self.parents = [self._bounded(child, of_child) for child, of_child in enumerate(parents)]

    def _bounded(self, child: int, parents: Sequence[int]) -> list[int]:
        """Refuse parents with many values as long as the child's table would be too large."""
        kept = sorted(parents, key=lambda node: self.n_values[node])
        while kept and np.prod(self.n_values[[child, *kept]].astype(float)) > _MOST_CELLS:
            kept.pop()
        return sorted(kept)

    def fit(self, codes: np.ndarray, y: np.ndarray) -> Self:
        """Learn from codes of shape (n_cases, n_columns) and outcomes of shape (n_cases,)."""
        target = codes.shape[1]
        nodes = np.column_stack([codes, y])
        self.tables_: list[tuple[list[int], np.ndarray]] = []
        for child, parents in enumerate(self.parents):
            family = [child, *parents]
            if target in family:
                others = [node for node in family if node != target]
                log_odds = np.diff(self._log_table(nodes, family), axis=family.index(target))
                self.tables_.append((others, log_odds.squeeze(family.index(target))))
        return self

    def _log_table(self, nodes: np.ndarray, family: list[int]) -> np.ndarray:
        shape = tuple(self.n_values[family])
        cell = np.ravel_multi_index(tuple(nodes[:, node] for node in family), shape)
        counts = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
        theta = counts + self.equivalent_cases / np.prod(shape)
        return np.log(theta / theta.sum(axis=0, keepdims=True))

    def log_odds(self, codes: np.ndarray) -> np.ndarray:
        """Give log P(target=1 | row) - log P(target=0 | row), shape (n_cases,)."""
        total = np.zeros(len(codes))
        for others, table in self.tables_:
            total += table[tuple(codes[:, node] for node in others)]
        return total


def mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """Give the mutual information of two columns of codes, in bits (plug-in estimate)."""
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1.0 / len(a))
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    seen = joint > 0
    return max(0.0, float((joint[seen] * np.log2(joint[seen] / independent[seen])).sum()))


def edge_list(
    network: DiscreteNetwork, codes: np.ndarray, y: np.ndarray, names: Sequence[str]
) -> list[tuple[str, str, float]]:
    """List the edges by name, strongest first: from, to, mutual information in bits."""
    nodes = np.column_stack([codes, y])
    labels = [f"{name} (column)" if name == TARGET else name for name in names] + [TARGET]
    edges = [
        (labels[parent], labels[child], mutual_information(nodes[:, parent], nodes[:, child]))
        for child, parents in enumerate(network.parents)
        for parent in parents
    ]
    return sorted(edges, key=lambda edge: (-edge[2], edge[:2]))


def network_explanation(edges: Sequence[tuple[str, str, float]]) -> Explanation:
    """Show the strongest edges; where they are too many, those of the target before others."""
    kept = sorted(edges, key=lambda edge: TARGET not in edge[:2])[:40]
    return Explanation(
        "network",
        "The distribution of a node is kept for every value of the nodes that point at it; an "
        "arrow is no claim of cause.  Strength: mutual information on the fit cases, in bits.",
        ("from", "to", "strength"),
        tuple(sorted(kept, key=lambda edge: -edge[2])),
    )
