"""Discrete Bayesian networks in which one node, the target, is to be predicted."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from .elimination import Factor, log_odds_of_gaps
from .families import Family

_CASES_AT_A_TIME = 16_384

Parents = Sequence[Sequence[int]]


class DiscreteNetwork:
    """Tables of a network with known parents, and the target's log odds given other nodes.

    With complete evidence ``P(target | row)`` is proportional to the product of those tables that
    hold the target, its own and its children's: all others cancel.  What was not observed is
    summed over, for which all tables are kept.

    Parameters
    ----------
    parents : sequence of sequences of int
        Parents of each column and, last, of the target, whose number is ``n_columns``.
    n_values : ndarray of int, shape (n_columns,)
        Values of each column.
    parents_if_yes : sequence of sequences of int, optional
        Parents where the outcome is yes, if they are others than where it is no: a Bayesian
        multinet.  The target must be a parent of the same columns in both.
    """

    def __init__(
        self, parents: Parents, n_values: np.ndarray, parents_if_yes: Parents | None = None
    ):
        n_values = np.append(n_values, 2)
        self.target = len(parents) - 1
        of_outcome = list(zip(parents, parents_if_yes or parents, strict=True))
        used = {self.target}.union(*(of for pair in of_outcome for of in pair))
        # A column without edges tells nothing, and a table may have hundreds of such columns.
        self.families = [
            Family(child, of_no, of_yes, n_values)
            for child, (of_no, of_yes) in enumerate(of_outcome)
            if of_no or of_yes or child in used
        ]
        self.linked = [family for family in self.families if family.is_linked]

    def fit(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        equivalent_cases: float,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Count, then learn the tables.

        Parameters
        ----------
        codes : ndarray of int, shape (n_cases, n_columns)
            None negative.
        y : ndarray of shape (n_cases,)
        equivalent_cases : float
            Equivalent sample size of the BDeu prior, in cases.
        weight : ndarray of shape (n_cases,), optional
            How many cases each stands for.
        """
        nodes = np.column_stack([codes, y])
        for family in self.families:
            family.fit(nodes, weight)
        self.weights_ = np.ones(len(self.linked))
        return self.smooth(equivalent_cases)

    def smooth(self, equivalent_cases: float) -> Self:
        """Learn the tables anew from the same counts."""
        self.log_tables_ = [family.log_table(equivalent_cases) for family in self.families]
        return self

    def left_out_evidence(
        self,
        codes: np.ndarray,
        y: np.ndarray,
        equivalent_cases: float,
        weight: np.ndarray | None = None,
    ) -> np.ndarray:
        """Give the log odds of each family with the target, shape (n_cases, n_linked).

        Each fit case's are those that the other fit cases give; see ``Family``.
        """
        nodes = np.column_stack([codes, y])
        columns = [
            family.left_out_log_odds(nodes, equivalent_cases, weight) for family in self.linked
        ]
        return np.column_stack([np.zeros((len(codes), 0)), *columns])

    def weigh(self, weights: np.ndarray | float) -> Self:
        """Let the log odds of each family with the target count so many times.

        With the same weight for all, the network's odds are exact up to that power.
        """
        self.weights_ = np.broadcast_to(np.asarray(weights, dtype=float), len(self.linked))
        return self

    def log_odds_tables(self) -> list[tuple[tuple[int, ...], np.ndarray]]:
        """Give the weighed log odds of each family with the target, by the nodes it reads."""
        linked = [
            (family.others, table)
            for family, table in zip(self.families, self.log_tables_, strict=True)
            if family.is_linked
        ]
        return [
            (others, weight * (table[..., 1] - table[..., 0]))
            for (others, table), weight in zip(linked, self.weights_, strict=True)
        ]

    def log_odds(self, codes: np.ndarray) -> np.ndarray:
        """Give log P(target=1 | row) - log P(target=0 | row), shape (n_cases,)."""
        return pooled_log_odds([self], codes)

    def log_odds_of_gaps(self, codes: np.ndarray) -> np.ndarray:
        """Give the part of the log odds that families with an unobserved node contribute."""
        weights = iter(self.weights_)
        factors = [
            Factor(family.child, family.others, table, next(weights) if family.is_linked else 0.0)
            for family, table in zip(self.families, self.log_tables_, strict=True)
        ]
        return log_odds_of_gaps(factors, codes)


class PooledLogOdds:
    """The log odds of several fitted networks over the same columns, added up.

    Parameters
    ----------
    networks : sequence of DiscreteNetwork
    """

    def __init__(self, networks: Sequence[DiscreteNetwork]):
        self._networks = networks
        self._tables = _merged(_all_tables(networks))
        # For a single case all tables lie end to end, and one step finds the cell of each.
        sizes = [table.size for _, table in self._tables]
        self._cells = np.concatenate([np.empty(0), *(table.ravel() for _, table in self._tables)])
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        widest = max((len(nodes) for nodes, _ in self._tables), default=0)
        self._nodes = np.zeros((len(sizes), widest), dtype=np.intp)
        self._steps = np.zeros((len(sizes), widest), dtype=np.intp)
        for row, (nodes, table) in enumerate(self._tables):
            self._nodes[row, : len(nodes)] = nodes
            self._steps[row, : len(nodes)] = [
                int(np.prod(table.shape[axis + 1 :])) for axis in range(len(nodes))
            ]

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Give the sums, shape (n_cases,).

        Parameters
        ----------
        codes : ndarray of int, shape (n_cases, n_columns)
            Negative where a value was not observed; the networks then sum over it.
        """
        if len(codes) == 1 and len(self._starts) and not (codes < 0).any():
            cells = self._starts + (codes[0, self._nodes] * self._steps).sum(axis=1)
            # One after the other, as below: pairwise sums are rounded otherwise.
            return self._cells[cells].cumsum()[-1:]
        total = np.empty(len(codes))
        for start in range(0, len(codes), _CASES_AT_A_TIME):
            # One column after the other in memory, small enough to stay in the processor's cache.
            part = codes[start : start + _CASES_AT_A_TIME].T
            columns = np.ascontiguousarray(part, dtype=np.intp)
            total[start : start + _CASES_AT_A_TIME] = _looked_up(self._tables, columns)
        gaps = np.flatnonzero((codes < 0).any(axis=1))
        if len(gaps):
            # Tables of which a node is missing are not looked up but summed over, each network's.
            columns = np.ascontiguousarray(codes[gaps].T, dtype=np.intp)
            total[gaps] = _looked_up(_all_tables(self._networks), columns)
            for network in self._networks:
                total[gaps] += network.log_odds_of_gaps(codes[gaps])
        return total


def pooled_log_odds(networks: Sequence[DiscreteNetwork], codes: np.ndarray) -> np.ndarray:
    """Add up the log odds of several networks over the same columns.

    Parameters
    ----------
    networks : sequence of DiscreteNetwork
    codes : ndarray of int, shape (n_cases, n_columns)
        Negative where a value was not observed; the network then sums over it.

    Returns
    -------
    ndarray of shape (n_cases,)
    """
    return PooledLogOdds(networks)(codes)


def _all_tables(networks: Sequence[DiscreteNetwork]) -> list[tuple[tuple[int, ...], np.ndarray]]:
    return [table for network in networks for table in network.log_odds_tables()]


def _looked_up(
    tables: Sequence[tuple[tuple[int, ...], np.ndarray]], columns: np.ndarray
) -> np.ndarray:
    """Sum the cells that the cases read, 0 where a node is missing; columns are (n_columns, n)."""
    total = np.zeros(columns.shape[1])
    has_gaps = bool((columns < 0).any())
    for nodes, table in tables:
        cell: np.ndarray | int = 0
        for node, size in zip(nodes, table.shape, strict=True):
            cell = cell * size + columns[node]
        if not nodes:
            total += table[()]
        elif has_gaps:
            known = (columns[list(nodes)] >= 0).all(axis=0)
            total += np.where(known, table.ravel()[np.where(known, cell, 0)], 0.0)
        else:
            total += table.ravel().take(cell)
    return total


def _merged(
    tables: Sequence[tuple[tuple[int, ...], np.ndarray]],
) -> list[tuple[tuple[int, ...], np.ndarray]]:
    """Add tables up whose nodes are among those of another: each cell is then read once."""
    kept: list[tuple[tuple[int, ...], np.ndarray]] = []
    for nodes, table in sorted(tables, key=lambda item: -len(item[0])):
        order = np.argsort(nodes)
        nodes, table = tuple(nodes[k] for k in order), np.transpose(table, order)
        for place, (home, sums) in enumerate(kept):
            if set(nodes) <= set(home):
                missing = [axis for axis, node in enumerate(home) if node not in nodes]
                kept[place] = home, sums + np.expand_dims(table, missing)
                break
        else:
            kept.append((nodes, table))
    return kept


def mutual_information(a: np.ndarray, b: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Give the mutual information of two columns of codes, in bits (plug-in estimate)."""
    n_values = int(b.max()) + 1
    cells = a.astype(np.int64) * n_values + b
    joint = np.bincount(cells, weight, minlength=(int(a.max()) + 1) * n_values)
    joint = joint.reshape(-1, n_values) / (len(a) if weight is None else weight.sum())
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    return max(0.0, float((joint[seen] * np.log2(joint[seen] / independent[seen])).sum()))
