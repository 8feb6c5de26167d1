"""Exact marginalisation: the odds of cases of which some nodes were not observed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from ...bench.errors import ModelError

# Cells of the largest table in between: of all cases that are summed at a time, and of one.
_MOST_CELLS = 2_000_000
_MOST_CELLS_OF_A_CASE = 50_000_000


@dataclass(frozen=True)
class Factor:
    """A family's log P(child | parents), shape (*values of ``nodes``, 1 or 2 outcomes)."""

    child: int
    nodes: tuple[int, ...]
    log_table: np.ndarray
    weight: float

    @property
    def is_linked(self) -> bool:
        """Whether the target is in the family."""
        return self.log_table.shape[-1] == 2


def log_odds_of_gaps(factors: Sequence[Factor], codes: np.ndarray) -> np.ndarray:
    """Give what the families with an unobserved node say, summed over all its values.

    Given the outcome, unobserved nodes depend on each other only through families that they share.
    They fall into components, and cases with the same component are summed together by variable
    elimination [1]_: there are far fewer components than patterns of what is missing.  An
    unobserved node on which nothing observed depends is left out, as it sums to 1.

    Parameters
    ----------
    factors : sequence of Factor
        All families of a network.
    codes : ndarray of int, shape (n_cases, n_columns)
        Negative where not observed.

    Returns
    -------
    ndarray of shape (n_cases,)
        Log odds, a component's times the mean weight of its families that hold the target.

    References
    ----------
    .. [1] Zhang, Poole (1996), Exploiting causal independence in Bayesian network inference.
    """
    patterns, pattern_of = _distinct_rows(codes < 0)
    there = ~_barren(factors, patterns)
    # The target, the last node, is never barren.
    with_target = np.column_stack([there, np.ones(len(patterns), bool)])
    kept = with_target[:, [factor.child for factor in factors]]
    labels = _components(factors, kept, np.where(there & patterns, np.arange(codes.shape[1]), -1))
    total = np.zeros(len(codes))
    for node in np.unique(labels[labels >= 0]):
        inside = labels == node
        touched = kept & np.column_stack([inside[:, list(f.nodes)].any(axis=1) for f in factors])
        groups, group_of_pattern = _distinct_rows(np.column_stack([inside, touched]))
        group_of = group_of_pattern[pattern_of]
        cases = np.split(np.argsort(group_of, kind="stable"), np.cumsum(np.bincount(group_of))[:-1])
        for group, rows in zip(groups, cases, strict=True):
            hidden = np.flatnonzero(group[: codes.shape[1]])
            if len(hidden):
                chosen = [factors[k] for k in np.flatnonzero(group[codes.shape[1] :])]
                total[rows] += _component_log_odds(chosen, hidden.tolist(), codes[rows])
    return total


def _distinct_rows(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the distinct rows of a matrix of booleans, and which of them each row is."""
    # As numbers of 64 bits a row; numpy sorts whole rows a hundred times slower.
    n_words = -(-flags.shape[1] // 64)
    padded = np.zeros((len(flags), 64 * n_words), bool)
    padded[:, : flags.shape[1]] = flags
    number = np.zeros(len(flags), np.int64)
    for word in np.packbits(padded, axis=1).view(np.uint64).T:
        _, of_word = np.unique(word, return_inverse=True)
        _, number = np.unique(number * (int(of_word.max()) + 1) + of_word, return_inverse=True)
    _, first = np.unique(number, return_index=True)
    return flags[first], number


def _barren(factors: Sequence[Factor], missing: np.ndarray) -> np.ndarray:
    """Mark the unobserved nodes without an observed descendant, shape (n_patterns, n_columns)."""
    n_columns = missing.shape[1]
    barren = missing.copy()
    while True:
        before = barren.copy()
        for factor in factors:
            of_child = np.zeros(len(missing), bool)
            if factor.child < n_columns:
                of_child = barren[:, factor.child].copy()
            for node in factor.nodes:
                if node != factor.child:
                    barren[:, node] &= of_child
        if (barren == before).all():
            return barren


def _components(factors: Sequence[Factor], kept: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Give unobserved nodes that share a family the same label, their largest number."""
    while True:
        before = labels.copy()
        for k, factor in enumerate(factors):
            nodes = list(factor.nodes)
            of_family = labels[:, nodes]
            joined = np.where(of_family >= 0, of_family.max(axis=1, initial=-1)[:, None], -1)
            labels[:, nodes] = np.where(kept[:, k, None], joined, of_family)
        if (labels == before).all():
            return labels


def _component_log_odds(
    factors: Sequence[Factor], hidden: Sequence[int], codes: np.ndarray
) -> np.ndarray:
    linked = [factor.weight for factor in factors if factor.is_linked]
    total = np.zeros(len(codes))
    if not linked:
        return total
    sizes = {node: n for f in factors for node, n in zip(f.nodes, f.log_table.shape, strict=False)}
    order, largest = _elimination_order(factors, hidden, sizes)
    step = max(1, int(_MOST_CELLS // largest))
    for start in range(0, len(codes), step):
        part = slice(start, start + step)
        log_p = _eliminated(factors, order, codes[part])
        total[part] = log_p[:, 1] - log_p[:, 0]
    return np.mean(linked) * total


def _elimination_order(
    factors: Sequence[Factor], hidden: Sequence[int], sizes: dict[int, int]
) -> tuple[list[int], float]:
    """Order the nodes, cheapest next table first; also give the cells of the largest table."""
    scopes = [frozenset(factor.nodes) & frozenset(hidden) for factor in factors]
    order: list[int] = []
    largest = 2.0
    while len(order) < len(hidden):
        unions = {
            node: frozenset().union(*(scope for scope in scopes if node in scope))
            for node in hidden
            if node not in order
        }
        cells = {node: 2.0 * np.prod([sizes[n] for n in union]) for node, union in unions.items()}
        node = min(cells, key=lambda node: (cells[node], node))
        largest = max(largest, cells[node])
        scopes = [scope for scope in scopes if node not in scope] + [unions[node] - {node}]
        order.append(node)
    if largest > _MOST_CELLS_OF_A_CASE:
        raise ModelError(
            f"summing over {len(hidden)} values that a case lacks takes a table of {largest:.2g} "
            f"cells; the most is {_MOST_CELLS_OF_A_CASE:.2g}.  Allow fewer parents a node, fewer "
            "bins or fewer columns."
        )
    return order, largest


# A table over some hidden nodes, ascending, for each case (or for all alike) and each outcome.
_Part = tuple[tuple[int, ...], np.ndarray]


def _eliminated(factors: Sequence[Factor], order: Sequence[int], codes: np.ndarray) -> np.ndarray:
    """Sum the product of the factors over the nodes in ``order``; log, shape (n_cases, 2)."""
    parts = [_given_observed(factor, frozenset(order), codes) for factor in factors]
    for node in order:
        touching = [part for part in parts if node in part[0]]
        nodes = tuple(sorted({other for part in touching for other in part[0]}))
        product = sum(_on_axes(nodes, touching))
        rest = tuple(other for other in nodes if other != node)
        summed = (rest, logsumexp(product, axis=1 + nodes.index(node)))
        parts = [part for part in parts if node not in part[0]] + [summed]
    return np.broadcast_to(sum(table for _, table in parts), (len(codes), 2))


def _given_observed(factor: Factor, hidden: frozenset[int], codes: np.ndarray) -> _Part:
    seen = [axis for axis, node in enumerate(factor.nodes) if node not in hidden]
    open_axes = [axis for axis, node in enumerate(factor.nodes) if node in hidden]
    open_axes.sort(key=lambda axis: factor.nodes[axis])
    table = np.transpose(factor.log_table, [*seen, *open_axes, factor.log_table.ndim - 1])
    nodes = tuple(factor.nodes[axis] for axis in open_axes)
    if not seen:
        return nodes, table[None]
    return nodes, table[tuple(codes[:, factor.nodes[axis]] for axis in seen)]


def _on_axes(nodes: Sequence[int], parts: Sequence[_Part]) -> Iterator[np.ndarray]:
    for own, table in parts:
        missing = [1 + place for place, node in enumerate(nodes) if node not in own]
        yield np.expand_dims(table, missing) if missing else table
